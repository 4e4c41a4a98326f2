/* Units: what people type and what they are shown. */
#include "unit.h"

#include <string.h>

#include "base/clock.h"
#include "base/units.h"

static void durations(void **state)
{
    (void)state;
    struct {
        const char *text;
        uint64_t ns;
    } good[] = {{"500ms", 500000000},
                {"10s", 10000000000},
                {"2m", 120000000000},
                {"1h", 3600000000000},
                {"10", 10000000000},
                {"1.5", 1500000000},
                {"1h30m", 5400000000000},
                {"250us", 250000},
                {"250µs", 250000},
                {"100ns", 100},
                {"0", 0}};
    const char *bad[] = {"",    "s",     "10 apples", "-1s", "1s2",
                         "ten", "1e400", "10d",       "nan", "9999999h"};
    struct err e = {0};
    uint64_t ns;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(units_duration(str_from(good[i].text), &ns, &e));
        assert_true(ns == good[i].ns);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(units_duration(str_from(bad[i]), &ns, &e));
        assert_int_equal(e.kind, ERR_USAGE);
    }
    assert_false(units_duration_strict(STR("10"), &ns, &e));
    assert_true(units_duration_strict(STR("10ms"), &ns, &e));
}

static void rates(void **state)
{
    (void)state;
    struct err e = {0};
    double r;
    assert_true(units_rate(STR("250"), &r, &e) && r == 250);
    assert_true(units_rate(STR("2k"), &r, &e) && r == 2000);
    assert_true(units_rate(STR("1.5M"), &r, &e) && r == 1.5e6);
    assert_true(units_rate(STR("30/m"), &r, &e) && r == 0.5);
    assert_true(units_rate(STR("5/s"), &r, &e) && r == 5);
    assert_false(units_rate(STR("0"), &r, &e));
    assert_false(units_rate(STR("-5"), &r, &e));
    assert_false(units_rate(STR("5/x"), &r, &e));
    assert_false(units_rate(STR("2k5"), &r, &e));
    assert_false(units_rate(STR("fast"), &r, &e));
}

static void counts_and_sizes(void **state)
{
    (void)state;
    struct err e = {0};
    uint64_t v;
    assert_true(units_count(STR("1.5M"), &v, &e) && v == 1500000);
    assert_true(units_count(STR("9007199254740993"), &v, &e) && v == UINT64_C(9007199254740993));
    assert_false(units_count(STR("1.5"), &v, &e));
    assert_false(units_count(STR("10s"), &v, &e));
    assert_true(units_size(STR("64KiB"), &v, &e) && v == 65536);
    assert_true(units_size(STR("10kB"), &v, &e) && v == 10000);
    assert_false(units_size(STR("ten"), &v, &e));
    assert_true(units_share(STR("1%"), &v, &e) && v == 10000000);
    assert_true(units_share(STR("0.01"), &v, &e) && v == 10000000);
    assert_true(units_share(STR("0.7%"), &v, &e) && v == 7000000);
    assert_true(units_share(STR("100%"), &v, &e) && v == 1000000000);
    assert_false(units_share(STR("101%"), &v, &e) || units_share(STR("1.01"), &v, &e));
    assert_false(units_share(STR("-1%"), &v, &e) || units_share(STR("%"), &v, &e));
}

static void shown(const char *want, struct human got)
{
    assert_string_equal(got.text, want);
}

static void people_see(void **state)
{
    (void)state;
    shown("0 s", human_time(0));
    shown("850 ns", human_time(850e-9));
    shown("21.3 µs", human_time(21.34e-6));
    shown("1.20 ms", human_time(1.2e-3));
    shown("999 ms", human_time(0.9991));
    shown("1.00 s", human_time(0.9999));
    shown("3m 20s", human_time(200));
    shown("10s", human_duration(10 * NS_PER_S));
    shown("1m30s", human_duration(90 * NS_PER_S));
    shown("500ms", human_duration(500 * NS_PER_MS));
    shown("1.5s", human_duration(1500 * NS_PER_MS));
    shown("8 000 000", human_count(8000000));
    shown("999", human_count(999));
    shown("200", human_rate(200));
    shown("199.9", human_rate(199.94));
    shown("1 999.7", human_rate(1999.7));
    shown("0.5", human_rate(0.5));
    shown("50 000", human_rate(49999.8));
    shown("712 B", human_bytes(712));
    shown("1.23 kB", human_bytes(1234));
    shown("3.40 MB", human_bytes(3.4e6));
}

static void wall_time_in_rfc3339(void **state)
{
    (void)state;
    char out[32];
    clock_rfc3339(UINT64_C(1769860800123000000), out);
    assert_string_equal(out, "2026-01-31T12:00:00.123Z");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(durations),
        cmocka_unit_test(rates),
        cmocka_unit_test(counts_and_sizes),
        cmocka_unit_test(people_see),
        cmocka_unit_test(wall_time_in_rfc3339),
    };
    return UNIT_RUN(tests);
}
