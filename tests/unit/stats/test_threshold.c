/* Thresholds as people write them: what is read, and what each refusal says. */
#include "unit.h"

#include <string.h>

#include "stats/threshold.h"

static struct arena arena;

static int forget(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static struct threshold parsed(const char *expr)
{
    struct threshold t;
    struct err e = {0};
    if (!threshold_parse(str_from(expr), false, &arena, &t, &e))
        fail_msg("%s", e.text);
    return t;
}

/* The sentence holds these words. */
static void refused(const char *expr, const char *words)
{
    struct threshold t;
    struct err e = {0};
    if (threshold_parse(str_from(expr), false, &arena, &t, &e))
        fail_msg("'%s' was taken", expr);
    assert_int_equal(e.kind, ERR_USAGE);
    if (!strstr(e.text, words))
        fail_msg("'%s' is not in: %s", words, e.text);
}

static void assert_str(str got, const char *want)
{
    assert_true(str_eq(got, str_from(want)));
}

static void times_have_a_figure_and_a_unit(void **state)
{
    (void)state;
    struct threshold t = parsed(" response_time.p99 < 250ms ");
    assert_str(t.expr, "response_time.p99 < 250ms");
    assert_null(t.name.p);
    assert_int_equal(t.n_tags, 0);
    assert_int_equal(t.of_times.kind, FIGURE_PERCENTILE);
    assert_true(t.of_times.percent == 99);
    assert_int_equal(t.op, OP_LESS);
    assert_int_equal(t.unit, UNIT_SECONDS);
    assert_true(t.bound == 0.25);
    assert_true(parsed("service_time.max>=1m30s").bound == 90);
    assert_true(parsed("response_time.mean < 100us").bound == 100e-6);
    assert_true(parsed("response_time.p99.9 < 1s").of_times.percent == 99.9);
    assert_true(parsed("response_time.p97_5 < 1s").of_times.percent == 97.5);
    assert_int_equal(parsed("response_time.stddev < 1s").of_times.kind, FIGURE_STDDEV);
}

static void every_comparison_is_known(void **state)
{
    (void)state;
    assert_int_equal(parsed("failed < 1").op, OP_LESS);
    assert_int_equal(parsed("failed <= 1").op, OP_AT_MOST);
    assert_int_equal(parsed("failed > 1").op, OP_MORE);
    assert_int_equal(parsed("failed >= 1").op, OP_AT_LEAST);
    assert_int_equal(parsed("failed == 1").op, OP_EQUAL);
    assert_int_equal(parsed("failed~=1").op, OP_NOT_EQUAL);
}

static void counts_shares_and_rates_have_their_units(void **state)
{
    (void)state;
    struct {
        const char *expr;
        enum threshold_unit unit;
        double bound;
    } good[] = {{"failed < 10", UNIT_COUNT, 10},
                {"failed < 0.1%", UNIT_SHARE, 0.001},
                {"failed<=0.7 %", UNIT_SHARE, 7.0 / 1000},
                {"failed_check == 0", UNIT_COUNT, 0},
                {"ok >= 99.9%", UNIT_SHARE, 0.999},
                {"error < 1k", UNIT_COUNT, 1000},
                {"timeout == 0", UNIT_COUNT, 0},
                {"abandoned == 0%", UNIT_SHARE, 0},
                {"checks > 99.5%", UNIT_SHARE, 0.995},
                {"checks >= 10", UNIT_COUNT, 10},
                {"skipped < 1%", UNIT_SHARE, 0.01},
                {"count >= 1.5M", UNIT_COUNT, 1.5e6},
                {"rate > 2k", UNIT_RATE, 2000},
                {"rate > 30/m", UNIT_RATE, 0.5},
                {"rate > 0", UNIT_RATE, 0},
                {"achieved_rate > 99%", UNIT_SHARE, 0.99},
                {"achieved_rate > 500", UNIT_RATE, 500}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct threshold t = parsed(good[i].expr);
        assert_int_equal(t.unit, good[i].unit);
        assert_true(t.bound == good[i].bound);
    }
}

static void a_series_is_named_in_quotes_or_by_tags(void **state)
{
    (void)state;
    assert_str(parsed("\"place order\".response_time.p99 < 250ms").name, "place order");
    assert_str(parsed("\"a \\\"b\\\" \\\\ c. < 1\".failed == 0").name, "a \"b\" \\ c. < 1");
    struct threshold t = parsed("series{topic=orders, step = \"a, }b\"}.failed == 0");
    assert_null(t.name.p);
    assert_int_equal(t.n_tags, 2);
    assert_str(t.tags[0].name, "topic");
    assert_str(t.tags[0].value, "orders");
    assert_str(t.tags[1].name, "step");
    assert_str(t.tags[1].value, "a, }b");
}

static void the_expression_is_quoted_in_every_refusal(void **state)
{
    (void)state;
    refused("failed < ten", "threshold 'failed < ten': ");
    char expr[2000];
    memset(expr, 'x', sizeof expr - 1);
    expr[sizeof expr - 1] = 0;
    refused(expr, "there is no figure"); /* cut, so that the sentence has room */
}

static void wrong_names_are_answered_with_the_nearest(void **state)
{
    (void)state;
    refused("response_tme.p99 < 1s", "did you mean 'response_time'?");
    refused("fail < 1%", "did you mean 'failed'?");
    refused("achieved < 1%", "did you mean 'achieved_rate'?");
    refused("response_time.p999 < 1s", "did you mean 'p99'?");
    refused("response_time.media < 1s", "response_time has no figure 'media'");
    refused("response_time < 1s", "which figure of response_time?");
    refused("failed.p99 < 1s", "without '.p99'");
    refused("place order.failed == 0", "the name of a series in double quotes");
    refused("", "there is no figure ''");
}

static void values_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    refused("response_time.p99 < 250", "the unit must be there");
    refused("response_time.p99 < 1%", "is no share");
    refused("count > 1%", "is no share");
    refused("rate > 99%", "is no share");
    refused("failed < 10ms", "not a whole number");
    refused("failed < 1.5", "not a whole number");
    refused("failed < -1", "not a whole number");
    refused("failed < -1%", "not a share");
    refused("failed < %", "not a share");
    refused("failed < 1e3%", "not a share");
    refused("rate > -1", "not a rate");
    refused("failed <", "a value is missing");
    refused("failed", "a comparison is missing");
    refused("failed 1%", "a comparison is missing");
    refused("failed = 0", "weir says ==");
    refused("failed != 0", "weir says ~=");
    refused("failed < 1% of all", "");
}

static void wrong_selectors_are_refused(void **state)
{
    (void)state;
    refused("\"place order.failed == 0", "double quotes");
    refused("\"\".failed == 0", "double quotes");
    refused("\"a\" failed == 0", "a dot and a figure");
    refused("series{topic}.failed == 0", "series{topic=orders}");
    refused("series{topic=}.failed == 0", "series{topic=orders}");
    refused("series{=a}.failed == 0", "series{topic=orders}");
    refused("series{topic=a.failed == 0", "not closed");
    refused("series{a=1,b=1,c=1,d=1,e=1,f=1,g=1,h=1,i=1,j=1,k=1,l=1,m=1,n=1,o=1,p=1,q=1}.ok > 0",
            "too many tags");
    refused("\"a\".achieved_rate > 99%", "without a series");
    refused("series{a=b}.skipped == 0", "without a series");
}

static bool with_metrics(const char *expr, struct threshold *t, struct err *e)
{
    *e = (struct err){0};
    return threshold_parse(str_from(expr), true, &arena, t, e);
}

static struct threshold of_metric(const char *expr, const char *name)
{
    struct threshold t;
    struct err e;
    if (!with_metrics(expr, &t, &e))
        fail_msg("%s", e.text);
    assert_str(t.name, name);
    assert_int_equal(t.unit, UNIT_NUMBER);
    return t;
}

static void what_a_script_counts_goes_by_its_name(void **state)
{
    (void)state;
    assert_true(of_metric("orders >= 100", "orders").bound == 100);
    assert_true(of_metric("orders > 10k", "orders").bound == 10000);
    assert_true(of_metric("\"my orders\" < 0.5", "my orders").bound == 0.5);
    assert_true(of_metric("basket.p99.9 < 12.5", "basket").of_times.percent == 99.9);
    assert_int_equal(of_metric("\"a.b c\".mean~=1", "a.b c").of_times.kind, FIGURE_MEAN);
    struct threshold t = of_metric("series{behaviour=buy}.orders > 3", "orders");
    assert_int_equal(t.n_tags, 1);
    t = of_metric("series{behaviour=buy}.\"my orders\".max > 3", "my orders");
    assert_str(t.tags[0].value, "buy");
    struct err e;
    assert_true(with_metrics("orders.count > 3", &t, &e));
    assert_str(t.name, "orders");
    assert_int_equal(t.unit, UNIT_COUNT);
    assert_true(with_metrics("\"place order\".failed < 1%", &t, &e));
    assert_int_equal(t.unit, UNIT_SHARE);
}

static void names_of_metrics_that_are_like_a_figures_stand_in_quotes(void **state)
{
    (void)state;
    struct threshold t;
    struct err e;
    assert_false(with_metrics("faild < 1%", &t, &e));
    assert_non_null(strstr(e.text, "did you mean 'failed'? A metric of the script's stands in "
                                   "double quotes"));
    assert_true(with_metrics("\"faild\" < 1", &t, &e));
    refused("orders > 5", "there is no figure 'orders'"); /* where there is no script */
    refused("\"orders\" > 5", "a dot and a figure");
    refused("\"basket\".p95 < 5", "there is no figure 'p95'");
}

static void bounds_of_metrics_are_plain_numbers(void **state)
{
    (void)state;
    struct threshold t;
    struct err e;
    const char *wrong[] = {"orders < 250ms", "orders < -1", "basket.p95 < ten"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_false(with_metrics(wrong[i], &t, &e));
        assert_non_null(strstr(e.text, "what a script counts has no unit"));
    }
    assert_false(with_metrics("orders < 1%", &t, &e));
    assert_non_null(strstr(e.text, "a counter is no share"));
    assert_false(with_metrics("basket.p95 < 1%", &t, &e));
    assert_non_null(strstr(e.text, "a script's metric is no share"));
    assert_false(with_metrics("basket.median < 1", &t, &e));
    assert_non_null(strstr(e.text, "there is no figure 'median'"));
}

static void a_span_and_abort_stand_behind_the_value(void **state)
{
    (void)state;
    struct threshold t = parsed("response_time.p99 < 250ms");
    assert_int_equal(t.span, SPAN_RUN);
    assert_false(t.abort);
    t = parsed("response_time.p99 < 250ms over 30s");
    assert_int_equal(t.span, SPAN_WINDOW);
    assert_int_equal(t.window_s, 30);
    assert_true(t.bound == 0.25);
    t = parsed("failed<1% over 1m abort ");
    assert_int_equal(t.window_s, 60);
    assert_true(t.abort);
    assert_true(t.bound == 0.01);
    assert_str(t.expr, "failed<1% over 1m abort");
    t = parsed("\"over x\".failed < 5 over stage 2");
    assert_int_equal(t.span, SPAN_STAGE);
    assert_int_equal(t.stage, 2);
    assert_int_equal(parsed("achieved_rate > 99% over each stage").span, SPAN_EACH_STAGE);
    assert_true(parsed("failed < 1% abort").abort);
    assert_true(parsed("count > 10 over 5s abort").abort);
    assert_true(parsed("rate > 10 abort").abort);
}

static void spans_that_cannot_be_are_refused(void **state)
{
    (void)state;
    refused("failed < 1% over 1500ms", "a window is of whole seconds, 1s to 10m: over 30s");
    refused("failed < 1% over 0s", "a window is of whole seconds");
    refused("failed < 1% over 601s", "a window is of whole seconds");
    refused("failed < 1% over 30", "behind 'over' stands a time, 'stage 2' or 'each stage'");
    refused("failed < 1% over stage", "stages have numbers from 1: over stage 2");
    refused("failed < 1% over stage 0", "stages have numbers from 1");
    refused("failed < 1% over 10s or so", "behind 'over' stands a time");
    refused("failed < 1% over", "'1% over' is not");
    refused("failed < abort", "'abort' is not a whole number");
    refused("count > 1000 abort", "a count that is too small may still grow");
    refused("failed == 0 abort", "may still grow");
    refused("failed < 1% abort over 10s", "abort stands last: over 30s abort");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(times_have_a_figure_and_a_unit, forget),
        cmocka_unit_test_teardown(every_comparison_is_known, forget),
        cmocka_unit_test_teardown(counts_shares_and_rates_have_their_units, forget),
        cmocka_unit_test_teardown(a_series_is_named_in_quotes_or_by_tags, forget),
        cmocka_unit_test_teardown(the_expression_is_quoted_in_every_refusal, forget),
        cmocka_unit_test_teardown(wrong_names_are_answered_with_the_nearest, forget),
        cmocka_unit_test_teardown(values_that_do_not_fit_are_refused, forget),
        cmocka_unit_test_teardown(wrong_selectors_are_refused, forget),
        cmocka_unit_test_teardown(what_a_script_counts_goes_by_its_name, forget),
        cmocka_unit_test_teardown(names_of_metrics_that_are_like_a_figures_stand_in_quotes, forget),
        cmocka_unit_test_teardown(bounds_of_metrics_are_plain_numbers, forget),
        cmocka_unit_test_teardown(a_span_and_abort_stand_behind_the_value, forget),
        cmocka_unit_test_teardown(spans_that_cannot_be_are_refused, forget),
    };
    return UNIT_RUN(tests);
}
