/* A tenth more or less of what is left of a plan. */
#include "unit.h"

#include "base/clock.h"
#include "term/orders.h"

static struct arena arena;

static int drop(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static struct profile plan(const char *text)
{
    struct profile p = {0};
    struct err e;
    if (!profile_parse(str_from(text), &arena, &p, &e))
        fail_msg("%s", e.text);
    return p;
}

static void assert_scaled(const char *text, uint64_t at_s, bool more, const char *want)
{
    struct profile p = plan(text), rest;
    struct buf got = {0};
    assert_true(orders_scaled(&p, at_s * NS_PER_S, more, &arena, &rest));
    profile_describe(&rest, "user", "users", &got);
    buf_char(&got, 0);
    assert_string_equal(got.p, want);
    buf_free(&got);
}

static void rates_keep_their_shape(void **state)
{
    (void)state;
    assert_scaled("100 for 10s", 4, true, "110 starts/s for 6s");
    assert_scaled("110 for 10s", 0, false, "100 starts/s for 10s");
    assert_scaled("100..200 over 10s, pause 5s, 300 for 5s", 5, true,
                  "165..220 starts/s over 5s, pause 5s, 330 starts/s for 5s");
    assert_scaled("1 for 1s, 100 at once, 1 for 1s", 1, true, "110 at once, 1.1 starts/s for 1s");
}

static void users_stay_whole_and_change_by_one_at_least(void **state)
{
    (void)state;
    assert_scaled("100 users for 10s", 1, true, "110 users for 9s");
    assert_scaled("3 users for 10s", 1, true, "4 users for 9s");
    assert_scaled("3 users for 10s", 1, false, "2 users for 9s");
    assert_scaled("1 users for 10s", 1, false, "1 user for 9s");
    assert_scaled("0..40 users over 10s", 0, true, "0..44 users over 10s");
}

static void behind_the_end_nothing_is_left(void **state)
{
    (void)state;
    struct profile p = plan("100 for 10s"), rest;
    assert_false(orders_scaled(&p, 10 * NS_PER_S, true, &arena, &rest));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(rates_keep_their_shape, drop),
        cmocka_unit_test_teardown(users_stay_whole_and_change_by_one_at_least, drop),
        cmocka_unit_test_teardown(behind_the_end_nothing_is_left, drop),
    };
    return UNIT_RUN(tests);
}
