/* The record while it is written: rows for seconds, late ones, minutes, gaps, failures, events, and
 * what becomes of the file. */
#include "unit.h"

#include <string.h>
#include <unistd.h>

#include "report/recording.h"

static void a_row_for_each_second_in_which_something_happened(void **state)
{
    (void)state;
    struct recording r;
    struct err e;
    recording_open(&r);
    recording_begin(&r);
    recording_calls(&r, 0, 3);
    recording_calls(&r, 4, 5);
    assert_true(recording_end(&r, &e));
    assert_int_equal(recording_ask(&r, "SELECT count(*) FROM span WHERE length_s = 1"), 2);
    assert_int_equal(recording_ask(&r, "SELECT started FROM measured JOIN span ON id = span "
                                       "WHERE start_s = 4"),
                     5);
    assert_int_equal(recording_ask(&r, "SELECT response_max FROM measured WHERE span = 0"),
                     5 * NS_PER_MS);
    assert_int_equal(recording_ask(&r, "SELECT response_sum FROM measured WHERE span = 0"),
                     21 * NS_PER_MS);
    assert_int_equal(recording_ask(&r, "SELECT count FROM tally WHERE span = 0"), 8);
    assert_int_equal(recording_ask(&r, "SELECT completed FROM iterations WHERE span = 0"), 8);
    assert_int_equal(recording_ask(&r, "SELECT name = '--rate' AND value = '500' FROM setting "
                                       "WHERE origin = 'flag --rate'"),
                     1);
    recording_close(&r);
}

/* Of a span: of the generator only to 3 %, but exact at both ends; all else to the bucket. */
static void histograms_of_seconds_are_packed_and_those_of_the_run_are_hdr(void **state)
{
    (void)state;
    struct recording r;
    struct err e;
    struct results delta = {0}, read = {0};
    struct record_process process = {0};
    recording_open(&r);
    recording_begin(&r);
    struct hist *response = &results_get(&delta, &r.f.get)->data.response;
    for (uint64_t i = 0; i < 1000; i++) {
        hist_record(response, 1000003 + 1511 * i * i);
        hist_record(&delta.lateness, 1003 + 17 * i * i);
    }
    results_merge(&r.f.results, &delta);
    recording_second(&r, 0, &delta);
    assert_true(recording_end(&r, &e));
    assert_int_equal(recording_ask(&r, "SELECT hex(substr(response, 1, 1)) >= '80' FROM measured "
                                       "WHERE span = 1"),
                     1);
    assert_int_equal(recording_ask(&r, "SELECT substr(response, 1, 4) = x'1c849314' FROM measured "
                                       "WHERE span = 0"),
                     1);
    struct recorded *again = mem_alloc(sizeof *again);
    assert_true(recorded_open(again, r.path, &e));
    record_span_read(&again->db, &again->series, 1, &again->arena, &read, &process);
    const struct hist *same = &results_get(&read, &r.f.get)->data.response;
    for (double p = 0; p <= 100; p += 0.5) {
        assert_true(hist_percentile(same, p) == hist_percentile(response, p));
        double near = (double)hist_percentile(&delta.lateness, p);
        assert_true(fabs((double)hist_percentile(&read.lateness, p) - near) <= 0.03 * near + 32);
    }
    assert_true(read.lateness.min == delta.lateness.min && read.lateness.max == delta.lateness.max);
    assert_true(read.lateness.sum == delta.lateness.sum && same->sum == response->sum);
    assert_true(read.lateness.sum_squares == delta.lateness.sum_squares);
    recorded_close(again);
    mem_free(again);
    results_free(&read);
    results_free(&delta);
    recording_close(&r);
}

static void a_late_row_joins_its_second(void **state)
{
    (void)state;
    struct recording r;
    struct err e;
    recording_open(&r);
    recording_begin(&r);
    recording_calls(&r, 0, 3);
    recording_calls(&r, 1, 1);
    recording_calls(&r, 0, 4);
    assert_true(recording_end(&r, &e));
    assert_int_equal(recording_ask(&r, "SELECT count(*) FROM span WHERE length_s = 1"), 2);
    assert_int_equal(recording_ask(&r, "SELECT started FROM measured JOIN span ON id = span "
                                       "WHERE start_s = 0 AND length_s = 1"),
                     7);
    assert_int_equal(recording_ask(&r, "SELECT count FROM tally JOIN span ON id = span "
                                       "WHERE start_s = 0 AND length_s = 1"),
                     7);
    recording_close(&r);
}

/* Waits until the writer has taken them: no more than RECORD_WAITING may be under way. */
static void let_it_write(const struct recording *r, int64_t second)
{
    char sql[80];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM span WHERE start_s = %lld", (long long)second);
    while (recording_ask(r, sql) < 1)
        usleep(1000);
}

static void what_is_older_than_an_hour_becomes_minutes(void **state)
{
    (void)state;
    struct recording r;
    struct err e;
    recording_open(&r);
    recording_begin(&r);
    for (int64_t s = 0; s < 150; s++) {
        recording_calls(&r, s, 2);
        if (s % 16 == 15)
            let_it_write(&r, s);
    }
    let_it_write(&r, 149);
    recording_calls(&r, 3600 + 120, 1);
    let_it_write(&r, 3720);
    recording_calls(&r, 30, 5); /* late by an hour */
    assert_true(recording_end(&r, &e));
    assert_int_equal(recording_ask(&r, "SELECT count(*) FROM span WHERE length_s = 60"), 2);
    assert_int_equal(recording_ask(&r, "SELECT count(*) FROM span WHERE length_s = 1"), 31);
    assert_int_equal(recording_ask(&r, "SELECT started FROM measured JOIN span ON id = span "
                                       "WHERE start_s = 0 AND length_s = 60"),
                     125);
    assert_int_equal(recording_ask(&r, "SELECT sum(started) FROM measured WHERE span > 0"),
                     recording_ask(&r, "SELECT started FROM measured WHERE span = 0"));
    assert_int_equal(recording_ask(&r, "SELECT sum(completed) FROM iterations WHERE span > 0"),
                     306);
    assert_int_equal(recording_ask(&r, "SELECT count(*) FROM generator LEFT JOIN span ON "
                                       "id = generator.span WHERE id IS NULL"),
                     0);
    recording_close(&r);
}

static void seconds_for_which_there_is_no_room_are_named(void **state)
{
    (void)state;
    struct recording r;
    struct err e;
    sqlite3 *other;
    recording_open(&r);
    recording_begin(&r);
    assert_int_equal(sqlite3_open(r.path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    for (int64_t s = 0; s < RECORD_WAITING + 8; s++)
        recording_calls(&r, s, 1);
    assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
    let_it_write(&r, RECORD_WAITING - 1);
    recording_calls(&r, 100, 1);
    assert_true(recording_end(&r, &e));
    assert_int_equal(r.f.verdict.validity, RUN_DEGRADED);
    assert_non_null(strstr(r.f.verdict.reasons[0], "8 seconds of the record were lost"));
    assert_int_equal(recording_ask(&r, "SELECT count(*) FROM span WHERE length_s = 1"),
                     RECORD_WAITING + 1);
    assert_int_equal(recording_ask(&r, "SELECT text = 'seconds 32 to 39 are not in the record' "
                                       "FROM event WHERE kind = 'gap'"),
                     1);
    assert_int_equal(recording_ask(&r, "SELECT started FROM measured WHERE span = 0"),
                     RECORD_WAITING + 9);
    recording_close(&r);
}

static void events_and_failures_are_kept_without_secrets(void **state)
{
    (void)state;
    struct recording r;
    struct err e;
    recording_open(&r);
    recording_begin(&r);
    const struct run_event event = {2 * NS_PER_S, "stage", "stage 2 of 2: pause"};
    struct shown_call call = {.record = {.series = &r.f.post,
                                         .cause = "wrong answer (503)",
                                         .due_ns = 5,
                                         .status = 503,
                                         .fate = FATE_FAILED_CHECK},
                              .request =
                                  STR("POST / HTTP/1.1\r\nAuthorization: Basic c2VjcmV0\r\n\r\n"),
                              .head = STR("HTTP/1.1 503 No\r\n\r\n"),
                              .body = STR("why")};
    r.sink->table->event(r.sink, &event);
    r.sink->table->shown(r.sink, &call);
    call.record.fate = FATE_OK;
    r.sink->table->shown(r.sink, &call); /* did not fail */
    assert_true(recording_end(&r, &e));
    assert_int_equal(recording_ask(&r, "SELECT at_ns = 2000000000 AND text = 'stage 2 of 2: pause' "
                                       "FROM event WHERE kind = 'stage'"),
                     1);
    assert_int_equal(recording_ask(&r, "SELECT count(*) FROM failure"), 1);
    assert_int_equal(recording_ask(&r, "SELECT fate = 'failed_check' AND status = 503 AND "
                                       "body = x'776879' AND name = 'POST /orders' "
                                       "FROM failure JOIN series ON id = series"),
                     1);
    assert_int_equal(recording_ask(&r, "SELECT instr(request, 'c2VjcmV0') FROM failure"), 0);
    assert_int_equal(recording_ask(&r, "SELECT instr(request, 'Authorization: ***') > 0 FROM "
                                       "failure"),
                     1);
    recording_close(&r);
}

static void a_run_that_does_not_begin_leaves_no_file(void **state)
{
    (void)state;
    struct recording r;
    struct err e;
    recording_open(&r);
    const struct record_about about = {.settings = &r.args};
    struct sink *s = record_sink(r.path, &about, &e);
    assert_non_null(s);
    assert_int_equal(access(r.path, F_OK), 0);
    s->table->close(s);
    assert_int_not_equal(access(r.path, F_OK), 0);
    recording_close(&r);
}

static void one_file_is_left(void **state)
{
    (void)state;
    static const char *const companions[] = {"-wal", "-shm", "-journal"};
    struct recording r;
    struct err e;
    recording_open(&r);
    recording_begin(&r);
    recording_calls(&r, 0, 1);
    assert_true(recording_end(&r, &e));
    for (size_t i = 0; i < 3; i++)
        assert_int_not_equal(
            access(arena_printf(&r.f.arena, "%s%s", r.path, companions[i]).p, F_OK), 0);
    assert_int_equal(access(r.path, F_OK), 0);
    recording_close(&r);
}

static void a_file_that_cannot_be_is_refused_at_once(void **state)
{
    (void)state;
    struct recording r;
    struct err e;
    recording_open(&r);
    const struct record_about about = {.settings = &r.args};
    assert_null(record_sink("/nowhere/at/all.weir", &about, &e));
    assert_string_equal(e.text, "cannot open '/nowhere/at/all.weir' for the record: No such file "
                                "or directory");
    assert_null(record_sink("/dev/null", &about, &e));
    assert_string_equal(e.text, "a record is a file of its own, which '/dev/null' cannot be");
    assert_int_equal(access("/dev/null", F_OK), 0);
    recording_close(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_for_each_second_in_which_something_happened),
        cmocka_unit_test(histograms_of_seconds_are_packed_and_those_of_the_run_are_hdr),
        cmocka_unit_test(a_late_row_joins_its_second),
        cmocka_unit_test(what_is_older_than_an_hour_becomes_minutes),
        cmocka_unit_test(seconds_for_which_there_is_no_room_are_named),
        cmocka_unit_test(events_and_failures_are_kept_without_secrets),
        cmocka_unit_test(a_run_that_does_not_begin_leaves_no_file),
        cmocka_unit_test(one_file_is_left),
        cmocka_unit_test(a_file_that_cannot_be_is_refused_at_once),
    };
    return UNIT_RUN(tests);
}
