/* Shared by the parts of cgroup. */
#ifndef RUNTIME_CGROUP_INT_H
#define RUNTIME_CGROUP_INT_H

#include <stdbool.h>

/* Writes a value to dir/group/file (group may be NULL); false when the kernel refuses. */
bool cgroup_write(const char *dir, const char *group, const char *file, const char *value);

#endif
