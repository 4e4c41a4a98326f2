/* load/profile.h: the load plan: what rate (open model) or how many users (closed model) are asked
 * for at each moment. Pure: no clock, no I/O. Written as in cli.md's --stages. */
#ifndef WEIR_LOAD_PROFILE_H
#define WEIR_LOAD_PROFILE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum load_model {
    LOAD_CLOSED, /* users, each starts its next iteration when the last ended */
    LOAD_OPEN,   /* arrivals, whatever the target does */
};

struct stage {
    double from, to;      /* at its start and end: arrivals per second, or whole users; linear
                           * between; a pause has 0 and 0 */
    uint64_t duration_ns; /* 0 for arrivals at once; UINT64_MAX: without end */
    uint64_t at_once;     /* arrivals due at the stage's first instant; from and to are 0 then */
    bool poisson;         /* with ARRIVALS_BY_STAGE: its arrivals are a Poisson process */
};

struct profile {
    enum load_model model;
    struct stage *stages; /* in the plan's arena */
    unsigned n;           /* at least 1 */
};

/* "0..1k over 30s, 1k for 2m, 5k for 10s, pause 10s, 100 at once" (open model), with the word
 * `users` the closed one ("0..50 users over 1m, 50 users for 5m"). One model in all stages; a pause
 * fits both. `for` and `over` mean the same. In "30..60/m over 5m" the unit holds for both rates. A
 * wrong stage is named by number and text (ERR_USAGE). Keeps no bytes of `text`. */
bool profile_parse(str text, struct arena *arena, struct profile *out, struct err *e);

/* What must hold for every plan, also one whose stages were made in another way: it starts
 * something, ends within a year, and asks for at most 2^53 starts or users. */
bool profile_check(const struct profile *p, struct err *e);

/* One stage of a constant rate or number of users; without end when duration_ns is UINT64_MAX. */
struct profile profile_constant(enum load_model model, double level, uint64_t duration_ns,
                                struct arena *arena);

uint64_t profile_duration_ns(const struct profile *p); /* UINT64_MAX: without end */

/* Open model: the integral of the rate, at once included. How many arrivals that makes, to the last
 * one of 1e15, says arrivals_count. */
double profile_arrivals(const struct profile *p);
/* The same up to a moment, what is at once then included; for plans without end too. */
double profile_arrivals_before(const struct profile *p, uint64_t until_ns);

/* Of the first stage that has any rate or users: the level at its start, or where a ramp starts at
 * 0, at its end; 0 when all comes at once. */
double profile_first_level(const struct profile *p);
double profile_highest_level(const struct profile *p);

/* Asked rate or users at that moment; at a border that of the later stage, from the end on 0. */
double profile_level_at(const struct profile *p, uint64_t at_ns);

/* Closed model: users that should be there at `at_ns`, rounded to the nearest, and the first later
 * moment at which that number changes (UINT64_MAX: never again). A ramp from a to b users changes
 * one user at a time, evenly. At and after the end of the plan: 0 users. */
uint64_t profile_users(const struct profile *p, uint64_t at_ns, uint64_t *next_change_ns);

/* profile_change.c: live changes. Stages that are new stand in the arena.
 *
 * What the plan asks for from a moment on; a stage that is under way then is cut. Stages at once
 * that begin at that moment are in it. False: nothing is left. */
bool profile_rest(const struct profile *p, uint64_t at_ns, struct arena *arena,
                  struct profile *out);
/* The plan up to a moment, as it is, and then what `tail` asks for. The stages before keep their
 * numbers. `tail` is of the same model and has at least one stage. */
struct profile profile_replace(const struct profile *p, uint64_t at_ns, const struct profile *tail,
                               struct arena *arena);

/* The plan in words for the first line a user sees: "500 starts/s for 10s",
 * "0..50 users over 1m, 50 users for 5m". `user`, `users`: what users are called. */
void profile_describe(const struct profile *p, const char *user, const char *users,
                      struct buf *out);

#endif
