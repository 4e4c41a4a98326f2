/* The tables: Locust's columns, empty fields, quoting, and files that cannot be written. */
#include "unit.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/decimal.h"
#include "report/csv.h"
#include "report/csv_field.h"
#include "report/fixture.h"

static const struct plan of_http = {.command = "http"};
static const struct plan of_scripts = {.command = "run", .scripted = true};
static const struct plan of_kafka = {.command = "kafka produce"};

static void assert_text(struct buf *b, const char *want)
{
    buf_char(b, 0);
    assert_string_equal(b->p, want);
    buf_free(b);
}

static void requests_have_the_columns_of_locust_and_the_sum_last(void **state)
{
    (void)state;
    struct fixture f;
    struct buf b = {0};
    fixture_open(&f);
    fixture_call(&f, &f.get, FATE_OK, NULL, 200, 1500000, 1000000);
    fixture_call(&f, &f.get, FATE_OK, NULL, 200, 500000, 400000);
    fixture_call(&f, &f.get, FATE_ERROR, "reset", 0, 0, 0);
    fixture_call(&f, &f.post, FATE_FAILED_CHECK, "wrong", 503, 1024, 1);
    fixture_call(&f, &f.part, FATE_OK, NULL, 0, 1, 1);
    csv_requests(fixture_summary(&f), &b);
    assert_text(&b, "Method,Name,# requests,# failures,Median response time,Average response time,"
                    "Min response time,Max response time,Average Content Size,Requests/s\n"
                    "GET,/ping,3,1,0.500223,1,0.5,1.5,200,0.3\n"
                    "POST,/orders,1,1,0.001024,0.001024,0.001024,0.001024,200,0.1\n"
                    ",Aggregated,4,2,0.500223,0.667008,0.001024,1.5,200,0.4\n");
    fixture_close(&f);
}

static void distributions_are_the_percentiles_of_the_histogram(void **state)
{
    (void)state;
    const double percents[] = {50, 66, 75, 80, 90, 95, 98, 99, 100};
    struct fixture f;
    struct buf b = {0}, want = {0};
    fixture_open(&f);
    for (uint64_t i = 1; i <= 1000; i++)
        fixture_call(&f, &f.get, FATE_OK, NULL, 200, i * 1000, i * 1000);
    csv_distribution(fixture_summary(&f), &b);
    buf_str(&want, STR("Name,# requests,50%,66%,75%,80%,90%,95%,98%,99%,100%\n"));
    for (int line = 0; line < 2; line++) {
        buf_str(&want, line ? STR("Aggregated,1000") : STR("GET /ping,1000"));
        for (size_t i = 0; i < 9; i++) {
            buf_char(&want, ',');
            decimal_add(&want, (double)hist_percentile(&f.total.response, percents[i]) / 1e6);
        }
        buf_char(&want, '\n');
    }
    buf_char(&want, 0);
    assert_text(&b, want.p);
    assert_true(str_contains(buf_view(&want), STR(",1\n")));
    buf_free(&want);
    fixture_close(&f);
}

static void what_was_not_measured_is_an_empty_field(void **state)
{
    (void)state;
    struct fixture f;
    struct buf b = {0};
    fixture_open(&f);
    fixture_call(&f, &f.get, FATE_ERROR, "connection refused", 0, 0, 0);
    f.summary.length_s = 0;
    csv_requests(fixture_summary(&f), &b);
    csv_distribution(&f.summary, &b);
    buf_char(&b, 0);
    assert_non_null(strstr(b.p, "\nGET,/ping,1,1,,,,,,\n,Aggregated,1,1,,,,,,\n"));
    assert_non_null(strstr(b.p, "\nGET /ping,1,,,,,,,,,\nAggregated,1,,,,,,,,,\n"));
    buf_free(&b);
    fixture_close(&f);
}

static void fields_are_quoted_as_rfc_4180_says(void **state)
{
    (void)state;
    struct buf b = {0};
    const char *plain[] = {"", "a b", "=SUM(A1)", "-x", "+1", "@a", "é"};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        csv_text(&b, str_from(plain[i]));
        assert_text(&b, plain[i]);
    }
    csv_text(&b, STR("a,b"));
    assert_text(&b, "\"a,b\"");
    csv_text(&b, STR("say \"x\""));
    assert_text(&b, "\"say \"\"x\"\"\"");
    csv_text(&b, STR("two\nlines\r"));
    assert_text(&b, "\"two\nlines\r\"");
    csv_text(&b, STR("\xff,\xc3"));
    assert_text(&b, "\"\xef\xbf\xbd,\xef\xbf\xbd\"");
}

static void what_scripts_count_has_tables_of_its_own(void **state)
{
    (void)state;
    struct fixture f;
    struct buf b = {0};
    fixture_open(&f);
    fixture_script(&f);
    csv_checks(fixture_summary(&f), &b);
    assert_text(&b, "Name,Tags,Check,# passed,# failed\n"
                    "GET /ping,protocol=http,pong,12,0\n"
                    "GET /ping,protocol=http,quick,9,3\n"
                    "GET /ping,protocol=http,never,0,1\n"
                    "POST /orders,protocol=http,pong,5,0\n");
    csv_metrics(&f.summary, &b);
    assert_text(&b, "Name,Tags,Kind,Count,Sum,Mean,Min,50%,90%,95%,99%,Max\n"
                    "orders,,counter,3,12.5,,,,,,,\n"
                    "basket,protocol=http,values,2,31,15.5,10,10.007,21,21,21,21\n");
    csv_exceptions(&f.summary, &b);
    assert_text(&b, "Count,Message\n4,\"shop.lua:9: \"\"x\"\", nil\"\n1,shop.lua:7: no token\n");
    csv_requests(&f.summary, &b);
    buf_char(&b, 0);
    assert_null(strstr(b.p, "basket"));
    buf_free(&b);
    fixture_close(&f);
}

static void times_that_a_client_measured_are_in_ms(void **state)
{
    (void)state;
    static const struct series rtt = {.name = {"kafka_rtt_avg", 13}, .kind = SERIES_TIMES};
    struct fixture f;
    struct buf b = {0};
    fixture_open(&f);
    struct series_data *d = &results_get(&f.results, &rtt)->data;
    d->started = 2;
    d->sum = 0.004;
    hist_record_n(&d->response, 2 * NS_PER_MS, 2);
    csv_metrics(fixture_summary(&f), &b);
    assert_text(&b, "Name,Tags,Kind,Count,Sum,Mean,Min,50%,90%,95%,99%,Max\n"
                    "kafka_rtt_avg,,times,2,4,2,2,2,2,2,2,2\n");
    fixture_close(&f);
}

static const char *path_of(struct fixture *f, const char *prefix, const char *name)
{
    return arena_printf(&f->arena, "%s_%s.csv", prefix, name).p;
}

static void the_sink_writes_three_files(void **state)
{
    (void)state;
    struct fixture f;
    struct err e;
    struct buf requests = {0}, distribution = {0};
    struct results delta = {0};
    fixture_open(&f);
    const char *prefix = fixture_path(&f, "run");
    const char *names[] = {"requests", "distribution", "history"};
    struct sink *s = csv_sink(prefix, &of_http, &e);
    assert_non_null(s);
    s->table->begin(s, &f.info);
    fixture_call(&f, &f.get, FATE_OK, NULL, 200, 1500000, 1000000);
    results_merge(&delta, &f.results);
    s->table->second(s, &(struct second){.second = 2, .delta = &delta});
    results_free(&delta);
    assert_true(s->table->finish(s, fixture_summary(&f), &e));
    s->table->close(s);
    csv_requests(&f.summary, &requests);
    csv_distribution(&f.summary, &distribution);
    assert_true(str_eq(fixture_read(&f, path_of(&f, prefix, "requests")), buf_view(&requests)));
    assert_true(
        str_eq(fixture_read(&f, path_of(&f, prefix, "distribution")), buf_view(&distribution)));
    str history = fixture_read(&f, path_of(&f, prefix, "history"));
    assert_true(str_starts(history, STR("timestamp,second,name,")));
    assert_true(
        str_contains(history, STR("\n1769860802.123,2,GET /ping,protocol=http,false,1,1,")));
    buf_free(&requests);
    buf_free(&distribution);
    for (size_t i = 0; i < 3; i++)
        remove(path_of(&f, prefix, names[i]));
    fixture_remove(prefix);
    fixture_close(&f);
}

static void a_bad_prefix_fails_at_once(void **state)
{
    (void)state;
    struct err e;
    assert_null(csv_sink("/nowhere/at/all", &of_http, &e));
    assert_int_equal(e.kind, ERR_RUN);
    assert_string_equal(e.text, "cannot open '/nowhere/at/all_requests.csv' for the table: No such "
                                "file or directory");
}

static void files_for_scripts_are_only_there_with_scripts(void **state)
{
    (void)state;
    struct fixture f;
    struct err e;
    const char *names[] = {"requests", "distribution", "history",
                           "checks",   "metrics",      "exceptions"};
    fixture_open(&f);
    for (int scripted = 0; scripted < 2; scripted++) {
        const char *prefix = fixture_path(&f, "run");
        struct sink *s = csv_sink(prefix, scripted ? &of_scripts : &of_http, &e);
        assert_non_null(s);
        s->table->begin(s, &f.info);
        assert_true(s->table->finish(s, fixture_summary(&f), &e));
        s->table->close(s);
        for (size_t i = 0; i < 6; i++) {
            const char *path = path_of(&f, prefix, names[i]);
            assert_int_equal(fixture_read(&f, path).n > 0, i < 3 || scripted);
            remove(path);
        }
        fixture_remove(prefix);
    }
    fixture_close(&f);
}

static void what_clients_measure_is_there_with_kafka(void **state)
{
    (void)state;
    struct fixture f;
    struct err e;
    const char *names[] = {"requests", "distribution", "history", "metrics", "checks"};
    fixture_open(&f);
    const char *prefix = fixture_path(&f, "run");
    struct sink *s = csv_sink(prefix, &of_kafka, &e);
    assert_non_null(s);
    s->table->close(s);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(access(path_of(&f, prefix, names[i]), F_OK) == 0, i < 4);
    for (size_t i = 0; i < 4; i++)
        remove(path_of(&f, prefix, names[i]));
    fixture_remove(prefix);
    fixture_close(&f);
}

/* One of the three files is a link to a device that is always full. */
static void full_disk(const char *name)
{
    struct fixture f;
    struct err e;
    const char *names[] = {"requests", "distribution", "history"};
    fixture_open(&f);
    const char *prefix = fixture_path(&f, "run");
    assert_int_equal(symlink("/dev/full", path_of(&f, prefix, name)), 0);
    struct sink *s = csv_sink(prefix, &of_http, &e);
    assert_non_null(s);
    s->table->begin(s, &f.info);
    fixture_call(&f, &f.get, FATE_OK, NULL, 200, 1500000, 1000000);
    s->table->second(s, &(struct second){.delta = &f.results});
    assert_false(s->table->finish(s, fixture_summary(&f), &e));
    assert_non_null(strstr(e.text, name));
    assert_non_null(strstr(e.text, "No space left on device"));
    s->table->close(s);
    for (size_t i = 0; i < 3; i++)
        remove(path_of(&f, prefix, names[i]));
    fixture_remove(prefix);
    fixture_close(&f);
}

static void a_full_disk_is_an_error_whichever_file_it_hits(void **state)
{
    (void)state;
    full_disk("requests");
    full_disk("distribution");
    full_disk("history");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_have_the_columns_of_locust_and_the_sum_last),
        cmocka_unit_test(distributions_are_the_percentiles_of_the_histogram),
        cmocka_unit_test(what_was_not_measured_is_an_empty_field),
        cmocka_unit_test(fields_are_quoted_as_rfc_4180_says),
        cmocka_unit_test(what_scripts_count_has_tables_of_its_own),
        cmocka_unit_test(the_sink_writes_three_files),
        cmocka_unit_test(files_for_scripts_are_only_there_with_scripts),
        cmocka_unit_test(what_clients_measure_is_there_with_kafka),
        cmocka_unit_test(times_that_a_client_measured_are_in_ms),
        cmocka_unit_test(a_bad_prefix_fails_at_once),
        cmocka_unit_test(a_full_disk_is_an_error_whichever_file_it_hits),
    };
    return UNIT_RUN(tests);
}
