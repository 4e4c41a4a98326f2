/* plan.h: load plans for these tests, from the text that a user would type. */
#ifndef WEIR_UNIT_LOAD_PLAN_H
#define WEIR_UNIT_LOAD_PLAN_H

#include "unit.h"

#include "load/profile.h"

static inline struct profile plan(const char *text, struct arena *arena)
{
    struct profile p;
    struct err e = {0};
    if (!profile_parse(str_from(text), arena, &p, &e))
        fail_msg("'%s': %s", text, e.text);
    return p;
}

#endif
