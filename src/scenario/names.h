/* scenario/names.h: words and sentences by number, each kept once, so that what runs often compares
 * numbers. Words live as long as the plan. Any thread may add: a lock is taken, which only happens
 * when something is seen for the first time. */
#ifndef WEIR_SCENARIO_NAMES_H
#define WEIR_SCENARIO_NAMES_H

#include <pthread.h>

#include "base/arena.h"
#include "base/map.h"

struct name {
    str text;        /* zero-terminated */
    unsigned number; /* from 0, in the order of adding */
};

struct names {
    pthread_mutex_t lock;
    struct arena arena;
    struct map by_text; /* struct name */
    unsigned n, most;
};

/* `most`: of them there may be; more are made up by somebody. */
void names_init(struct names *names, unsigned most);
/* The name, or the one that is there. NULL: there are too many already. */
const struct name *names_add(struct names *names, str text);
void names_free(struct names *names);

#endif
