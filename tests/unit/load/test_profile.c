/* Facts about plans: length, starts, levels, users at a moment, and the plan in words. */
#include "plan.h"

#include "base/clock.h"

#define SECONDS(n) ((uint64_t)((n)*NS_PER_S))

static void lengths_and_starts_are_exact(void **state)
{
    (void)state;
    struct {
        const char *text;
        uint64_t duration_ns;
        double arrivals;
    } good[] = {
        {"500 for 10s", SECONDS(10), 5000},
        {"0..1k over 30s", SECONDS(30), 15000},
        {"1k..0 over 30s", SECONDS(30), 15000},
        {"6/m for 10m", SECONDS(600), 60},
        {"20/m for 3m", SECONDS(180), 60},
        {"0.1 for 10s, 0.1 for 10s, 0.1 for 10s", SECONDS(30), 3},
        {"7/h for 1h", SECONDS(3600), 7},
        {"3 for 500ms", SECONDS(1) / 2, 1.5},
        {"0..1k over 30s, 1k for 2m, 5k for 10s, pause 10s, 100 at once", SECONDS(170), 185100},
    };
    struct arena arena = {0};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct profile p = plan(good[i].text, &arena);
        assert_true(profile_duration_ns(&p) == good[i].duration_ns);
        assert_true(profile_arrivals(&p) == good[i].arrivals);
    }
    arena_free(&arena);
}

static void a_plan_may_have_no_end(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct err e = {0};
    struct profile p = profile_constant(LOAD_OPEN, 200, UINT64_MAX, &arena);
    assert_true(profile_duration_ns(&p) == UINT64_MAX);
    assert_true(profile_level_at(&p, SECONDS(1000000)) == 200);
    assert_false(profile_check(&p, &e));
    arena_free(&arena);
}

static void levels(const char *text, double first, double highest)
{
    struct arena arena = {0};
    struct profile p = plan(text, &arena);
    assert_true(profile_first_level(&p) == first);
    assert_true(profile_highest_level(&p) == highest);
    arena_free(&arena);
}

static void first_and_highest_level_skip_what_has_none(void **state)
{
    (void)state;
    levels("10 for 1s, 50 for 1s, 20 for 1s", 10, 50);
    levels("pause 1s, 5 at once, 30..20 over 1s", 30, 30);
    levels("0..40 over 1s, 10 for 1s", 40, 40);
    levels("0..50 users over 1m", 50, 50);
    levels("100 at once", 0, 0);
}

static void the_level_of_a_moment_follows_the_ramp(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct profile p = plan("0..100 over 10s, 7 at once, pause 5s, 40..20 over 10s", &arena);
    assert_true(profile_level_at(&p, 0) == 0);
    assert_true(profile_level_at(&p, SECONDS(5)) == 50);
    assert_true(profile_level_at(&p, SECONDS(10)) == 0);
    assert_true(profile_level_at(&p, SECONDS(15)) == 40);
    assert_true(profile_level_at(&p, SECONDS(20)) == 30);
    assert_true(profile_level_at(&p, SECONDS(25)) == 0);
    assert_true(profile_level_at(&p, UINT64_MAX) == 0);
    arena_free(&arena);
}

struct change {
    uint64_t at_ns, users;
};

/* Walks a plan from change to change. Between two changes the number must not differ from what it
 * was, however the moment is asked for. */
static void walk(const char *text, const struct change *want, size_t n)
{
    struct arena arena = {0};
    struct profile p = plan(text, &arena);
    uint64_t at = 0, next, ignored;
    for (size_t i = 0; i < n; i++) {
        assert_true(at == want[i].at_ns);
        assert_true(profile_users(&p, at, &next) == want[i].users);
        assert_true(next > at);
        if (next != UINT64_MAX) {
            assert_true(profile_users(&p, at + (next - at) / 2, &ignored) == want[i].users);
            assert_true(ignored == next);
            assert_true(profile_users(&p, next - 1, &ignored) == want[i].users);
            assert_true(ignored == next);
        }
        at = next;
    }
    assert_true(at == UINT64_MAX);
    arena_free(&arena);
}

static void users_come_and_go_one_at_a_time_and_evenly(void **state)
{
    (void)state;
    const struct change up[] = {{0, 0},          {SECONDS(1), 1}, {SECONDS(3), 2}, {SECONDS(5), 3},
                                {SECONDS(7), 4}, {SECONDS(9), 5}, {SECONDS(10), 0}};
    const struct change down[] = {{0, 5},          {SECONDS(1), 4}, {SECONDS(3), 3},
                                  {SECONDS(5), 2}, {SECONDS(7), 1}, {SECONDS(9), 0}};
    walk("0..5 users over 10s", up, sizeof up / sizeof *up);
    walk("5..0 users over 10s", down, sizeof down / sizeof *down);
    const struct change more[] = {{0, 2}, {SECONDS(1), 3}, {SECONDS(3), 4}, {SECONDS(4), 0}};
    const struct change less[] = {{0, 4}, {SECONDS(1), 3}, {SECONDS(3), 2}, {SECONDS(4), 0}};
    walk("2..4 users over 4s", more, sizeof more / sizeof *more);
    walk("4..2 users over 4s", less, sizeof less / sizeof *less);
}

static void changes_that_fall_between_two_ns_come_with_the_later(void **state)
{
    (void)state;
    const struct change thirds[] = {
        {0, 0}, {166666667, 1}, {500000000, 2}, {833333334, 3}, {SECONDS(1), 0}};
    walk("0..3 users over 1s", thirds, sizeof thirds / sizeof *thirds);
}

static void stages_of_users_join_without_a_seam(void **state)
{
    (void)state;
    const struct change want[] = {{0, 0},           {SECONDS(1), 1},  {SECONDS(3), 2},
                                  {SECONDS(12), 0}, {SECONDS(15), 9}, {SECONDS(16), 0}};
    walk("0..2 users over 4s, 2 users for 4s, 2 users for 4s, pause 3s, 9 users for 1s", want,
         sizeof want / sizeof *want);
}

static void a_pause_before_and_after_is_no_change_of_users(void **state)
{
    (void)state;
    const struct change want[] = {{0, 0}, {SECONDS(1), 3}, {SECONDS(2), 0}};
    walk("pause 1s, 3 users for 1s, pause 1s", want, sizeof want / sizeof *want);
}

static void a_million_users_ramp_exactly_for_a_day(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct profile p = plan("0..1M users over 24h", &arena);
    uint64_t next, day = SECONDS(86400), half_gap = day / 2000000;
    for (uint64_t j = 1; j <= 1000000; j += 999) {
        uint64_t change = (2 * j - 1) * half_gap;
        assert_true(profile_users(&p, change - 1, &next) == j - 1);
        assert_true(next == change);
        assert_true(profile_users(&p, change, &next) == j);
    }
    arena_free(&arena);
}

static void more_changes_than_ns_are_made_together(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct profile p = plan("0..1k users over 3ns, 667 users for 1s", &arena);
    uint64_t next;
    assert_true(profile_users(&p, 0, &next) == 0);
    assert_true(next == 1);
    assert_true(profile_users(&p, 1, &next) == 333);
    assert_true(profile_users(&p, 2, &next) == 667);
    assert_true(next == SECONDS(1) + 3);
    arena_free(&arena);
}

static void users_without_end_never_change(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct profile p = profile_constant(LOAD_CLOSED, 64, UINT64_MAX, &arena);
    uint64_t next;
    assert_true(profile_users(&p, SECONDS(1), &next) == 64);
    assert_true(next == UINT64_MAX);
    arena_free(&arena);
}

static void in_words(struct profile p, const char *want)
{
    struct buf b = {0};
    profile_describe(&p, "user", "users", &b);
    buf_char(&b, 0);
    assert_string_equal(b.p, want);
    buf_free(&b);
}

static void plans_are_described_in_words(void **state)
{
    (void)state;
    struct arena arena = {0};
    in_words(profile_constant(LOAD_OPEN, 500, SECONDS(10), &arena), "500 starts/s for 10s");
    in_words(profile_constant(LOAD_OPEN, 200, UINT64_MAX, &arena), "200 starts/s");
    in_words(profile_constant(LOAD_CLOSED, 1, SECONDS(90), &arena), "1 user for 1m30s");
    in_words(plan("0..1k over 30s, 1k for 2m, pause 500ms, 100 at once", &arena),
             "0..1 000 starts/s over 30s, 1 000 starts/s for 2m, pause 500ms, 100 at once");
    in_words(plan("30..60/m over 1h", &arena), "0.5..1 starts/s over 1h");
    in_words(plan("1 for 1s", &arena), "1 start/s for 1s");
    in_words(plan("0..50 users over 1m, 50 users for 5m, pause 1s", &arena),
             "0..50 users over 1m, 50 users for 5m, pause 1s");
    struct profile held = plan("2 users for 3s, pause 1s", &arena);
    held.stages[1].duration_ns = UINT64_MAX; /* somebody paused it */
    in_words(held, "2 users for 3s, pause");
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_and_starts_are_exact),
        cmocka_unit_test(a_plan_may_have_no_end),
        cmocka_unit_test(first_and_highest_level_skip_what_has_none),
        cmocka_unit_test(the_level_of_a_moment_follows_the_ramp),
        cmocka_unit_test(users_come_and_go_one_at_a_time_and_evenly),
        cmocka_unit_test(changes_that_fall_between_two_ns_come_with_the_later),
        cmocka_unit_test(stages_of_users_join_without_a_seam),
        cmocka_unit_test(a_pause_before_and_after_is_no_change_of_users),
        cmocka_unit_test(a_million_users_ramp_exactly_for_a_day),
        cmocka_unit_test(more_changes_than_ns_are_made_together),
        cmocka_unit_test(users_without_end_never_change),
        cmocka_unit_test(plans_are_described_in_words),
    };
    return UNIT_RUN(tests);
}
