/* What scripts say about themselves, in the summary for people. */
#include "unit.h"

#include "report/fixture.h"
#include "report/text_blocks.h"

static struct page new_page(unsigned width)
{
    return (struct page){.paper = {.out = stdout, .utf8 = true, .width = width}};
}

static void assert_page(struct page *p, const char *want)
{
    buf_char(&p->text, 0);
    assert_string_equal(p->text.p, want);
    buf_free(&p->text);
}

static void checks_stand_with_their_series_and_counts(void **state)
{
    (void)state;
    struct fixture f;
    struct page p = new_page(100);
    fixture_open(&f);
    fixture_script(&f);
    text_checks(&p, &f.summary);
    assert_page(
        &p, "  checks     26 passed, 4 failed (13.3 %)\n"
            "             ✓ GET /ping: pong                                            12 passed\n"
            "             ✗ GET /ping: quick                                            9 passed"
            "         3 failed\n"
            "             ✗ GET /ping: never                                            0 passed"
            "         1 failed\n"
            "             ✓ POST /orders: pong                                          5 "
            "passed\n");
    fixture_close(&f);
}

static void many_checks_are_cut(void **state)
{
    (void)state;
    struct fixture f;
    struct page p = new_page(100);
    static char names[60][10];
    fixture_open(&f);
    for (int i = 0; i < 60; i++) {
        snprintf(names[i], sizeof names[i], "check %d", i);
        fixture_checks(&f, &f.get, names[i], 1, 0);
    }
    text_checks(&p, &f.summary);
    assert_true(
        str_ends(buf_view(&p.text), STR("\n             and 10 more: --json has them all\n")));
    assert_true(str_contains(buf_view(&p.text), STR("check 49 ")));
    assert_false(str_contains(buf_view(&p.text), STR("check 50 ")));
    buf_free(&p.text);
    fixture_close(&f);
}

static void errors_of_scripts_are_told_with_their_reasons(void **state)
{
    (void)state;
    struct fixture f;
    struct page p = new_page(100);
    fixture_open(&f);
    fixture_script(&f);
    text_script_errors(&p, &f.summary);
    assert_page(&p, "  script     5 iterations were ended by an error of the script\n"
                    "                       4  shop.lua:9: \"x\", nil\n"
                    "                       1  shop.lua:7: no token\n");
    fixture_close(&f);
}

static void metrics_stand_in_a_table(void **state)
{
    (void)state;
    struct fixture f;
    struct page p = new_page(100);
    fixture_open(&f);
    fixture_script(&f);
    f.tag = (struct tag){STR("step"), STR("pay")};
    results_get(&f.results, &f.orders)->data.sum = 1234567;
    text_metrics(&p, &f.summary);
    assert_page(&p,
                "  metric                               count         sum       mean        p50 "
                "       p99        max\n"
                "  orders                                   3   1 234 567          -          - "
                "         -          -\n"
                "  basket step=pay                          2          31       15.5     10.007 "
                "        21         21\n\n");
    p = new_page(80);
    text_metrics(&p, &f.summary);
    assert_page(&p,
                "  metric                      count         sum       mean        p50        "
                "p99\n"
                "  orders                          3   1 234 567          -          -          "
                "-\n"
                "  basket step=pay                 2          31       15.5     10.007         "
                "21\n\n");
    fixture_close(&f);
}

static void where_nothing_was_counted_nothing_is_said(void **state)
{
    (void)state;
    struct fixture f;
    struct page p = new_page(100);
    fixture_open(&f);
    fixture_call(&f, &f.get, FATE_OK, NULL, 200, 1000, 1000);
    text_checks(&p, &f.summary);
    text_script_errors(&p, &f.summary);
    text_metrics(&p, &f.summary);
    assert_int_equal(p.text.n, 0);
    fixture_close(&f);
}

static void hostile_names_cannot_reach_the_terminal(void **state)
{
    (void)state;
    struct fixture f;
    struct page p = new_page(100);
    fixture_open(&f);
    f.orders.name = f.get.name = STR("\x1b[2J");
    fixture_checks(&f, &f.get, "\x1b[31m\n", 1, 1);
    fixture_script(&f);
    tally_add(&f.results.script_errors, tally_text(STR("a.lua:1: \x07\nb")), 1);
    text_checks(&p, &f.summary);
    text_script_errors(&p, &f.summary);
    text_metrics(&p, &f.summary);
    for (size_t i = 0; i < p.text.n; i++)
        assert_true((unsigned char)p.text.p[i] >= ' ' || p.text.p[i] == '\n');
    assert_true(str_contains(buf_view(&p.text), STR("a.lua:1: \\x07\\x0ab\n")));
    buf_free(&p.text);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checks_stand_with_their_series_and_counts),
        cmocka_unit_test(many_checks_are_cut),
        cmocka_unit_test(errors_of_scripts_are_told_with_their_reasons),
        cmocka_unit_test(metrics_stand_in_a_table),
        cmocka_unit_test(where_nothing_was_counted_nothing_is_said),
        cmocka_unit_test(hostile_names_cannot_reach_the_terminal),
    };
    return UNIT_RUN(tests);
}
