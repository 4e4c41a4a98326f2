/* load/arrivals.h: when the next iteration is due. Pure: no clock, no I/O; the same seed gives the
 * same times, however many workers share them. spec/measure.md, "Arrivals". One sequence belongs to
 * one thread; the profile is only read, and lives longer. */
#ifndef WEIR_LOAD_ARRIVALS_H
#define WEIR_LOAD_ARRIVALS_H

#include "base/rng.h"
#include "load/profile.h"
#include "load/share.h"

enum arrival_law {
    ARRIVALS_UNIFORM, /* arrival k where the integral of the rate is about to exceed k */
    ARRIVALS_POISSON, /* a draw of Exp(1) between neighbours on the axis of the integral, and before
                       * the first; arrivals at once stay as many as asked */
    ARRIVALS_BY_STAGE, /* each stage has its own: where the law changes, it begins anew */
};

/* One arrival of the sequence. */
struct arrival {
    uint64_t k;      /* its number in the whole run, from 0 */
    uint64_t due_ns; /* from the start of the plan; UINT64_MAX: there are no more */
};

/* A place in the plan: one stage with the integral at its borders. */
struct arrivals_place {
    unsigned stage;     /* profile->n: behind the last */
    uint64_t start_ns;  /* of the stage */
    long double before; /* integral at its start */
    long double after;  /* at its end */
};

struct arrivals {
    const struct profile *profile;
    enum arrival_law law;
    struct share share;          /* this one takes the k with k mod of = index */
    uint64_t limit;              /* k stays below this (-n); UINT64_MAX: no limit */
    uint64_t next_k;             /* uniform: the next of this share; else of all shares */
    struct arrivals_place place; /* where the search goes on */
    struct rng rng;              /* draws: the same in every worker */
    long double reached; /* not uniform: integral at which the next arrival with a rate is */
    uint64_t burst;      /* not uniform: arrivals made so far by a stage at once */
};

/* `profile` is an open one. Scenarios that run together need seeds of their own. */
struct arrivals arrivals_make(const struct profile *profile, enum arrival_law law, uint64_t seed,
                              uint64_t limit, struct share share);

/* The next arrival of this share; due times never go back. Uniform: in constant time. Poisson: the
 * draws of the other shares are made too. */
struct arrival arrivals_next(struct arrivals *a);

/* The plan was changed from some moment on (profile_replace): goes on counting where it is. *a is
 * as it was before it gave its last arrival, which it gives again, with its time in the changed
 * plan. That moment is not before the arrival before. */
void arrivals_follow(struct arrivals *a, const struct profile *changed);

/* How many arrivals (of all shares) are due before `until_ns`, limit applied: what `planned` is
 * when the plan ends there; UINT64_MAX: in the whole plan, also those at once at its very end.
 * Disturbs no running sequence. Uniform: quick for any number; Poisson: some 30 ns for each
 * arrival. */
uint64_t arrivals_count(const struct profile *profile, enum arrival_law law, uint64_t seed,
                        uint64_t limit, uint64_t until_ns);

#endif
