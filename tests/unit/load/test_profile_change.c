/* Live changes: what was asked for so far stays; arrivals go on from the count at that instant, in
 * every share alike. */
#include "plan.h"

#include "base/clock.h"
#include "load/arrivals.h"

#define SECONDS(n) ((uint64_t)((n)*NS_PER_S))

static void expect(const struct profile *p, const char *text)
{
    struct buf out = {0};
    profile_describe(p, "user", "users", &out);
    buf_char(&out, 0);
    assert_string_equal(out.p, text);
    buf_free(&out);
}

static struct profile changed(const char *before, uint64_t at_ns, const char *tail,
                              struct arena *arena)
{
    struct profile p = plan(before, arena), t = plan(tail, arena);
    return profile_replace(&p, at_ns, &t, arena);
}

static void the_past_stays_and_the_rest_is_replaced(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct profile p = changed("200 for 10s", SECONDS(3), "50 for 7s", &arena);
    expect(&p, "200 starts/s for 3s, 50 starts/s for 7s");
    p = changed("0..100 over 10s, 7 for 1s", SECONDS(5), "1 for 1s, 2 for 1s", &arena);
    expect(&p, "0..50 starts/s over 5s, 1 start/s for 1s, 2 starts/s for 1s");
    p = changed("10 for 1s, 20 for 1s", SECONDS(1), "5 for 1s", &arena);
    expect(&p, "10 starts/s for 1s, 5 starts/s for 1s");
    p = changed("10 for 1s", 0, "5 for 1s", &arena);
    expect(&p, "5 starts/s for 1s");
    p = changed("10 for 1s", SECONDS(9), "5 for 1s", &arena);
    expect(&p, "10 starts/s for 1s, 5 starts/s for 1s");
    p = changed("0..10 users over 10s", SECONDS(4.26), "3 users for 1s", &arena);
    expect(&p, "0..4 users over 4.26s, 3 users for 1s");
    arena_free(&arena);
}

static void at_once_belongs_to_what_comes(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct profile p = changed("1 for 2s, 3 at once, 1 for 1s", SECONDS(2), "5 for 1s", &arena);
    expect(&p, "1 start/s for 2s, 5 starts/s for 1s");
    p = changed("1 for 2s, 3 at once, 1 for 1s", SECONDS(2) + 1, "5 for 1s", &arena);
    assert_int_equal(p.n, 4);
    assert_int_equal(p.stages[1].at_once, 3);
    assert_int_equal(p.stages[2].duration_ns, 1);
    arena_free(&arena);
}

static void the_rest_is_what_is_left(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct profile p = plan("0..100 over 10s, 3 at once, 7 for 1s", &arena), rest;
    assert_true(profile_rest(&p, SECONDS(4), &arena, &rest));
    expect(&rest, "40..100 starts/s over 6s, 3 at once, 7 starts/s for 1s");
    assert_true(profile_rest(&p, SECONDS(10), &arena, &rest));
    expect(&rest, "3 at once, 7 starts/s for 1s");
    assert_false(profile_rest(&p, SECONDS(11), &arena, &rest));
    p = profile_constant(LOAD_OPEN, 5, UINT64_MAX, &arena);
    assert_true(profile_rest(&p, SECONDS(4), &arena, &rest));
    assert_true(profile_duration_ns(&rest) == UINT64_MAX);
    arena_free(&arena);
}

/* A pause in the middle moves the rest back, and no arrival is lost or made twice. */
static void a_pause_keeps_the_number_of_arrivals(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct profile before = plan("0..1k over 30s, 333 for 7s", &arena), rest;
    uint64_t all = arrivals_count(&before, ARRIVALS_UNIFORM, 0, UINT64_MAX, UINT64_MAX);
    for (uint64_t at = 1; at < SECONDS(37); at += SECONDS(1.7)) {
        struct profile pause = {LOAD_OPEN, &(struct stage){.duration_ns = SECONDS(3)}, 1};
        assert_true(profile_rest(&before, at, &arena, &rest));
        struct profile p = profile_replace(&before, at, &pause, &arena);
        p = profile_replace(&p, at + SECONDS(3), &rest, &arena);
        assert_int_equal(arrivals_count(&p, ARRIVALS_UNIFORM, 0, UINT64_MAX, UINT64_MAX), all);
        assert_int_equal(profile_duration_ns(&p), SECONDS(40));
    }
    arena_free(&arena);
}

struct follower {
    struct arrivals arrivals, before;
    struct arrival next;
};

static void go_on(struct follower *f)
{
    f->before = f->arrivals;
    f->next = arrivals_next(&f->arrivals);
}

/* One share that hears of the change at some moment gives what one that knew it from the beginning
 * gives. */
static void follow(const struct profile *before, const struct profile *after, enum arrival_law law,
                   uint64_t at_ns, struct share share)
{
    struct follower f = {.arrivals = arrivals_make(before, law, 7, UINT64_MAX, share)};
    struct arrivals all = arrivals_make(after, law, 7, UINT64_MAX, share);
    uint64_t n = 0, count = arrivals_count(after, law, 7, UINT64_MAX, UINT64_MAX);
    go_on(&f);
    for (; f.next.due_ns < at_ns; go_on(&f), n++) {
        struct arrival want = arrivals_next(&all);
        assert_int_equal(f.next.k, want.k);
        assert_int_equal(f.next.due_ns, want.due_ns);
    }
    f.arrivals = f.before;
    arrivals_follow(&f.arrivals, after);
    go_on(&f);
    for (; f.next.due_ns != UINT64_MAX; go_on(&f), n++) {
        struct arrival want = arrivals_next(&all);
        assert_int_equal(f.next.k, want.k);
        assert_int_equal(f.next.due_ns, want.due_ns);
    }
    assert_true(arrivals_next(&all).due_ns == UINT64_MAX);
    assert_int_equal(n, share_of(share, count));
}

static void every_share_follows(void **state)
{
    (void)state;
    static const char *const plans[][2] = {
        {"200 for 10s", "50 for 5s"},
        {"200 for 10s", "1k for 2s, pause 1s, 3 for 5s"},
        {"0..500 over 5s, 10 at once, 100 for 5s", "77 for 3s"},
        {"pause 1s, 20 at once, 5 for 9s", "0..100 over 3s, 11 at once"},
        {"3 for 10s", "pause 2s"},
    };
    struct arena arena = {0};
    for (size_t i = 0; i < sizeof plans / sizeof *plans; i++)
        for (uint64_t at = SECONDS(0.01); at < SECONDS(10); at += SECONDS(0.777))
            for (unsigned of = 1; of <= 3; of++) {
                struct profile before = plan(plans[i][0], &arena), tail;
                struct err e;
                if (!profile_parse(str_from(plans[i][1]), &arena, &tail, &e))
                    tail = profile_constant(LOAD_OPEN, 0, SECONDS(2), &arena);
                struct profile after = profile_replace(&before, at, &tail, &arena);
                for (unsigned s = 0; s < of; s++) {
                    follow(&before, &after, ARRIVALS_UNIFORM, at, (struct share){s, of});
                    follow(&before, &after, ARRIVALS_POISSON, at, (struct share){s, of});
                }
            }
    arena_free(&arena);
}

/* Each stage by its own law: what comes keeps that of the moment. */
static void laws_of_stages_follow(void **state)
{
    (void)state;
    struct arena arena = {0};
    for (uint64_t at = SECONDS(0.5); at < SECONDS(9); at += SECONDS(0.9)) {
        struct profile before = plan("100 for 3s, 100 for 3s, 50 for 3s", &arena);
        before.stages[1].poisson = true;
        struct profile tail = plan("300 for 2s", &arena);
        tail.stages[0].poisson = at >= SECONDS(3) && at < SECONDS(6);
        struct profile after = profile_replace(&before, at, &tail, &arena);
        follow(&before, &after, ARRIVALS_BY_STAGE, at, (struct share){0, 1});
        follow(&before, &after, ARRIVALS_BY_STAGE, at, (struct share){1, 2});
    }
    arena_free(&arena);
}

/* One that hears of it too late has started more than it should: it goes on with the next number,
 * not again with one that it had. */
static void who_is_late_starts_nothing_twice(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct profile before = plan("100 for 10s", &arena);
    struct profile tail = plan("10 for 5s", &arena);
    struct profile after = profile_replace(&before, SECONDS(5), &tail, &arena);
    struct follower f = {
        .arrivals = arrivals_make(&before, ARRIVALS_UNIFORM, 0, UINT64_MAX, (struct share){0, 1})};
    go_on(&f);
    while (f.next.due_ns < SECONDS(5.2))
        go_on(&f);
    assert_int_equal(f.next.k, 520);
    f.arrivals = f.before;
    arrivals_follow(&f.arrivals, &after);
    go_on(&f);
    assert_int_equal(f.next.k, 520);
    assert_int_equal(f.next.due_ns, SECONDS(7));
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_past_stays_and_the_rest_is_replaced),
        cmocka_unit_test(at_once_belongs_to_what_comes),
        cmocka_unit_test(the_rest_is_what_is_left),
        cmocka_unit_test(a_pause_keeps_the_number_of_arrivals),
        cmocka_unit_test(every_share_follows),
        cmocka_unit_test(laws_of_stages_follow),
        cmocka_unit_test(who_is_late_starts_nothing_twice),
    };
    return UNIT_RUN(tests);
}
