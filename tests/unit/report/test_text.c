/* The summary for people, at the sentences that matter. */
#include "unit.h"

#include "engine/judge.h"

#include "report/fixture.h"
#include "report/text.h"

static struct page new_page(unsigned width)
{
    return (struct page){.paper = {.out = stdout, .utf8 = true, .width = width}};
}

static void ends(struct page *p)
{
    buf_free(&p->text);
}

/* The summary holds this text. */
static void says(struct page *p, const char *want)
{
    if (!str_contains(buf_view(&p->text), str_from(want)))
        fail_msg("'%s' is not in:\n" STR_FMT, want, STR_ARG(buf_view(&p->text)));
}

static void is_silent_about(struct page *p, const char *word)
{
    if (str_contains(buf_view(&p->text), str_from(word)))
        fail_msg("'%s' is in:\n" STR_FMT, word, STR_ARG(buf_view(&p->text)));
}

static void is_opened_by(struct fixture *f, const char *first_line)
{
    struct page p = new_page(100);
    str line;
    text_opening(&p, &f->info);
    str rest = buf_view(&p.text);
    str_next(&rest, '\n', &line);
    if (!str_eq(line, str_from(first_line)))
        fail_msg(STR_FMT, STR_ARG(line));
    ends(&p);
}

static void the_first_line_says_the_model(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f);
    is_opened_by(&f, "open model: 500 starts/s for 10s, poisson, at most 10 000 connections");
    f.load.law = ARRIVALS_UNIFORM;
    f.load.warmup_ns = 2 * NS_PER_S;
    is_opened_by(&f,
                 "open model: 500 starts/s for 10s, uniform, at most 10 000 connections, after 2s "
                 "of warm-up");
    f.load.warmup_ns = 0;
    f.load.max_in_flight = 50;
    f.info.connections = 0;
    is_opened_by(&f, "open model: 500 starts/s for 10s, uniform, at most 50 in progress");
    f.load.overload = OVERLOAD_SKIP;
    is_opened_by(&f,
                 "open model: 500 starts/s for 10s, uniform, at most 50 in progress (others are "
                 "skipped)");
    f.load.profile.model = LOAD_CLOSED;
    f.load.max_in_flight = UINT64_MAX;
    f.load.count = 100000;
    f.info.connections = 64;
    f.stage.from = f.stage.to = 64;
    is_opened_by(&f, "closed model: 64 users for 10s, at most 100 000 iterations, at most 64 "
                     "connections");
    fixture_close(&f);
}

static void the_second_line_says_where_to_and_how_to_repeat_it(void **state)
{
    (void)state;
    struct fixture f;
    struct page p = new_page(100);
    fixture_open(&f);
    text_opening(&p, &f.info);
    says(&p, "\nGET http://127.0.0.1:8081/ping · seed 42 · 1 thread, io_uring\n");
    ends(&p);
    fixture_close(&f);
}

static struct page summary_of(struct fixture *f, unsigned width)
{
    struct page p = new_page(width);
    text_summary(&p, fixture_summary(f));
    return p;
}

/* 1000 calls of 1 ms each, as asked. */
static void good_run(struct fixture *f)
{
    fixture_open(f);
    f->summary.asked_rate = 100;
    f->summary.cpu_s = 0.05;
    f->summary.rss_bytes = 9000000;
    for (int i = 0; i < 1000; i++)
        fixture_call(f, &f->get, FATE_OK, NULL, 200, 1000000, 900000);
}

static void a_good_run_is_told_in_full_and_ends_with_its_verdict(void **state)
{
    (void)state;
    struct fixture f;
    good_run(&f);
    hist_record_n(&f.results.lateness, 20000, 1000);
    struct page p = summary_of(&f, 100);
    says(&p, "  rate       100 starts/s of 100 asked (100 %)\n"
             "  started    1 000 of 1 000 planned, in 10.0 s\n");
    says(&p, "  calls      1 000 ok, 0 failed\n");
    says(&p, "  traffic    100 kB sent (10.0 kB/s), 300 kB received (30.0 kB/s)\n");
    says(&p, "  p99        1.00 ms     900 µs");
    says(&p, "≤    1 ms █");
    says(&p, "100.0 %");
    says(&p, "starts late p50 20.0 µs p99 20.0 µs · CPU 50.0 ms (50.0 µs a call) · 9.00 MB\n");
    says(&p, "1 000 planned = 1 000 started + 0 skipped ✓\n");
    says(&p, "1 000 started = 1 000 completed + 0 interrupted ✓\n");
    says(&p, "1 000 calls = 1 000 ok + 0 wrong + 0 error + 0 timeout + 0 abandoned ✓\n");
    assert_true(str_ends(buf_view(&p.text), STR("\n\nVALID: the figures are the target's own\n")));
    is_silent_about(&p, "percentiles");
    is_silent_about(&p, "series");
    is_silent_about(&p, "status");
    is_silent_about(&p, "\x1b");
    ends(&p);
    fixture_close(&f);
}

static void failures_are_told_in_words_the_most_frequent_first(void **state)
{
    (void)state;
    struct fixture f;
    good_run(&f);
    fixture_call(&f, &f.get, FATE_ERROR, "connection refused", 0, 0, 0);
    for (int i = 0; i < 20; i++)
        fixture_call(&f, &f.get, FATE_FAILED_CHECK, "wrong answer (503)", 503, 1000, 900);
    for (int i = 0; i < 3; i++)
        fixture_call(&f, &f.get, FATE_TIMEOUT, "no answer (timeout)", 0, 10 * NS_PER_S, 0);
    struct page p = summary_of(&f, 100);
    says(&p, "1 000 ok, 24 failed (2.34 %)\n"
             "                      20  wrong answer (503)\n"
             "                       3  no answer (timeout)\n"
             "                       1  connection refused\n"
             "             1 error is not in the percentiles\n");
    says(&p, "  status     200 × 1 000, 503 × 20\n");
    ends(&p);
    fixture_call(&f, &f.get, FATE_ABANDONED, "abandoned at the end of the run", 0, 0, 0);
    p = summary_of(&f, 100);
    says(&p, "             2 errors are not in the percentiles\n");
    ends(&p);
    fixture_close(&f);
}

static void many_kinds_of_failure_are_cut(void **state)
{
    (void)state;
    struct fixture f;
    static char names[15][8];
    good_run(&f);
    for (int i = 0; i < 15; i++) {
        snprintf(names[i], sizeof names[i], "why %d", i);
        fixture_call(&f, &f.get, FATE_ERROR, names[i], 0, 0, 0);
    }
    struct page p = summary_of(&f, 100);
    says(&p, "why 9\n");
    is_silent_about(&p, "why 10");
    says(&p, "and 5 other reasons\n");
    ends(&p);
    fixture_close(&f);
}

static void nothing_measured_is_nowhere_a_zero(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f);
    struct page p = summary_of(&f, 100);
    says(&p, "no call was made: there are no times to show\n");
    is_silent_about(&p, "p99");
    is_silent_about(&p, "a call)");
    assert_true(str_ends(buf_view(&p.text), STR("\nVALID: no call was made\n")));
    ends(&p);
    fixture_close(&f);
}

static void calls_that_all_failed_are_a_failure(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f);
    for (int i = 0; i < 10; i++)
        fixture_call(&f, &f.get, FATE_ERROR, "connection refused", 0, 0, 0);
    struct page p = summary_of(&f, 100);
    says(&p, "0 ok, 10 failed (100 %)\n");
    says(&p, "nothing came back: there are no times to show\n");
    says(&p, "\nFAILED, VALID: not one call succeeded; ");
    ends(&p);
    fixture_close(&f);
}

static void timeouts_alone_leave_service_time_without_a_value(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f);
    fixture_call(&f, &f.get, FATE_TIMEOUT, "no answer (timeout)", 0, NS_PER_S, 0);
    struct page p = summary_of(&f, 100);
    says(&p, "  p50         1.00 s          -\n");
    ends(&p);
    fixture_close(&f);
}

static void several_series_stand_in_a_table_with_parts_below(void **state)
{
    (void)state;
    struct fixture f;
    good_run(&f);
    fixture_call(&f, &f.post, FATE_FAILED_CHECK, "wrong answer (500)", 500, 2000000, 1900000);
    fixture_call(&f, &f.part, FATE_OK, NULL, 0, 3000, 3000);
    f.tag = (struct tag){STR("step"), STR("pay")};
    struct page p = summary_of(&f, 100);
    says(&p, "  series ");
    says(&p, "  POST /orders step=pay ");
    says(&p, "    POST /orders send step=pay ");
    says(&p, "           1      0.1        1   2.00 ms   2.00 ms   2.00 ms   2.00 ms\n");
    ends(&p);
    fixture_close(&f);
}

static void no_line_is_wider_than_the_paper(void **state)
{
    (void)state;
    struct fixture f;
    good_run(&f);
    fixture_call(&f, &f.post, FATE_ERROR, "connection refused", 0, 0, 0);
    fixture_call(&f, &f.part, FATE_OK, NULL, 0, 3000, 3000);
    fixture_script(&f);
    fixture_checks(&f, &f.post, "a check whose name is as long as a sentence and then longer", 1,
                   1);
    f.summary.iterations = (struct iteration_book){.planned = 123456789012,
                                                   .started = 123456789012,
                                                   .skipped = 123456789012,
                                                   .completed = 123456789012,
                                                   .script_error = 123456789012,
                                                   .interrupted = 123456789012};
    verdict_reason(
        &f.verdict, RUN_DEGRADED,
        "1 %% of the starts were 2.3 ms late or more (median response time 300 µs): this "
        "machine could not keep the schedule");
    hist_record(&f.results.lateness, 20000);
    hist_record(&f.results.wait, 20000);
    for (unsigned width = 80; width <= 120; width++) {
        struct page p = summary_of(&f, width);
        str rest = buf_view(&p.text), line;
        while (str_next(&rest, '\n', &line)) {
            size_t columns = 0;
            for (size_t i = 0; i < line.n; i++)
                columns += ((unsigned char)line.p[i] & 0xc0) != 0x80;
            if (columns > width && !str_starts(line, STR("DEGRADED")))
                fail_msg("%zu > %u: " STR_FMT, columns, width, STR_ARG(line));
        }
        ends(&p);
    }
    fixture_close(&f);
}

static void thresholds_are_listed_with_their_values(void **state)
{
    (void)state;
    struct fixture f;
    struct threshold list[5];
    const char *exprs[] = {"response_time.p99 < 250ms", "failed == 0", "achieved_rate >= 100%",
                           "rate > 200", "\"login\".failed == 0"};
    struct err e;
    good_run(&f);
    for (int i = 0; i < 5; i++)
        assert_true(threshold_parse(str_from(exprs[i]), false, &f.arena, &list[i], &e));
    fixture_summary(&f);
    judge(&f.summary, list, 3, &f.arena);
    struct page p = summary_of(&f, 100);
    says(&p, "  thresholds ✓ response_time.p99 < 250ms             1 ms\n"
             "             ✓ failed == 0                           0\n"
             "             ✓ achieved_rate >= 100%                 100 %\n");
    says(&p, "\nPASSED, VALID: all thresholds hold; the figures are the target's own\n");
    ends(&p);
    judge(&f.summary, list, 5, &f.arena);
    p = summary_of(&f, 100);
    says(&p, "             ✗ rate > 200                            100/s\n"
             "             ✗ \"login\".failed == 0                   no value\n"
             "             no series is named \"login\"; there are: \"GET /ping\"\n");
    says(&p, "\nFAILED, VALID: 2 of 5 thresholds missed; the figures are the target's own\n");
    ends(&p);
    fixture_close(&f);
}

static void reasons_and_notes_stand_above_the_verdict(void **state)
{
    (void)state;
    struct fixture f;
    good_run(&f);
    verdict_note(&f.verdict, "worth knowing");
    verdict_reason(&f.verdict, RUN_DEGRADED, "it was late");
    struct page p = summary_of(&f, 100);
    says(&p, "  note       worth knowing\n  because    it was late\n\nDEGRADED: the generator had "
             "trouble, the figures may be off\n");
    ends(&p);
    verdict_reason(&f.verdict, RUN_INVALID, "it stood still");
    f.summary.interrupted = true;
    p = summary_of(&f, 100);
    says(&p, "\nINVALID: interrupted after 10.0 s; the generator spoiled this run, its figures say "
             "nothing about the target\n");
    ends(&p);
    fixture_close(&f);
}

static void books_that_do_not_balance_are_marked(void **state)
{
    (void)state;
    struct fixture f;
    good_run(&f);
    f.summary.iterations.planned++;
    f.summary.iterations.completed--;
    results_get(&f.results, &f.get)->data.started++;
    struct page p = summary_of(&f, 100);
    says(&p, "1 001 planned = 1 000 started + 0 skipped ✗\n");
    says(&p, "1 000 started = 999 completed + 0 interrupted ✗\n");
    says(&p, "+ 0 abandoned ✗\n");
    is_silent_about(&p, "✓");
    ends(&p);
    fixture_close(&f);
}

static void several_scenarios_have_books_by_their_names(void **state)
{
    (void)state;
    struct fixture f;
    good_run(&f);
    struct load loads[2] = {f.load, f.load};
    loads[0].name = STR("browse");
    loads[1].name = STR("buy\x1b");
    f.plan.loads = loads;
    *iteration_books_at(&f.results.books, 0) =
        (struct iteration_book){.planned = 900, .started = 900, .completed = 900};
    *iteration_books_at(&f.results.books, 1) = (struct iteration_book){
        .planned = 100, .started = 99, .skipped = 1, .completed = 90, .script_error = 9};
    struct page p = summary_of(&f, 100);
    is_silent_about(&p, "browse"); /* one load: its book is the run's */
    ends(&p);
    f.plan.n_loads = 2;
    p = summary_of(&f, 100);
    says(&p, "  scenarios  browse: 900 planned = 900 started + 0 skipped ✓\n"
             "               900 started = 900 completed + 0 interrupted ✓\n"
             "             buy\\x1b: 100 planned = 99 started + 1 skipped ✓\n"
             "               99 started = 90 completed + 9 script error + 0 interrupted ✓\n");
    ends(&p);
    fixture_close(&f);
}

static void the_closed_model_has_no_asked_rate(void **state)
{
    (void)state;
    struct fixture f;
    good_run(&f);
    f.summary.asked_rate = NAN;
    f.load.profile.model = LOAD_CLOSED;
    struct page p = summary_of(&f, 100);
    says(&p, "  rate       100 starts/s\n  started    1 000, in 10.0 s\n");
    ends(&p);
    fixture_close(&f);
}

static void hostile_names_cannot_reach_the_terminal(void **state)
{
    (void)state;
    struct fixture f;
    good_run(&f);
    f.post.name = STR("POST \x1b]0;title\x07\n/x");
    f.tag.value = STR("\x1b[2J");
    f.tag.name = STR("\x9b");
    f.info.target = "GET \x1b[31m";
    fixture_call(&f, &f.post, FATE_ERROR, "bad \x1b[1m cause\r", 0, 0, 0);
    verdict_note(&f.verdict, "note \x1b[5m");
    struct page p = summary_of(&f, 100);
    text_opening(&p, &f.info);
    for (size_t i = 0; i < p.text.n; i++)
        assert_true((unsigned char)p.text.p[i] >= ' ' || p.text.p[i] == '\n');
    says(&p, "bad \\x1b[1m cause\\x0d\n");
    says(&p, "note \\x1b[5m");
    ends(&p);
    fixture_close(&f);
}

static void color_marks_good_and_bad(void **state)
{
    (void)state;
    struct fixture f;
    struct page p = new_page(100);
    p.paper.color = true;
    good_run(&f);
    text_summary(&p, fixture_summary(&f));
    says(&p, "\x1b[1;32mVALID\x1b[0m");
    p.text.n = 0;
    verdict_reason(&f.verdict, RUN_DEGRADED, "x");
    text_summary(&p, fixture_summary(&f));
    says(&p, "\x1b[1;33mDEGRADED\x1b[0m");
    p.text.n = 0;
    verdict_reason(&f.verdict, RUN_INVALID, "x");
    text_summary(&p, fixture_summary(&f));
    says(&p, "\x1b[1;31mINVALID\x1b[0m");
    ends(&p);
    fixture_close(&f);
}

static void the_sink_writes_first_lines_and_summary(void **state)
{
    (void)state;
    struct fixture f;
    struct err e;
    good_run(&f);
    const char *path = fixture_path(&f, "out.txt");
    FILE *out = fopen(path, "w");
    struct sink *s = text_sink((struct paper){.out = out, .utf8 = true, .width = 100});
    s->table->begin(s, &f.info);
    str opening = fixture_read(&f, path);
    assert_true(str_starts(opening, STR("open model: ")));
    assert_true(s->table->finish(s, fixture_summary(&f), &e));
    s->table->close(s);
    fclose(out);
    str all = fixture_read(&f, path);
    assert_true(str_starts(all, opening));
    assert_true(str_ends(all, STR("VALID: the figures are the target's own\n")));
    fixture_remove(path);
    fixture_close(&f);
}

static void a_full_disk_is_an_error_of_the_end(void **state)
{
    (void)state;
    struct fixture f;
    struct err e;
    good_run(&f);
    FILE *out = fopen("/dev/full", "w");
    struct sink *s = text_sink((struct paper){.out = out, .utf8 = true, .width = 100});
    s->table->begin(s, &f.info);
    assert_false(s->table->finish(s, fixture_summary(&f), &e));
    assert_non_null(strstr(e.text, "No space left on device"));
    s->table->close(s);
    fclose(out);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_line_says_the_model),
        cmocka_unit_test(the_second_line_says_where_to_and_how_to_repeat_it),
        cmocka_unit_test(a_good_run_is_told_in_full_and_ends_with_its_verdict),
        cmocka_unit_test(failures_are_told_in_words_the_most_frequent_first),
        cmocka_unit_test(many_kinds_of_failure_are_cut),
        cmocka_unit_test(nothing_measured_is_nowhere_a_zero),
        cmocka_unit_test(calls_that_all_failed_are_a_failure),
        cmocka_unit_test(timeouts_alone_leave_service_time_without_a_value),
        cmocka_unit_test(several_series_stand_in_a_table_with_parts_below),
        cmocka_unit_test(no_line_is_wider_than_the_paper),
        cmocka_unit_test(thresholds_are_listed_with_their_values),
        cmocka_unit_test(reasons_and_notes_stand_above_the_verdict),
        cmocka_unit_test(books_that_do_not_balance_are_marked),
        cmocka_unit_test(several_scenarios_have_books_by_their_names),
        cmocka_unit_test(the_closed_model_has_no_asked_rate),
        cmocka_unit_test(hostile_names_cannot_reach_the_terminal),
        cmocka_unit_test(color_marks_good_and_bad),
        cmocka_unit_test(the_sink_writes_first_lines_and_summary),
        cmocka_unit_test(a_full_disk_is_an_error_of_the_end),
    };
    return UNIT_RUN(tests);
}
