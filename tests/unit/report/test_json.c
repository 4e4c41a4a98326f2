/* The summary as JSON: order of keys, the histogram's own figures, null where nothing was measured,
 * and files that cannot be written. */
#include "unit.h"

#include "engine/judge.h"

#include <jansson.h>

#include "report/fixture.h"
#include "report/json.h"

static json_t *parsed(struct fixture *f)
{
    struct buf text = {0};
    json_error_t error;
    json_summary(fixture_summary(f), &text);
    json_t *root = json_loadb(text.p, text.n, JSON_ALLOW_NUL, &error);
    if (!root)
        fail_msg("%s at %d:%d", error.text, error.line, error.column);
    buf_free(&text);
    return root;
}

/* The keys of an object are these, in this order; NULL ends them. */
static void assert_keys(json_t *object, const char *const *want)
{
    const char *key;
    json_t *value;
    assert_non_null(object);
    json_object_foreach(object, key, value) assert_string_equal(key, *want++);
    assert_null(*want);
}

static json_t *at(json_t *root, const char *a, const char *b)
{
    json_t *v = json_object_get(root, a);
    return b ? json_object_get(v, b) : v;
}

static double number_at(json_t *root, const char *a, const char *b)
{
    assert_true(json_is_number(at(root, a, b)));
    return json_number_value(at(root, a, b));
}

static void make_calls(struct fixture *f)
{
    fixture_open(f);
    for (uint64_t i = 1; i <= 1000; i++) {
        const struct series *s = i % 4 ? &f->get : &f->post;
        if (i == 500)
            fixture_call(f, s, FATE_FAILED_CHECK, "wrong answer (404)", 404, i * 7919, i * 7001);
        else if (i % 100 == 0)
            fixture_call(f, s, FATE_FAILED_CHECK, "wrong answer (503)", 503, i * 7919, i * 7001);
        else if (i % 250 == 1)
            fixture_call(f, s, FATE_ERROR, "connection refused", 0, 0, 0);
        else
            fixture_call(f, s, FATE_OK, NULL, 200, i * 7919, i * 7001);
        hist_record(&f->results.lateness, i * 20);
        hist_record(&f->results.wait, i);
        hist_record(&f->results.turn, i * 30);
    }
    fixture_call(f, &f->part, FATE_OK, NULL, 0, 5, 5);
}

static void keys_stand_in_the_order_of_the_schema(void **state)
{
    (void)state;
    struct fixture f;
    make_calls(&f);
    json_t *root = parsed(&f);
    assert_keys(root, (const char *const[]){"schema", "weir", "run", "verdict", "load",
                                            "iterations", "scenarios", "ledger", "total", "series",
                                            "checks", "generator", NULL});
    assert_keys(at(root, "run", NULL),
                (const char *const[]){"id", "started_at", "duration_s", "command", "model", "seed",
                                      "drivers", "threads", NULL});
    assert_keys(at(root, "verdict", NULL),
                (const char *const[]){"validity", "reasons", "notes", "thresholds", "audits",
                                      "exit_code", NULL});
    assert_keys(at(root, "load", NULL), (const char *const[]){"asked_rate", "achieved_rate",
                                                              "start_lateness_s", "wait_s", NULL});
    assert_keys(at(root, "load", "wait_s"), (const char *const[]){"p50", "p99", "max", NULL});
    assert_keys(at(root, "iterations", NULL),
                (const char *const[]){"planned", "started", "skipped", "completed", "script_error",
                                      "interrupted", "unaccounted", "script_errors", NULL});
    assert_keys(at(root, "ledger", NULL),
                (const char *const[]){"started", "ok", "failed_check", "error", "timeout",
                                      "abandoned", "possibly_stored", "aborted", "replies",
                                      "awaited", "balanced", NULL});
    assert_keys(at(root, "ledger", "awaited"),
                (const char *const[]){"seen", "taken", "unclaimed", NULL});
    assert_keys(at(root, "ledger", "replies"),
                (const char *const[]){"received", "matched", "late", "duplicate", "orphan",
                                      "malformed", NULL});
    assert_keys(
        at(root, "generator", NULL),
        (const char *const[]){"cpu_s", "rss_bytes", "loop_turn_s", "loop", "machine", NULL});
    const char *const series[] = {"name",
                                  "tags",
                                  "part",
                                  "kind",
                                  "count",
                                  "rate",
                                  "response_time_s",
                                  "service_time_s",
                                  "bytes_sent",
                                  "bytes_received",
                                  "outcomes",
                                  "status",
                                  "errors",
                                  "possibly_stored",
                                  "reconnects",
                                  NULL};
    assert_keys(at(root, "total", NULL), series);
    for (size_t i = 0; i < json_array_size(at(root, "series", NULL)); i++)
        assert_keys(json_array_get(at(root, "series", NULL), i), series);
    const char *const times[] = {"min", "mean", "stddev", "mode",   "p50", "p75", "p90",
                                 "p95", "p99",  "p99_9",  "p99_99", "max", NULL};
    assert_keys(at(root, "total", "response_time_s"), times);
    assert_keys(at(root, "total", "service_time_s"), times);
    json_decref(root);
    fixture_close(&f);
}

static void assert_figures(json_t *object, const struct hist *h)
{
    for (const struct figure *f = figures; f->name; f++)
        assert_true(json_number_value(json_object_get(object, f->name)) == figure_seconds(h, f));
}

static void figures_are_exactly_those_of_the_histograms(void **state)
{
    (void)state;
    struct fixture f;
    make_calls(&f);
    json_t *root = parsed(&f);
    assert_figures(at(root, "total", "response_time_s"), &f.total.response);
    assert_figures(at(root, "total", "service_time_s"), &f.total.service);
    json_t *series = at(root, "series", NULL);
    assert_int_equal(json_array_size(series), 3);
    for (size_t i = 0; i < 3; i++) {
        json_t *one = json_array_get(series, i);
        const struct result *r = f.results.list[i];
        assert_figures(json_object_get(one, "response_time_s"), &r->data.response);
        assert_int_equal(json_integer_value(json_object_get(one, "count")), r->data.started);
        assert_int_equal(json_is_true(json_object_get(one, "part")), r->series->part);
    }
    assert_true(json_number_value(json_object_get(at(root, "load", "wait_s"), "max")) == 1000e-9);
    assert_true(json_number_value(json_object_get(at(root, "load", "start_lateness_s"), "p50")) ==
                (double)hist_percentile(&f.results.lateness, 50) / 1e9);
    assert_true(json_number_value(json_object_get(at(root, "generator", "loop_turn_s"), "p99")) ==
                (double)hist_percentile(&f.results.turn, 99) / 1e9);
    json_decref(root);
    fixture_close(&f);
}

static void counts_are_those_of_the_books(void **state)
{
    (void)state;
    struct fixture f;
    make_calls(&f);
    json_t *root = parsed(&f);
    assert_true(number_at(root, "schema", NULL) == 1);
    assert_string_equal(json_string_value(at(root, "run", "started_at")),
                        "2026-01-31T12:00:00.123Z");
    assert_string_equal(json_string_value(at(root, "run", "model")), "open");
    assert_true(number_at(root, "run", "seed") == 42);
    assert_true(number_at(root, "iterations", "planned") == 1000);
    assert_true(number_at(root, "ledger", "ok") == 986);
    assert_true(number_at(root, "ledger", "failed_check") == 10);
    assert_true(number_at(root, "ledger", "error") == 4);
    assert_true(json_is_true(at(root, "ledger", "balanced")));
    assert_true(number_at(root, "total", "rate") == 100);
    assert_true(number_at(root, "total", "bytes_sent") == 100000);
    assert_int_equal(json_object_size(at(root, "total", "outcomes")), 3);
    assert_keys(at(root, "total", "status"), (const char *const[]){"200", "404", "503", NULL});
    assert_keys(at(root, "total", "errors"),
                (const char *const[]){"wrong answer (503)", "connection refused",
                                      "wrong answer (404)", NULL});
    assert_string_equal(json_string_value(at(root, "generator", "loop")), "io_uring");
    assert_true(json_is_null(at(root, "generator", "machine"))); /* an old record's */
    assert_int_equal(json_array_size(at(root, "checks", NULL)), 0);
    json_decref(root);
    fixture_close(&f);
}

static void metrics_of_scripts_have_keys_of_their_kind(void **state)
{
    (void)state;
    struct fixture f;
    make_calls(&f);
    fixture_script(&f);
    json_t *root = parsed(&f);
    json_t *series = at(root, "series", NULL);
    assert_int_equal(json_array_size(series), 5); /* calls, a part, metrics */
    assert_string_equal(json_string_value(json_object_get(json_array_get(series, 2), "kind")),
                        "calls");
    json_t *orders = json_array_get(series, 3), *basket = json_array_get(series, 4);
    assert_keys(orders,
                (const char *const[]){"name", "tags", "part", "kind", "count", "sum", NULL});
    assert_string_equal(json_string_value(json_object_get(orders, "kind")), "counter");
    assert_true(number_at(orders, "count", NULL) == 3);
    assert_true(number_at(orders, "sum", NULL) == 12.5);
    assert_keys(basket, (const char *const[]){"name", "tags", "part", "kind", "count", "sum",
                                              "value", NULL});
    assert_string_equal(json_string_value(json_object_get(basket, "kind")), "values");
    assert_true(number_at(basket, "value", "min") == 10);
    assert_true(number_at(basket, "value", "mean") == 15.5);
    assert_true(number_at(basket, "value", "p99") == 21);
    assert_int_equal(json_object_size(json_object_get(basket, "value")), 12);
    assert_true(number_at(root, "total", "count") == 1000); /* metrics are in no total */
    json_decref(root);
    fixture_close(&f);
}

static void checks_are_listed_by_series(void **state)
{
    (void)state;
    struct fixture f;
    make_calls(&f);
    fixture_script(&f);
    json_t *root = parsed(&f), *checks = at(root, "checks", NULL);
    const struct {
        const char *name, *series;
        double passed, failed;
    } want[] = {{"pong", "GET /ping", 12, 0},
                {"quick", "GET /ping", 9, 3},
                {"never", "GET /ping", 0, 1},
                {"pong", "POST /orders", 5, 0}};
    assert_int_equal(json_array_size(checks), 4);
    for (size_t i = 0; i < 4; i++) {
        json_t *c = json_array_get(checks, i);
        assert_keys(c, (const char *const[]){"name", "series", "passed", "failed", "tags", NULL});
        assert_string_equal(json_string_value(json_object_get(c, "name")), want[i].name);
        assert_string_equal(json_string_value(json_object_get(c, "series")), want[i].series);
        assert_true(number_at(c, "passed", NULL) == want[i].passed);
        assert_true(number_at(c, "failed", NULL) == want[i].failed);
    }
    assert_true(number_at(root, "iterations", "script_error") == 5);
    json_t *errors = at(root, "iterations", "script_errors");
    assert_true(number_at(errors, "shop.lua:9: \"x\", nil", NULL) == 4);
    assert_int_equal(json_object_size(errors), 2);
    json_decref(root);
    fixture_close(&f);
}

static void several_scenarios_have_their_books(void **state)
{
    (void)state;
    struct fixture f;
    make_calls(&f);
    struct load loads[2] = {f.load, f.load};
    loads[0].name = STR("browse");
    loads[1].name = STR("buy");
    iteration_books_at(&f.results.books, 0)->planned = 900;
    iteration_books_at(&f.results.books, 1)->skipped = 7;
    json_t *root = parsed(&f);
    assert_int_equal(json_array_size(at(root, "scenarios", NULL)), 0);
    json_decref(root);
    f.plan.loads = loads;
    f.plan.n_loads = 2;
    root = parsed(&f);
    json_t *scenarios = at(root, "scenarios", NULL);
    assert_int_equal(json_array_size(scenarios), 2);
    json_t *first = json_array_get(scenarios, 0), *second = json_array_get(scenarios, 1);
    assert_string_equal(json_string_value(json_object_get(first, "name")), "browse");
    assert_keys(json_object_get(first, "iterations"),
                (const char *const[]){"planned", "started", "skipped", "completed", "script_error",
                                      "interrupted", "unaccounted", NULL});
    assert_true(number_at(first, "iterations", "planned") == 900);
    assert_true(number_at(second, "iterations", "skipped") == 7);
    json_decref(root);
    fixture_close(&f);
}

static void what_was_not_measured_is_null_and_never_zero(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f);
    f.summary.asked_rate = NAN;
    f.summary.length_s = 0;
    json_t *root = parsed(&f);
    assert_true(json_is_null(at(root, "load", "asked_rate")));
    assert_true(json_is_null(at(root, "total", "rate")));
    const char *key;
    json_t *value;
    json_object_foreach(at(root, "total", "response_time_s"), key, value)
        assert_true(json_is_null(value));
    json_object_foreach(at(root, "load", "wait_s"), key, value) assert_true(json_is_null(value));
    assert_true(number_at(root, "total", "count") == 0);
    assert_int_equal(json_array_size(at(root, "series", NULL)), 0);
    json_decref(root);
    fixture_close(&f);
}

static void the_verdict_is_told_with_reasons_and_thresholds(void **state)
{
    (void)state;
    struct fixture f;
    struct threshold list[2];
    struct err e;
    make_calls(&f);
    assert_true(threshold_parse(STR("failed < 1%"), false, &f.arena, &list[0], &e));
    assert_true(threshold_parse(STR("\"x\".failed < 1%"), false, &f.arena, &list[1], &e));
    fixture_summary(&f);
    judge(&f.summary, list, 2, &f.arena);
    verdict_reason(&f.verdict, RUN_INVALID, "a \"reason\"");
    f.verdict.exit_code = 4;
    json_t *root = parsed(&f);
    assert_string_equal(json_string_value(at(root, "verdict", "validity")), "invalid");
    assert_string_equal(json_string_value(json_array_get(at(root, "verdict", "reasons"), 0)),
                        "a \"reason\"");
    assert_true(number_at(root, "verdict", "exit_code") == 4);
    json_t *first = json_array_get(at(root, "verdict", "thresholds"), 0);
    json_t *second = json_array_get(at(root, "verdict", "thresholds"), 1);
    assert_keys(first, (const char *const[]){"expr", "value", "passed", NULL});
    assert_true(json_number_value(json_object_get(first, "value")) == 14.0 / 1000);
    assert_true(json_is_false(json_object_get(first, "passed")));
    assert_true(json_is_null(json_object_get(second, "value")));
    json_decref(root);
    fixture_close(&f);
}

static void hostile_names_leave_valid_json(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f);
    f.get.name = STR("GET \"/\\\x1b[31m\n\xff\xc3");
    f.tag.value = STR("\xfe\0");
    fixture_call(&f, &f.get, FATE_ERROR, "no\tanswer \"\x80\"", 0, 0, 0);
    json_t *root = parsed(&f);
    json_t *one = json_array_get(at(root, "series", NULL), 0);
    assert_string_equal(json_string_value(json_object_get(one, "name")),
                        "GET \"/\\\x1b[31m\n\xef\xbf\xbd\xef\xbf\xbd");
    assert_int_equal(json_object_size(json_object_get(one, "errors")), 1);
    json_decref(root);
    fixture_close(&f);
}

static void huge_numbers_stay_numbers(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f);
    struct series_data *d = &results_get(&f.results, &f.get)->data;
    d->started = UINT64_MAX / 4;
    d->started_in_plan = UINT64_MAX / 4;
    d->bytes_received = INT64_MAX;
    hist_record(&d->response, UINT64_MAX);
    json_t *root = parsed(&f);
    assert_true(number_at(root, "total", "bytes_received") == (double)INT64_MAX);
    assert_true(json_number_value(json_object_get(at(root, "total", "response_time_s"), "max")) ==
                (double)UINT64_MAX / 1e9);
    json_decref(root);
    fixture_close(&f);
}

static void the_sink_writes_the_whole_text_into_a_file_it_emptied_before(void **state)
{
    (void)state;
    struct fixture f;
    struct err e;
    struct buf want = {0};
    make_calls(&f);
    const char *path = fixture_path(&f, "summary.json");
    FILE *old = fopen(path, "w");
    fputs("an old result", old);
    fclose(old);
    struct sink *s = json_sink(path, &e);
    assert_non_null(s);
    assert_int_equal(fixture_read(&f, path).n, 0);
    assert_true(s->table->finish(s, fixture_summary(&f), &e));
    s->table->close(s);
    json_summary(&f.summary, &want);
    assert_true(str_eq(fixture_read(&f, path), buf_view(&want)));
    assert_true(str_ends(buf_view(&want), STR("}\n")));
    buf_free(&want);
    fixture_remove(path);
    fixture_close(&f);
}

static void a_bad_path_fails_at_once_with_the_reason(void **state)
{
    (void)state;
    struct err e;
    assert_null(json_sink("/nowhere/at/all.json", &e));
    assert_int_equal(e.kind, ERR_RUN);
    assert_string_equal(e.text, "cannot open '/nowhere/at/all.json' for the summary: No such file "
                                "or directory");
}

static void a_full_disk_is_an_error_of_the_end(void **state)
{
    (void)state;
    struct fixture f;
    struct err e;
    make_calls(&f);
    struct sink *s = json_sink("/dev/full", &e);
    assert_non_null(s);
    assert_false(s->table->finish(s, fixture_summary(&f), &e));
    assert_int_equal(e.kind, ERR_RUN);
    assert_string_equal(e.text, "cannot write the summary to /dev/full: No space left on device");
    s->table->close(s);
    fixture_close(&f);
}

static void a_sink_that_never_began_closes_too(void **state)
{
    (void)state;
    struct err e;
    struct sink *s = json_sink("/dev/null", &e);
    assert_non_null(s);
    s->table->close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_stand_in_the_order_of_the_schema),
        cmocka_unit_test(figures_are_exactly_those_of_the_histograms),
        cmocka_unit_test(counts_are_those_of_the_books),
        cmocka_unit_test(metrics_of_scripts_have_keys_of_their_kind),
        cmocka_unit_test(checks_are_listed_by_series),
        cmocka_unit_test(several_scenarios_have_their_books),
        cmocka_unit_test(what_was_not_measured_is_null_and_never_zero),
        cmocka_unit_test(the_verdict_is_told_with_reasons_and_thresholds),
        cmocka_unit_test(hostile_names_leave_valid_json),
        cmocka_unit_test(huge_numbers_stay_numbers),
        cmocka_unit_test(the_sink_writes_the_whole_text_into_a_file_it_emptied_before),
        cmocka_unit_test(a_bad_path_fails_at_once_with_the_reason),
        cmocka_unit_test(a_full_disk_is_an_error_of_the_end),
        cmocka_unit_test(a_sink_that_never_began_closes_too),
    };
    return UNIT_RUN(tests);
}
