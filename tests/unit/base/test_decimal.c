/* Numbers for machines: short, plain, and exactly the ones that were meant. */
#include "unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/decimal.h"
#include "base/rng.h"

static void shown(const char *want, double v)
{
    struct buf b = {0};
    decimal_add(&b, v);
    buf_char(&b, 0);
    assert_string_equal(b.p, want);
    buf_free(&b);
}

static void decimals_are_plain_and_as_short_as_can_be(void **state)
{
    (void)state;
    shown("0", 0);
    shown("1", 1);
    shown("-1.5", -1.5);
    shown("0.1", 0.1);
    shown("10", 10);
    shown("100000", 1e5);
    shown("123456.789", 123456.789);
    shown("0.00001", 1e-5);
    shown("0.000012345", 12345e-9);
    shown("0.000000001", 1e-9);
    shown("0.3333333333333333", 1.0 / 3);
    shown("0.30000000000000004", 0.1 + 0.2);
    shown("9007199254740992", 0x1p53);
    shown("1000000000000000000000", 1e21);
    shown("99.99", 99.99);
}

static void every_double_reads_back_as_itself(void **state)
{
    (void)state;
    struct rng r = rng_make(7, 0);
    struct buf b = {0};
    for (int i = 0; i < 20000; i++) {
        double v;
        uint64_t bits = rng_u64(&r);
        memcpy(&v, &bits, sizeof v);
        if (!isfinite(v))
            continue;
        b.n = 0;
        decimal_add(&b, v);
        buf_char(&b, 0);
        assert_null(strpbrk(b.p, "eE"));
        assert_true(strtod(b.p, NULL) == v);
    }
    buf_free(&b);
}

static void whole_ns_read_back_as_ns(void **state)
{
    (void)state;
    struct rng r = rng_make(8, 0);
    struct buf b = {0};
    for (int i = 0; i < 20000; i++) {
        uint64_t ns = rng_below(&r, 100 * NS_PER_S);
        b.n = 0;
        decimal_add(&b, (double)ns / 1e9);
        buf_char(&b, 0);
        assert_true(b.n <= 13); /* "99.999999999" and the zero */
        assert_true((uint64_t)llround(strtod(b.p, NULL) * 1e9) == ns);
    }
    buf_free(&b);
}

static void quick_numbers_have_all_their_digits(void **state)
{
    (void)state;
    struct {
        const char *want;
        uint64_t ns;
    } seconds[] = {{"0.000000000", 0},
                   {"0.000000001", 1},
                   {"0.005000000", 5000000},
                   {"1.000000000", NS_PER_S},
                   {"3.000125000", UINT64_C(3000125000)},
                   {"18446744073.709551615", UINT64_MAX}};
    char out[DECIMAL_ROOM];
    for (size_t i = 0; i < sizeof seconds / sizeof *seconds; i++) {
        *decimal_seconds(out, seconds[i].ns) = 0;
        assert_string_equal(out, seconds[i].want);
    }
    *decimal_u64(out, 0) = 0;
    assert_string_equal(out, "0");
    *decimal_u64(out, 1234567890) = 0;
    assert_string_equal(out, "1234567890");
    *decimal_u64(out, UINT64_MAX) = 0;
    assert_string_equal(out, "18446744073709551615");
}

static void milliseconds_have_as_many_decimals_as_they_need(void **state)
{
    (void)state;
    struct {
        const char *want;
        uint64_t ns;
    } cases[] = {{"0", 0},          {"0.000001", 1},        {"3", 3000000},
                 {"3.25", 3250000}, {"30000", 30000000000}, {"1.000125", 1000125},
                 {"0.1", 100000},   {"0.00102", 1020},      {"18446744073709.551615", UINT64_MAX}};
    char out[DECIMAL_ROOM];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        *decimal_ms(out, cases[i].ns) = 0;
        assert_string_equal(out, cases[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decimals_are_plain_and_as_short_as_can_be),
        cmocka_unit_test(every_double_reads_back_as_itself),
        cmocka_unit_test(whole_ns_read_back_as_ns),
        cmocka_unit_test(quick_numbers_have_all_their_digits),
        cmocka_unit_test(milliseconds_have_as_many_decimals_as_they_need),
    };
    return UNIT_RUN(tests);
}
