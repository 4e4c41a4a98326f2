/* scenario/check_keep.h: from checks as they were written, somewhere, to those of a call, which own
 * what they hold. On the thread that reads the file. */
#ifndef WEIR_SCENARIO_CHECK_KEEP_H
#define WEIR_SCENARIO_CHECK_KEEP_H

#include "scenario/checks.h"

/* Checks as they were written, before their call has memory. */
struct check_parts {
    struct check *checks;   /* without name; texts belong to whoever reads them */
    str *names;             /* p is NULL: it has none of its own */
    struct check_list list; /* the counts */
};

/* A copy that lives in the arena. NULL: there are none. */
const struct check_list *checks_keep(const struct check_parts *parts, struct names *names,
                                     struct arena *arena);

#endif
