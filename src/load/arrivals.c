/* One sequence of arrivals for a whole run; each share computes it alone and keeps its own. Nothing
 * is summed up from arrival to arrival in the uniform law, so nothing can drift. */
#include "load/arrivals.h"

#include <assert.h>

#include "load/integral.h"

/* Keeps the arrivals' draws apart from whatever else is drawn with the same seed. */
static const uint64_t draws_stream = UINT64_C(0x6172726976616c73);

static struct arrivals_place place_first(const struct profile *p)
{
    return (struct arrivals_place){.after = integral_after(&p->stages[0], 0)};
}

static void place_step(struct arrivals_place *place, const struct profile *p)
{
    const struct stage *s = &p->stages[place->stage];
    if (__builtin_add_overflow(place->start_ns, s->duration_ns, &place->start_ns))
        place->start_ns = UINT64_MAX;
    place->before = place->after;
    if (++place->stage < p->n)
        place->after = integral_after(s + 1, place->before);
}

/* Goes on to the stage in which the integral reaches `at`; false when the plan ends before. */
static bool place_seek(struct arrivals_place *place, const struct profile *p, long double at)
{
    while (place->stage < p->n && at >= place->after)
        place_step(place, p);
    return place->stage < p->n;
}

static uint64_t place_time_ns(const struct arrivals_place *place, const struct profile *p,
                              long double at)
{
    return place->start_ns +
           integral_time_ns(&p->stages[place->stage], place->before, place->after, at);
}

/* Is that stage's a Poisson process? */
static bool draws(const struct arrivals *a, unsigned stage)
{
    return a->law == ARRIVALS_POISSON || a->profile->stages[stage].poisson;
}

/* On the axis of the integral, from one arrival to the next. */
static long double distance(struct arrivals *a)
{
    return draws(a, a->place.stage) ? (long double)rng_exp(&a->rng) : 1;
}

/* Behind the start of a stage with another law than the one before. */
static long double first_distance(struct arrivals *a)
{
    return draws(a, a->place.stage) ? (long double)rng_exp(&a->rng) : 0;
}

struct arrivals arrivals_make(const struct profile *profile, enum arrival_law law, uint64_t seed,
                              uint64_t limit, struct share share)
{
    assert(profile->model == LOAD_OPEN && profile->n > 0 && share.index < share.of);
    struct arrivals a = {.profile = profile,
                         .law = law,
                         .share = share,
                         .limit = limit,
                         .place = place_first(profile)};
    if (law == ARRIVALS_UNIFORM) {
        a.next_k = share.index;
        return a;
    }
    a.rng = rng_make(seed, draws_stream);
    a.reached = first_distance(&a);
    return a;
}

static struct arrival none(uint64_t k)
{
    return (struct arrival){k, UINT64_MAX};
}

static struct arrival uniform_next(struct arrivals *a)
{
    uint64_t k = a->next_k;
    if (k >= a->limit || !place_seek(&a->place, a->profile, (long double)k))
        return none(k);
    a->next_k += a->share.of;
    return (struct arrival){k, place_time_ns(&a->place, a->profile, (long double)k)};
}

static void next_stage(struct arrivals *a)
{
    unsigned stage = a->place.stage;
    place_step(&a->place, a->profile);
    if (a->place.stage < a->profile->n && draws(a, stage) != draws(a, stage + 1))
        a->reached = a->place.before + first_distance(a);
}

/* The place and the integral of the next arrival of all shares; false at the end of the plan. */
static bool step(struct arrivals *a, long double *at)
{
    for (; a->place.stage < a->profile->n; next_stage(a)) {
        uint64_t at_once = a->profile->stages[a->place.stage].at_once;
        if (a->burst < at_once) {
            a->burst++;
            *at = a->place.before;
            return true;
        }
        a->burst = 0;
        a->reached += (long double)at_once;
        if (a->reached < a->place.after) {
            *at = a->reached;
            a->reached += distance(a);
            return true;
        }
    }
    return false;
}

static struct arrival drawn_next(struct arrivals *a)
{
    uint64_t k;
    long double at;
    do {
        if (a->next_k >= a->limit || !step(a, &at))
            return none(a->next_k);
        k = a->next_k++;
    } while (k % a->share.of != a->share.index);
    return (struct arrival){k, place_time_ns(&a->place, a->profile, at)};
}

struct arrival arrivals_next(struct arrivals *a)
{
    return a->law == ARRIVALS_UNIFORM ? uniform_next(a) : drawn_next(a);
}

/* All stages that are behind it stay as they are. */
void arrivals_follow(struct arrivals *a, const struct profile *changed)
{
    struct arrivals_place place = place_first(changed);
    while (place.stage < a->place.stage && a->reached >= place.after)
        place_step(&place, changed);
    a->profile = changed;
    a->place = place;
}

static uint64_t uniform_due_ns(const struct profile *p, uint64_t k)
{
    struct arrivals_place place = place_first(p);
    bool there = place_seek(&place, p, (long double)k);
    return there ? place_time_ns(&place, p, (long double)k) : UINT64_MAX;
}

/* Binary search over the very due times that arrivals_next gives, so that the two cannot differ by
 * the rounding of one arrival. */
static uint64_t uniform_count(const struct profile *p, uint64_t limit, uint64_t until_ns)
{
    uint64_t low = 0, high = limit;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (uniform_due_ns(p, middle) < until_ns)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint64_t arrivals_count(const struct profile *profile, enum arrival_law law, uint64_t seed,
                        uint64_t limit, uint64_t until_ns)
{
    if (law == ARRIVALS_UNIFORM)
        return uniform_count(profile, limit, until_ns);
    struct arrivals all = arrivals_make(profile, law, seed, limit, (struct share){0, 1});
    uint64_t n = 0;
    while (arrivals_next(&all).due_ns < until_ns)
        n++;
    return n;
}
