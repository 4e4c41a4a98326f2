/* cli/lag_watch.h: looks at a consumer group each second for some time. One thread, and it blocks;
 * the first Ctrl-C ends it early, a second one the program. */
#ifndef WEIR_CLI_LAG_WATCH_H
#define WEIR_CLI_LAG_WATCH_H

#include "report/lag.h"

/* Starts as {0}. */
struct lag_watch {
    struct kafka_lag_look first, last;
    struct lag_moment *moments; /* of each look */
    size_t n, capacity;
    bool interrupted;
    struct arena first_arena, last_arena; /* the looks' */
};

/* Progress goes to standard error. False with a sentence when the first look fails; one that fails
 * later is a warning. */
bool lag_watch(struct lag_watch *w, struct kafka_lag *l, uint64_t duration_ns, struct err *e);
void lag_watch_free(struct lag_watch *w);

#endif
