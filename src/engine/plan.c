/* What holds for a plan as a whole, from what holds for its loads. */
#include "engine/plan.h"

#include "base/clock.h"
#include "base/rng.h"

enum { RANDOM_BITS = 12 };

/* In the order of their starts. */
uint64_t plan_new_id(void)
{
    uint64_t us = clock_wall_ns() / NS_PER_US, random = rng_draw_seed();
    return us << RANDOM_BITS | (random & ((1u << RANDOM_BITS) - 1));
}

static uint64_t most(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

uint64_t plan_length_ns(const struct plan *p)
{
    uint64_t length = 0;
    for (unsigned i = 0; i < p->n_loads; i++)
        length = most(length, profile_duration_ns(&p->loads[i].profile));
    return length;
}

uint64_t plan_warmup_ns(const struct plan *p)
{
    uint64_t warmup = 0;
    for (unsigned i = 0; i < p->n_loads; i++)
        warmup = most(warmup, p->loads[i].warmup_ns);
    return warmup;
}

uint64_t plan_drain_ns(const struct plan *p)
{
    uint64_t drain = 0;
    for (unsigned i = 0; i < p->n_loads; i++)
        drain = most(drain, p->loads[i].drain_ns);
    return drain;
}

bool plan_is_open(const struct plan *p)
{
    for (unsigned i = 0; i < p->n_loads; i++)
        if (p->loads[i].profile.model == LOAD_OPEN)
            return true;
    return false;
}

bool plan_measures(const struct plan *p)
{
    return p->scripted || str_starts(str_from(p->command), STR("kafka"));
}
