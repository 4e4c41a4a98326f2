/* Any text as --stages: it is refused with a sentence, or it makes a plan that can be walked
 * through: arrivals in order inside the plan, users in changes that move forward. */
#include <stdlib.h>

#include "load/arrivals.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { STEPS = 64 };

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void walk_arrivals(const struct profile *p, enum arrival_law law)
{
    struct arrivals a = arrivals_make(p, law, 1, UINT64_MAX, (struct share){0, 1});
    uint64_t last = 0, end = profile_duration_ns(p);
    for (uint64_t k = 0; k < STEPS; k++) {
        struct arrival got = arrivals_next(&a);
        if (got.due_ns == UINT64_MAX)
            return;
        must(got.k == k && got.due_ns >= last && got.due_ns <= end);
        last = got.due_ns;
    }
}

static void count_arrivals(const struct profile *p)
{
    uint64_t end = profile_duration_ns(p), before = 0;
    for (uint64_t eighth = 0; eighth <= 8; eighth++) {
        uint64_t n = arrivals_count(p, ARRIVALS_UNIFORM, 1, UINT64_MAX, end / 8 * eighth);
        must(n >= before);
        before = n;
    }
    uint64_t all = arrivals_count(p, ARRIVALS_UNIFORM, 1, UINT64_MAX, UINT64_MAX);
    double integral = profile_arrivals(p);
    must(all >= before && (double)all >= integral && (double)all <= integral + 1);
}

static void walk_users(const struct profile *p)
{
    uint64_t at = 0, next = 0, end = profile_duration_ns(p);
    double most = profile_highest_level(p);
    for (unsigned i = 0; i < STEPS && next != UINT64_MAX; i++, at = next) {
        uint64_t users = profile_users(p, at, &next);
        must((double)users <= most && next > at && (next <= end || next == UINT64_MAX));
    }
    must(profile_users(p, end, &next) == 0 && next == UINT64_MAX);
}

static void look_at(const struct profile *p)
{
    struct buf words = {0};
    profile_describe(p, "user", "users", &words);
    must(words.n > 0);
    buf_free(&words);
    must(profile_first_level(p) <= profile_highest_level(p));
    must(profile_level_at(p, profile_duration_ns(p) / 2) <= profile_highest_level(p));
    if (p->model == LOAD_CLOSED) {
        walk_users(p);
        return;
    }
    walk_arrivals(p, ARRIVALS_UNIFORM);
    walk_arrivals(p, ARRIVALS_POISSON);
    count_arrivals(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct profile p;
    struct err e = {0};
    if (profile_parse((str){(const char *)data, size}, &arena, &p, &e))
        look_at(&p);
    else
        must(e.kind == ERR_USAGE && e.text[0]);
    arena_free(&arena);
    return 0;
}
