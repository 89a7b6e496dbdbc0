/*
 * Named fault points, compiled in only with -DASPORA_FAULTS. ASPORA_FAULT="point=kill@3,other=error,third=stop" makes the third
 * pass through `point` kill the process with SIGKILL, `other` fail, `third` stop it with SIGSTOP. Without the define they cost nothing.
 *
 *	if (FAULT("release.before_commit"))
 *		return err_set(err, ERR_INTERNAL, "injected fault");
 */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#include <stdbool.h>

/* A plan that cannot be read aborts the process: it would prove nothing. */
bool fault_hit(const char *point);

#ifdef ASPORA_FAULTS
#define FAULT(point) fault_hit(point)
#else
#define FAULT(point) false
#endif

#endif
