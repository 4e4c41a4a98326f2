/* Faults: exact shares of errors, delays within their bounds, and what a query may say. */
#include "unit.h"

#include <string.h>

#include "base/clock.h"
#include "target/faults.h"
#include "target/routes.h"

static struct faults faults_with(struct fault_values flags)
{
    if (flags.body_bytes == 0)
        flags.body_bytes = PING_SIZE;
    return (struct faults){.flags = flags, .rng = rng_make(1, 0)};
}

static struct answer apply(struct faults *f, const char *query)
{
    struct answer a = {.status = 200, .body = ANSWER_PING, .counted = true};
    struct buf text = {0};
    faults_apply(f, str_from(query), &a, &text);
    assert_true((a.body == ANSWER_TEXT) == (text.n > 0));
    buf_free(&text);
    return a;
}

static unsigned errors_of(struct faults *f, const char *query, unsigned n)
{
    unsigned errors = 0;
    for (unsigned i = 0; i < n; i++)
        errors += apply(f, query).status == 500;
    return errors;
}

static void the_share_of_errors_is_exact_at_every_moment(void **state)
{
    (void)state;
    struct faults f = faults_with((struct fault_values){.error_ppb = 10000000});
    for (unsigned n = 1; n <= 1000; n++)
        assert_int_equal(errors_of(&f, "", 1), n % 100 == 0);
    struct faults third = faults_with((struct fault_values){.error_ppb = 333333333});
    assert_int_equal(errors_of(&third, "", 1000000), 333333);
    struct faults all = faults_with((struct fault_values){.error_ppb = 1000000000});
    assert_int_equal(errors_of(&all, "", 100), 100);
    struct faults none = faults_with((struct fault_values){0});
    assert_int_equal(errors_of(&none, "", 100), 0);
}

static void a_query_overrules_the_flags(void **state)
{
    (void)state;
    struct faults f = faults_with((struct fault_values){.delay_ns = NS_PER_S, .error_ppb = 0});
    assert_int_equal(errors_of(&f, "error-rate=25%25", 400), 100);
    assert_int_equal(errors_of(&f, "error-rate=25%", 400), 100);
    assert_int_equal(errors_of(&f, "error-rate=0.25", 400), 100);
    assert_true(apply(&f, "").delay_ns == NS_PER_S);
    assert_true(apply(&f, "a=b&delay=20ms&c").delay_ns == 20 * NS_PER_MS);
    assert_true(apply(&f, "body-size=1kB").size == 1000);
    assert_true(apply(&f, "").size == PING_SIZE);
}

static void delays_are_spread_evenly_and_repeat_with_the_seed(void **state)
{
    (void)state;
    struct fault_values v = {.delay_ns = 200 * NS_PER_MS, .jitter_ns = 10 * NS_PER_MS};
    struct faults f = faults_with(v), again = faults_with(v);
    uint64_t least = UINT64_MAX, most = 0, sum = 0;
    for (int i = 0; i < 10000; i++) {
        uint64_t ns = apply(&f, "").delay_ns;
        assert_true(apply(&again, "").delay_ns == ns);
        least = ns < least ? ns : least;
        most = ns > most ? ns : most;
        sum += ns;
    }
    assert_true(least >= 190 * NS_PER_MS && least < 191 * NS_PER_MS);
    assert_true(most <= 210 * NS_PER_MS && most > 209 * NS_PER_MS);
    assert_true(sum / 10000 > 199 * NS_PER_MS && sum / 10000 < 201 * NS_PER_MS);
}

static void a_delay_is_never_below_zero(void **state)
{
    (void)state;
    struct faults f = faults_with((struct fault_values){.delay_ns = 1, .jitter_ns = NS_PER_S});
    unsigned none = 0;
    for (int i = 0; i < 1000; i++) {
        uint64_t ns = apply(&f, "").delay_ns;
        assert_true(ns <= NS_PER_S + 1);
        none += ns == 0;
    }
    assert_true(none > 400 && none < 600);
}

static void a_value_that_cannot_be_read_is_a_400(void **state)
{
    (void)state;
    struct faults f = faults_with((struct fault_values){.error_ppb = 1000000000});
    const char *bad[] = {"delay=x",        "delay",        "jitter=-1s",   "error-rate=101%",
                         "error-rate=1.5", "error-rate=%", "body-size=17", "body-size=much"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(apply(&f, bad[i]).status, 400);
    assert_int_equal(apply(&f, "Delay=x&delays=x").status, 500);
}

static void queries_are_pairs(void **state)
{
    (void)state;
    str query = STR("a=1&&b=&c&=d"), key, value;
    const char *want[][2] = {{"a", "1"}, {"b", ""}, {"c", ""}, {"", "d"}};
    for (size_t i = 0; i < 4; i++) {
        assert_true(query_next(&query, &key, &value));
        assert_true(str_eq(key, str_from(want[i][0])) && str_eq(value, str_from(want[i][1])));
    }
    assert_false(query_next(&query, &key, &value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_share_of_errors_is_exact_at_every_moment),
        cmocka_unit_test(a_query_overrules_the_flags),
        cmocka_unit_test(delays_are_spread_evenly_and_repeat_with_the_seed),
        cmocka_unit_test(a_delay_is_never_below_zero),
        cmocka_unit_test(a_value_that_cannot_be_read_is_a_400),
        cmocka_unit_test(queries_are_pairs),
    };
    return UNIT_RUN(tests);
}
