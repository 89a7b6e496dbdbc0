/* Inside admit_memory: memory.c keeps what was found in texts, judged.c what was learnt of domains. */
#ifndef ADMISSION_MEMORY_INT_H
#define ADMISSION_MEMORY_INT_H

#include "admission/judged.h"
#include "base/map.h"

struct admit_memory {
	struct map entries; /* digest and folder → what was found in the text */
	struct map judged; /* domain → struct judged */
};

void judged_free(struct judged *j);
/* Forgets what was learnt of all domains: their lists point to facts that may go. */
void judged_forget(struct admit_memory *m);

#endif
