/* A record told again: the same text and JSON to the byte, whatever the names; books closed after a
 * kill; files that are foreign, newer, damaged. */
#include "unit.h"

#include <string.h>

#include "report/recording.h"

/* ---- the same again ---- */

static void text_of(const struct summary *s, struct buf *out)
{
    struct page p = {.paper = {.width = 100, .utf8 = true}};
    text_opening(&p, s->info);
    text_summary(&p, s);
    buf_str(out, buf_view(&p.text));
    buf_free(&p.text);
}

static void assert_same(void (*write)(const struct summary *s, struct buf *out),
                        const struct summary *a, const struct summary *b)
{
    struct buf left = {0}, right = {0};
    write(a, &left);
    write(b, &right);
    buf_char(&left, 0);
    buf_char(&right, 0);
    assert_string_equal(left.p, right.p);
    buf_free(&left);
    buf_free(&right);
}

/* Ends the recording, reads it, compares both outputs. */
static void assert_told_again(struct recording *r)
{
    struct recorded *again = mem_alloc(sizeof *again);
    struct err e = {0};
    if (!recording_end(r, &e) || !recorded_open(again, r->path, &e) || !recorded_has_end(again) ||
        !recorded_play(again, NULL, &e))
        fail_msg("%s", e.text);
    assert_same(json_summary, &r->f.summary, &again->summary);
    assert_same(text_of, &r->f.summary, &again->summary);
    recorded_close(again);
    mem_free(again);
}

static void a_run_with_everything_is_told_again_to_the_byte(void **state)
{
    (void)state;
    struct recording r;
    struct hist *h;
    recording_open(&r);
    recording_begin(&r);
    fixture_call(&r.f, &r.f.get, FATE_OK, NULL, 200, 1500001, 1000003);
    fixture_call(&r.f, &r.f.get, FATE_OK, NULL, 204, 3, 2);
    fixture_call(&r.f, &r.f.post, FATE_FAILED_CHECK, "wrong answer (503)", 503, 1024, 1);
    fixture_call(&r.f, &r.f.post, FATE_ERROR, "connection reset\x1b[31m", 0, 0, 0);
    fixture_call(&r.f, &r.f.part, FATE_OK, NULL, 0, 77777777777, 5);
    fixture_script(&r.f);
    h = &results_get(&r.f.results, &r.f.get)->data.response;
    hist_record(h, HIST_LONGEST_NS * 3);
    hist_record_n(h, 8 * NS_PER_S, UINT64_C(1) << 40); /* sums beyond 64 bits */
    results_get(&r.f.results, &r.f.orders)->data.sum = 0.1 + 0.2;
    hist_record(&r.f.results.lateness, 12345);
    hist_record(&r.f.results.wait, 999);
    hist_record(&r.f.results.turn, 1);
    r.f.summary.iterations =
        (struct iteration_book){.planned = 10, .started = 9, .skipped = 1, .completed = 9};
    r.f.summary.cpu_s = 1.0 / 3;
    r.f.summary.rss_bytes = 9000001;
    verdict_reason(&r.f.verdict, RUN_DEGRADED, "a \"reason\"");
    verdict_note(&r.f.verdict, "a note, é");
    verdict_audit(&r.f.verdict, "verify", false, 12, "12 <= 11");
    r.f.verdict.exit_code = 3;
    assert_told_again(&r);
    recording_close(&r);
}

static void names_of_any_bytes_are_kept(void **state)
{
    (void)state;
    struct recording r;
    recording_open(&r);
    recording_begin(&r);
    struct tag tags[] = {{STR("a\0b"), STR("\xff\xfe")}, {STR("c"), STR("'; DROP TABLE run; --")}};
    struct series odd = {.name = STR("\xc3\x28 \"x\"\n\0y"), .tags = tags, .n_tags = 2};
    fixture_call(&r.f, &odd, FATE_ERROR, "\xed\xa0\x80", 0, 0, 0);
    assert_told_again(&r);
    recording_close(&r);
}

static void a_run_without_calls_and_with_words_of_its_own_is_told_again(void **state)
{
    (void)state;
    static const struct run_words words = {"record", "records", "records", "acknowledged"};
    struct recording r;
    recording_open(&r);
    r.f.info.words = &words;
    r.f.load.profile.model = LOAD_CLOSED;
    r.f.stage.duration_ns = UINT64_MAX;
    r.f.load.count = 5;
    r.f.load.max_in_flight = 7;
    r.f.summary.asked_rate = (double)NAN;
    r.f.summary.interrupted = true;
    recording_begin(&r);
    assert_told_again(&r);
    recording_close(&r);
}

static void thresholds_are_told_again(void **state)
{
    (void)state;
    struct recording r;
    recording_open(&r);
    recording_threshold(&r, "failed < 1%");
    recording_threshold(&r, "\"x\".count > 1 over 5s abort");
    recording_begin(&r);
    struct threshold_result results[] = {
        {.expr = r.thresholds[0].expr, .why = STR("no call was made"), .unit = UNIT_SHARE},
        {.expr = r.thresholds[1].expr,
         .unit = UNIT_COUNT,
         .has_value = true,
         .value = 1,
         .parts = 3,
         .missed = 2,
         .from_s = 1,
         .to_s = 6,
         .aborted_s = 6.25}};
    r.f.verdict.thresholds = results;
    r.f.verdict.n_thresholds = r.f.verdict.n_missed = 2;
    assert_told_again(&r);
    recording_close(&r);
}

/* What the sinks of a replay were told. */
struct listener {
    struct sink sink;
    unsigned begun, seconds, events, failures, finished;
    int64_t last;
    uint64_t started;
};

static void heard_begin(struct sink *s, const struct run_info *info)
{
    (void)info;
    ((struct listener *)s)->begun++;
}

static void heard_second(struct sink *s, const struct second *row)
{
    struct listener *l = (struct listener *)s;
    assert_true(row->second > l->last);
    l->last = row->second;
    l->seconds++;
    l->started += row->delta->list[0]->data.started;
}

static void heard_event(struct sink *s, const struct run_event *e)
{
    assert_int_equal(e->at_ns, 7);
    assert_string_equal(e->text, "a mark");
    ((struct listener *)s)->events++;
}

static void heard_failed(struct sink *s, const struct shown_call *call)
{
    assert_int_equal(call->record.fate, FATE_TIMEOUT);
    assert_string_equal(call->record.cause, "timeout");
    assert_true(str_eq(call->record.series->name, STR("GET /ping")));
    assert_true(str_eq(call->request, STR("GET /")) && str_eq(call->body, STR("\x00\xff")));
    ((struct listener *)s)->failures++;
}

static bool heard_finish(struct sink *s, const struct summary *summary, struct err *e)
{
    (void)e;
    assert_true(summary->total->started == 6);
    ((struct listener *)s)->finished++;
    return true;
}

static void sinks_hear_all_that_happened(void **state)
{
    (void)state;
    static const struct sink_table table = {.begin = heard_begin,
                                            .second = heard_second,
                                            .event = heard_event,
                                            .failed = heard_failed,
                                            .finish = heard_finish};
    struct listener l = {.sink.table = &table, .last = -1};
    struct recording r;
    struct recorded *again = mem_alloc(sizeof *again);
    struct err e;
    recording_open(&r);
    recording_begin(&r);
    for (int64_t s = 0; s < 3; s++)
        recording_calls(&r, s * 2, 2);
    r.sink->table->event(r.sink, &(struct run_event){7, "mark", "a mark"});
    r.sink->table->failed(
        r.sink, &(struct shown_call){
                    .record = {.series = &r.f.get, .fate = FATE_TIMEOUT, .cause = "timeout"},
                    .request = STR("GET /"),
                    .body = STR("\x00\xff")});
    assert_true(recording_end(&r, &e));
    assert_true(recorded_open(again, r.path, &e));
    assert_true(recorded_play(again, &l.sink, &e));
    assert_int_equal(l.begun, 1);
    assert_int_equal(l.seconds, 3);
    assert_int_equal(l.started, 6);
    assert_int_equal(l.events, 1);
    assert_int_equal(l.failures, 1);
    assert_int_equal(l.finished, 1);
    recorded_close(again);
    mem_free(again);
    recording_close(&r);
}

/* ---- without an end ---- */

static void the_books_of_a_run_that_was_killed_are_closed(void **state)
{
    (void)state;
    struct recording r;
    struct recorded *again = mem_alloc(sizeof *again);
    struct err e = {0};
    struct results delta = {0};
    recording_open(&r);
    r.f.load.law = ARRIVALS_UNIFORM;
    recording_threshold(&r, "response_time.max < 1s over 1s");
    recording_begin(&r);
    recording_calls(&r, 0, 500);
    results_get(&delta, &r.f.get)->data.started = 100; /* under way when it was killed */
    iteration_books_at(&delta.books, 0)->started = 100;
    iteration_books_at(&delta.books, 0)->in_plan = 100;
    recording_second(&r, 1, &delta);
    results_free(&delta);
    r.sink->table->close(r.sink); /* without finish */
    r.sink = NULL;
    assert_true(recorded_open(again, r.path, &e));
    assert_false(recorded_has_end(again));
    assert_true(recorded_repair(again, &e));
    assert_true(recorded_has_end(again));
    assert_true(recorded_play(again, NULL, &e));
    const struct summary *s = &again->summary;
    assert_true(s->balanced);
    assert_true(s->length_s == 2);
    assert_int_equal(s->total->started, 600);
    assert_int_equal(s->total->fates[FATE_ABANDONED], 100);
    assert_int_equal(s->iterations.interrupted, 100);
    assert_int_equal(s->verdict->validity, RUN_INVALID); /* 600 of 1000 planned were started */
    assert_int_equal(s->verdict->exit_code, 4);
    assert_non_null(strstr(s->verdict->reasons[1], "its record ends after 2s"));
    assert_int_equal(s->verdict->n_thresholds, 1);
    assert_true(s->verdict->thresholds[0].passed);
    assert_true(s->verdict->thresholds[0].value == 0.5);
    recorded_close(again);
    assert_int_equal(recording_ask(&r, "SELECT repaired FROM summary"), 1);
    mem_free(again);
    recording_close(&r);
}

static void a_run_that_goes_on_is_not_repaired(void **state)
{
    (void)state;
    struct recording r;
    struct recorded *again = mem_alloc(sizeof *again);
    struct err e = {0};
    recording_open(&r);
    recording_begin(&r);
    recording_calls(&r, 0, 1);
    assert_true(recorded_open(again, r.path, &e));
    assert_false(recorded_repair(again, &e));
    assert_non_null(strstr(e.text, "another program uses it; is its run still going on?"));
    recorded_close(again);
    mem_free(again);
    assert_true(recording_end(&r, &e));
    recording_close(&r);
}

/* ---- older versions ---- */

static const char as_version_1[] =
    "CREATE TABLE t AS SELECT * FROM tally; DROP VIEW tally; DROP TABLE word;"
    "CREATE TABLE m AS SELECT * FROM measured; ALTER TABLE m DROP COLUMN tallied; "
    "ALTER TABLE m DROP COLUMN place; DROP TABLE measured; ALTER TABLE m RENAME TO measured; "
    "ALTER TABLE generator DROP COLUMN tallied;"
    "CREATE TABLE tally (span INTEGER, series INTEGER, kind TEXT, place INTEGER, what, "
    "count INTEGER, PRIMARY KEY (span, series, kind, place)) WITHOUT ROWID;"
    "INSERT INTO tally SELECT * FROM t; DROP TABLE t; DROP TABLE replies;"
    "CREATE TABLE s AS SELECT id, name, kind, part FROM series; DROP TABLE series;"
    "ALTER TABLE s RENAME TO series; PRAGMA user_version = 1";

static void the_first_version_is_read_and_repaired(void **state)
{
    (void)state;
    struct recording r;
    struct recorded *again = mem_alloc(sizeof *again);
    struct err e = {0};
    struct results delta = {0};
    recording_open(&r);
    recording_begin(&r);
    recording_calls(&r, 0, 500);
    struct series_data *d = &results_get(&delta, &r.f.get)->data;
    tally_add(&d->status, tally_number(200), 3);
    tally_add(&d->status, tally_number(0), 1);
    tally_add(&d->causes, tally_text(STR("200")), 1);
    recording_second(&r, 1, &delta);
    results_free(&delta);
    r.sink->table->close(r.sink); /* without finish */
    r.sink = NULL;
    recording_change(&r, as_version_1);
    assert_true(recorded_open(again, r.path, &e));
    if (!recorded_repair(again, &e) || !recorded_play(again, NULL, &e))
        fail_msg("%s", e.text);
    assert_int_equal(again->total.status.used, 2);
    assert_int_equal(again->total.status.rows[0].count, 503);
    assert_int_equal(again->total.causes.used, 1);
    recorded_close(again);
    mem_free(again);
    assert_int_equal(recording_ask(&r, "PRAGMA user_version"), 2);
    assert_int_equal(recording_ask(&r, "SELECT count FROM tally WHERE span = 0 AND what = 200"),
                     503);
    assert_int_equal(recording_ask(&r, "SELECT count FROM tally WHERE span = 2 AND what = '200'"),
                     1);
    recording_close(&r);
}

/* ---- files that are none ---- */

static void refused(const char *path, const char *words)
{
    struct recorded *r = mem_alloc(sizeof *r);
    struct err e = {0};
    bool good = recorded_open(r, path, &e);
    if (good) {
        good = recorded_play(r, NULL, &e);
        recorded_close(r);
    }
    assert_false(good);
    assert_int_equal(e.kind, ERR_RUN);
    if (!strstr(e.text, words))
        fail_msg("'%s' is not in: %s", words, e.text);
    mem_free(r);
}

/* A short complete record, then changed. */
static void damaged(const char *sql, const char *words)
{
    struct recording r;
    struct err e;
    recording_open(&r);
    recording_begin(&r);
    recording_calls(&r, 0, 5);
    assert_true(recording_end(&r, &e));
    recording_change(&r, sql);
    refused(r.path, words);
    recording_close(&r);
}

static void foreign_and_newer_files_are_refused(void **state)
{
    (void)state;
    refused("/nowhere/at/all.weir", "cannot open the record '/nowhere/at/all.weir': No such file");
    refused("/proc/self/exe", "is not a run record of weir's");
    refused("/dev/null", "is not a run record of weir's");
    damaged("PRAGMA application_id = 5", "is not a run record of weir's");
    damaged("PRAGMA user_version = 3",
            "was written by a newer weir (version 3 of the format, this one reads up to 2)");
}

static void what_cannot_be_is_called_damaged(void **state)
{
    (void)state;
    damaged("DELETE FROM run", "of a run that did not begin");
    damaged("DROP TABLE measured", "no such table: measured");
    damaged("DELETE FROM stage", "is damaged: its plan has no stages");
    damaged("DELETE FROM load", "is damaged: it has no plan");
    damaged("UPDATE load SET law = 9", "its plan has an unknown word");
    damaged("UPDATE stage SET from_level = -5, to_level = -5", "is damaged");
    damaged("UPDATE series SET kind = 'x'", "a series is of an unknown kind");
    damaged("UPDATE series SET id = 7", "a series is missing");
    damaged("UPDATE measured SET series = 9", "counts a series that it does not name");
    damaged("UPDATE measured SET response = x'00'", "not a histogram in HdrHistogram's V2");
    damaged("UPDATE measured SET response = x'8000' WHERE span = 1", "packed histogram is damaged");
    damaged("UPDATE measured SET tallied = '{'", "malformed JSON");
    damaged("UPDATE word SET kind = 'x'", "it counts something of an unknown kind");
    damaged("UPDATE measured SET response_max = 1", "beside a histogram are not its own");
    damaged("UPDATE measured SET response_sum = -1", "beside a histogram are not its own");
    damaged("UPDATE iterations SET load = 1000000", "a book is of no load");
    damaged("UPDATE summary SET validity = 'x'", "its verdict is an unknown word");
}

/* Whatever is in the file, it is told or refused: nothing else happens. */
static void any_changed_byte_is_told_or_refused(void **state)
{
    (void)state;
    struct recording r;
    struct err e;
    recording_open(&r);
    recording_threshold(&r, "failed < 1% over 1s");
    recording_begin(&r);
    recording_calls(&r, 0, 5);
    recording_calls(&r, 1, 5);
    assert_true(recording_end(&r, &e));
    str whole = fixture_read(&r.f, r.path);
    struct recorded *again = mem_alloc(sizeof *again);
    for (size_t i = 0; i < whole.n; i += whole.n / 701 + 1) {
        FILE *f = fopen(r.path, "w");
        fwrite(whole.p, 1, i, f);
        fputc(whole.p[i] ^ 0x55, f);
        fwrite(whole.p + i + 1, 1, whole.n - i - 1, f);
        fclose(f);
        if (recorded_open(again, r.path, &e)) {
            if (recorded_has_end(again) || recorded_repair(again, &e))
                recorded_play(again, NULL, &e);
            recorded_close(again);
        }
    }
    mem_free(again);
    recording_close(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_with_everything_is_told_again_to_the_byte),
        cmocka_unit_test(names_of_any_bytes_are_kept),
        cmocka_unit_test(a_run_without_calls_and_with_words_of_its_own_is_told_again),
        cmocka_unit_test(thresholds_are_told_again),
        cmocka_unit_test(sinks_hear_all_that_happened),
        cmocka_unit_test(the_books_of_a_run_that_was_killed_are_closed),
        cmocka_unit_test(a_run_that_goes_on_is_not_repaired),
        cmocka_unit_test(the_first_version_is_read_and_repaired),
        cmocka_unit_test(foreign_and_newer_files_are_refused),
        cmocka_unit_test(what_cannot_be_is_called_damaged),
        cmocka_unit_test(any_changed_byte_is_told_or_refused),
    };
    return UNIT_RUN(tests);
}
