/* base/machine.h: on what a run was made: processors, memory, kernel, and what a container may use
 * of them. By value, so that a record can hold it. Any thread. */
#ifndef WEIR_BASE_MACHINE_H
#define WEIR_BASE_MACHINE_H

#include <stdint.h>

#include "base/buf.h"

struct machine {
    char cpu[96];          /* model; empty: the system does not say */
    char kernel[96];       /* "Linux 6.1.0-18-amd64" */
    unsigned cpus;         /* that this process may run on; 0: nothing is known at all */
    double cpu_limit;      /* processors' worth of time (cgroup cpu.max); 0: none */
    uint64_t memory_bytes; /* 0: not known */
    uint64_t memory_limit; /* bytes (cgroup memory.max); 0: none */
};

/* `root` stands before all paths; "" is the machine itself, tests have others. */
void machine_look(struct machine *m, const char *root);

/* "AMD EPYC 9B14, 2 processors (limit 0.5), 8.20 GB, Linux 6.1.0"; what is not known is left out.
 */
void machine_words(const struct machine *m, struct buf *out);

#endif
