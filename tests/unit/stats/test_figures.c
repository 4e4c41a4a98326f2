/* The table of figures and their names. */
#include "unit.h"

#include <string.h>

#include "stats/figures.h"

static void the_table_has_the_figures_of_the_summary_in_its_order(void **state)
{
    (void)state;
    const char *want[] = {"min", "mean", "stddev", "mode",  "p50",    "p75",
                          "p90", "p95",  "p99",    "p99_9", "p99_99", "max"};
    for (size_t i = 0; i < 12; i++)
        assert_string_equal(figures[i].name, want[i]);
    assert_null(figures[12].name);
}

static void figures_are_found_by_name(void **state)
{
    (void)state;
    struct figure f;
    for (const struct figure *want = figures; want->name; want++) {
        assert_true(figure_parse(str_from(want->name), &f));
        assert_int_equal(f.kind, want->kind);
        assert_true(f.percent == want->percent);
    }
    assert_true(figure_parse(STR("p99.9"), &f));
    assert_string_equal(f.name, "p99_9");
    assert_true(figure_parse(STR("p99.90"), &f));
    assert_string_equal(f.name, "p99_9");
}

static void any_percentile_is_a_figure(void **state)
{
    (void)state;
    struct {
        const char *name;
        double percent;
    } good[] = {{"p1", 1},           {"p42", 42},   {"p100", 100},   {"p97_5", 97.5},
                {"p99_999", 99.999}, {"p0_1", 0.1}, {"p100_0", 100}, {"p99.99999", 99.99999}};
    struct figure f;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(figure_parse(str_from(good[i].name), &f));
        assert_int_equal(f.kind, FIGURE_PERCENTILE);
        assert_true(f.percent == good[i].percent);
        assert_null(f.name);
    }
}

static void other_names_are_not(void **state)
{
    (void)state;
    const char *bad[] = {"",       "p",     "p0",      "p100_1", "p101",  "p-1",
                         "p99_",   "p_9",   "p9_9_9",  "p9.9_9", "p1e1",  "p99_99999999999",
                         "median", "P99",   "p 99",    "p99 ",   "p+5",   "p12345678901",
                         "99",     "p99,9", "average", "p0_0",   "p0x10", "pp"};
    struct figure f;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(figure_parse(str_from(bad[i]), &f));
}

static void values_are_seconds(void **state)
{
    (void)state;
    struct hist h = {0};
    struct {
        const char *name;
        double seconds;
    } want[] = {{"min", 1e-6}, {"mean", 2.2e-6}, {"p50", 2e-6}, {"p80", 2e-6},
                {"p81", 4e-6}, {"max", 4e-6},    {"mode", 2e-6}};
    struct figure f;
    hist_record(&h, 1000);
    hist_record_n(&h, 2000, 3);
    hist_record(&h, 4000);
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        assert_true(figure_parse(str_from(want[i].name), &f));
        assert_true(figure_seconds(&h, &f) == want[i].seconds);
    }
    assert_true(figure_parse(STR("stddev"), &f));
    assert_true(figure_seconds(&h, &f) == hist_stddev(&h) / 1e9);
    hist_free(&h);
}

static void all_at_once_are_what_each_is(void **state)
{
    (void)state;
    struct hist h = {0};
    double all[FIGURES];
    for (uint64_t n = 0; n < 2000; n++) { /* none, one, … and some in the overflow */
        figures_all(&h, 1000, all);
        for (unsigned i = 0; i < FIGURES; i++)
            assert_true(all[i] == figure_value(&h, &figures[i], 1000));
        hist_record(&h, n * n * n * n * 1000);
    }
    assert_true(h.overflow > 0);
    hist_free(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_has_the_figures_of_the_summary_in_its_order),
        cmocka_unit_test(figures_are_found_by_name),
        cmocka_unit_test(any_percentile_is_a_figure),
        cmocka_unit_test(other_names_are_not),
        cmocka_unit_test(values_are_seconds),
        cmocka_unit_test(all_at_once_are_what_each_is),
    };
    return UNIT_RUN(tests);
}
