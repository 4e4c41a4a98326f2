/* target/stall.h: standing still on purpose: the whole process sleeps in the thread of its loop, as
 * a long garbage collection would make it. What truly happened is said on standard error:
 * "stalled begin_ns=… end_ns=… begin_wall_ns=… end_wall_ns=…" (monotonic and wall clock). */
#ifndef WEIR_TARGET_STALL_H
#define WEIR_TARGET_STALL_H

#include "base/err.h"
#include "base/str.h"
#include "loop/loop.h"

struct stall {
    struct timer timer;
    uint64_t after_ns; /* the first counted request */
    uint64_t for_ns;
    int wake_fd; /* its becoming readable ends the stall early: somebody wants the process to end */
};

/* "3s:2s": 3 s after the first request, for 2 s. */
bool stall_parse(str text, struct stall *s, struct err *e);

/* The first request has come. *s stays where it is until it has happened or is disarmed. */
void stall_arm(struct stall *s, struct loop *l, int wake_fd);

void stall_now(uint64_t for_ns, int wake_fd);

#endif
