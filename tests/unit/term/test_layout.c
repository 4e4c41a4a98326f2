/* Rows divided, and the view as a whole at several sizes, without a terminal. */
#include "unit.h"

#include <locale.h>
#include <string.h>

#include "report/fixture.h"
#include "term/layout.h"

/* ---- dividing ---- */

static void assert_rows(const struct wish *wishes, unsigned n, unsigned height,
                        const unsigned *want)
{
    unsigned rows[8], sum = 0;
    unsigned given = layout_divide(wishes, n, height, rows);
    for (unsigned i = 0; i < n; i++) {
        assert_int_equal(rows[i], want[i]);
        sum += rows[i];
    }
    assert_int_equal(given, sum);
}

static void whoever_comes_first_gets_its_least_first(void **state)
{
    (void)state;
    const struct wish w[] = {{2, 5, 3}, {1, 1, 0}, {3, 9, 2}, {0, 0, 1}};
    assert_rows(w, 4, 0, (const unsigned[]){0, 0, 0, 0});
    assert_rows(w, 4, 1, (const unsigned[]){0, 1, 0, 0});
    assert_rows(w, 4, 3, (const unsigned[]){2, 1, 0, 0}); /* what does not fit is passed over */
    assert_rows(w, 4, 4, (const unsigned[]){0, 1, 3, 0});
    assert_rows(w, 4, 6, (const unsigned[]){2, 1, 3, 0});
}

static void then_all_get_more_in_turn_up_to_their_most(void **state)
{
    (void)state;
    const struct wish w[] = {{2, 5, 3}, {1, 1, 0}, {3, 9, 2}};
    assert_rows(w, 3, 7, (const unsigned[]){2, 1, 4});
    assert_rows(w, 3, 8, (const unsigned[]){3, 1, 4});
    assert_rows(w, 3, 99, (const unsigned[]){5, 1, 9});
}

/* ---- the view ---- */

static struct fixture f;
static struct model m;
static struct canvas c;

static int open_view(void **state)
{
    (void)state;
    setlocale(LC_CTYPE, "C.UTF-8");
    fixture_open(&f);
    model_open(&m, &f.info);
    m.keys = true;
    m.now = (struct control_state){
        .phase = CONTROL_RUNNING, .plan = &f.plan, .length_ns = 10 * NS_PER_S};
    return 0;
}

static int close_view(void **state)
{
    (void)state;
    model_close(&m);
    canvas_free(&c);
    fixture_close(&f);
    return 0;
}

/* A second in which so many started and ended, each after 2 ms, some of them badly. */
static void tick(int64_t second, const struct series *s, uint64_t started, uint64_t ok,
                 uint64_t failed)
{
    struct results delta = {0};
    struct series_data *d = &results_get(&delta, s)->data;
    d->started = d->started_in_plan = started;
    d->fates[FATE_OK] = ok;
    d->fates[FATE_ERROR] = failed;
    if (failed)
        tally_add(&d->causes, tally_text(STR("connection \x1brefused")), failed);
    hist_record_n(&d->response, 2 * NS_PER_MS, ok);
    iteration_books_at(&delta.books, 0)->started = started;
    model_second(&m, &(struct second){.second = second, .delta = &delta});
    m.now.at_ns = (uint64_t)(second + 1) * NS_PER_S;
    results_free(&delta);
}

static const char *screen(unsigned width, unsigned height, bool utf8)
{
    static struct buf text;
    text.n = 0;
    canvas_clear(&c, width, height, utf8);
    layout_draw(&m, &c);
    for (unsigned i = 0; i < height; i++) {
        canvas_row(&c, i, &text);
        buf_char(&text, '\n');
    }
    buf_char(&text, 0);
    return text.p;
}

static void assert_shows(const char *text, const char *want)
{
    if (!strstr(text, want))
        fail_msg("'%s' is not in:\n%s", want, text);
}

static void assert_lacks(const char *text, const char *unwanted)
{
    if (strstr(text, unwanted))
        fail_msg("'%s' is in:\n%s", unwanted, text);
}

static void the_first_moment_has_no_figures(void **state)
{
    (void)state;
    const char *s = screen(80, 24, true);
    assert_shows(s, " running 0s of 10s  weir http GET http://127.0.0.1:8081/ping\n");
    assert_shows(s, " rate  -/s of - asked");
    assert_shows(s, " p50           - all         -");
    assert_shows(s, "░   0 %");
    m.now.phase = CONTROL_WARMUP;
    assert_shows(screen(80, 24, true), " warmup 0s of 10s ");
}

static void seconds_become_figures_and_lines(void **state)
{
    (void)state;
    tick(0, &f.get, 500, 490, 5);
    tick(1, &f.get, 1000, 1000, 0);
    const char *s = screen(100, 30, true);
    assert_shows(s, " running 2s of 10s ");
    assert_shows(s, " rate  1 000/s of 500 asked");
    assert_shows(s, "▄█\n"); /* 500 and 1000 */
    assert_shows(s, " p99     2.00 ms all   2.00 ms");
    assert_shows(s, " failed 5  in flight 5\n");
    assert_shows(s, "   ok                  1 490   99.7 %");
    assert_shows(s, " error                   5    0.3 %");
    assert_shows(s, "           5  connection \\x1brefused\n");
    assert_shows(s, " 20 %\n");
    assert_shows(s, " q stop  ? help\n");
    assert_lacks(s, "Series"); /* there is but one */
}

static void the_verdict_so_far_is_told_in_whole_sentences(void **state)
{
    (void)state;
    struct verdict *v = &m.standing.verdict;
    assert_lacks(screen(100, 30, true), "Verdict");
    verdict_note(v, "most replies have status 503: the target itself failed");
    assert_shows(screen(100, 30, true), " Verdict so far: VALID ");
    verdict_reason(v, RUN_DEGRADED,
                   "1 in 100 starts was 12 ms late or more, the median response "
                   "time is 2 ms: this machine could not keep the schedule");
    const char *s = screen(60, 40, true);
    assert_shows(s, " Verdict so far: DEGRADED ");
    assert_shows(s, "\n - 1 in 100 starts was 12 ms late or more, the median\n"
                    "   response time is 2 ms: this machine could not keep the\n"
                    "   schedule\n - most replies have status 503: the target itself failed\n");
    verdict_reason(v, RUN_INVALID, "x");
    assert_shows(screen(20, 40, false), "Verdict so far");
    for (unsigned height = 1; height < 30; height++)
        screen(5, height, false);
}

static void a_late_row_adds_to_the_sums_and_to_no_line(void **state)
{
    (void)state;
    tick(0, &f.get, 500, 500, 0);
    tick(1, &f.get, 500, 500, 0);
    tick(0, &f.get, 7, 0, 0);
    assert_int_equal(m.n, 2);
    assert_int_equal(m.newest, 1);
    assert_int_equal(model_in_flight(&m), 7);
    assert_true(m.tracks[TRACK_ACHIEVED][1] == 500);
}

static void a_second_that_nobody_told_of_is_a_gap(void **state)
{
    (void)state;
    tick(0, &f.get, 500, 500, 0);
    tick(3, &f.get, 500, 500, 0);
    assert_int_equal(m.n, 4);
    assert_true(isnan(m.tracks[TRACK_P50][1]) && m.tracks[TRACK_ACHIEVED][2] == 0);
    assert_shows(screen(60, 30, true), "█  █\n"); /* times */
    assert_shows(screen(60, 30, true), "█▁▁█\n"); /* the rate */
    tick(100000, &f.get, 1, 1, 0); /* a clock that jumped costs no more than the history */
    assert_int_equal(m.n, HISTORY);
}

static void a_history_forgets_the_oldest(void **state)
{
    (void)state;
    for (int64_t s = 0; s < HISTORY + 10; s++)
        tick(s, &f.get, (uint64_t)s, 0, 0);
    assert_int_equal(m.n, HISTORY);
    assert_true(m.tracks[TRACK_ACHIEVED][0] == 10);
    assert_true(m.tracks[TRACK_ACHIEVED][HISTORY - 1] == HISTORY + 9);
}

static void twenty_by_five_has_the_figures_that_matter(void **state)
{
    (void)state;
    tick(0, &f.get, 500, 490, 5);
    const char *s = screen(20, 5, true);
    assert_shows(s, " running 1s of 10s\n");
    assert_shows(s, "500/s of 500");
    assert_shows(s, " p99  2.00 ms");
    assert_shows(s, " failed 5");
}

static void every_size_is_drawn_within_its_cells(void **state)
{
    (void)state;
    fixture_checks(&f, &f.get, "pong", 3, 1);
    model_second(&m, &(struct second){.second = 0, .delta = &f.results});
    tick(1, &f.post, 500, 400, 100);
    lines_add(&m.messages, 0, STR("a message"));
    for (int i = 0; i < ORDERS; i++)
        m.now.can[i] = true;
    for (unsigned height = 1; height < 45; height++)
        for (unsigned width = 1; width < 130; width++) {
            m.help = (width + height) % 2;
            screen(width, height, width % 3 != 0); /* ASan watches the cells */
        }
}

static void ascii_only_without_utf8(void **state)
{
    (void)state;
    tick(0, &f.get, 500, 490, 5);
    tick(1, &f.post, 500, 490, 5);
    fixture_checks(&f, &f.get, "pong", 3, 1);
    model_second(&m, &(struct second){.second = 1, .delta = &f.results});
    for (const char *p = screen(120, 50, false); *p; p++)
        assert_true((unsigned char)*p < 0x80);
}

static void series_are_sorted_by_count_and_scrolled_no_further_than_there_are(void **state)
{
    (void)state;
    tick(0, &f.get, 10, 10, 0);
    tick(1, &f.post, 70, 70, 0);
    const char *s = screen(80, 40, true);
    assert_true(strstr(s, " POST /orders ") < strstr(s, " GET /ping "));
    m.scroll = 1000;
    assert_shows(screen(80, 40, true), " POST /orders ");
    assert_int_equal(m.scroll, 0);
}

static void paint_of_messages_is_left_out_and_the_rest_escaped(void **state)
{
    (void)state;
    lines_add(&m.messages, 0, STR("a \x1b[31mred\x1b[0;1m\x1b[0m word \x1b[2J \x1b[3"));
    assert_shows(screen(80, 24, true), " a red word \\x1b[2J \\x1b[3\n");
}

static void the_oldest_lines_go(void **state)
{
    (void)state;
    char text[600];
    memset(text, 'x', sizeof text);
    for (int i = 0; i < EVENTS + 3; i++)
        lines_add(&m.events, i, (str){text, sizeof text});
    assert_int_equal(m.events.n, EVENTS);
    assert_int_equal(m.events.list[0].at_ns, 3);
    assert_int_equal(strlen(m.events.list[0].text), LINE_MOST - 1);
}

static void an_end_is_drained(void **state)
{
    (void)state;
    lines_add(&m.events, 5 * NS_PER_S, STR("stage 2"));
    assert_shows(screen(80, 24, true), " running ");
    lines_add(&m.events, 7 * NS_PER_S, STR("interrupted: no new starts"));
    m.now.phase = CONTROL_DRAINING;
    const char *s = screen(80, 24, true);
    assert_shows(s, " draining ");
    assert_shows(s, "      5s  stage 2\n");
    assert_shows(s, "      7s  interrupted: no new starts\n");
    assert_shows(s, " q end now ");
}

static void a_count_ends_a_plan_too(void **state)
{
    (void)state;
    f.load.profile.model = LOAD_CLOSED;
    f.load.count = 200;
    f.stage = (struct stage){.from = 5, .to = 5, .duration_ns = UINT64_MAX};
    assert_shows(screen(100, 30, true), "   0 %\n");
    struct results delta = {0};
    iteration_books_at(&delta.books, 0)->completed = 150;
    model_second(&m, &(struct second){.second = 0, .delta = &delta});
    results_free(&delta);
    assert_shows(screen(100, 30, true), "  75 %\n");
    f.load.count = UINT64_MAX;
    assert_lacks(screen(100, 30, true), " %\n"); /* without end */
}

static void the_stage_that_runs_is_in_sight(void **state)
{
    (void)state;
    static struct stage stages[9];
    for (unsigned i = 0; i < 9; i++)
        stages[i] =
            (struct stage){.from = i + 1, .to = i + 1, .duration_ns = (i != 4) * 10 * NS_PER_S};
    stages[4].at_once = 7;
    f.load.profile = (struct profile){LOAD_OPEN, stages, 9};
    m.now.at_ns = 55 * NS_PER_S; /* stage 7 of 9: one has no length */
    const char *s = screen(60, 10, true);
    assert_shows(s, "7/9 7 starts/s for");
    assert_shows(s, "  50 %\n");
    assert_lacks(s, "1/9");
    m.now.at_ns = 0;
    assert_shows(screen(60, 10, true), "1/9");
    m.now.at_ns = 500 * NS_PER_S;
    assert_shows(screen(60, 10, true), "9/9");
}

static void keys_are_those_that_do_something(void **state)
{
    (void)state;
    assert_shows(screen(80, 24, true), " q stop  ? help\n");
    m.now.can[ORDER_PAUSE] = m.now.can[ORDER_CHANGE] = m.now.can[ORDER_MARK] = true;
    assert_shows(screen(80, 24, true), " q stop  p pause  + - rate  m mark  ? help\n");
    m.now.phase = CONTROL_PAUSED;
    m.now.can[ORDER_PAUSE] = false;
    m.now.can[ORDER_RESUME] = true;
    assert_shows(screen(80, 24, true), " p go on ");
    assert_shows(screen(80, 24, true), " paused 0s ");
    m.now.phase = CONTROL_HELD;
    m.now.can[ORDER_START] = true;
    assert_shows(screen(80, 24, true), " s start ");
    m.keys = false; /* no keyboard */
    assert_lacks(screen(80, 24, true), "start  ");
}

static void users_of_the_closed_model(void **state)
{
    (void)state;
    f.load.profile.model = LOAD_CLOSED;
    f.stage = (struct stage){.from = 0, .to = 50, .duration_ns = 10 * NS_PER_S};
    m.open = false;
    tick(4, &f.get, 500, 490, 5);
    const char *s = screen(100, 30, true);
    assert_shows(s, " users 25\n");
    assert_shows(s, " rate  500/s ");
    assert_lacks(s, "asked");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whoever_comes_first_gets_its_least_first),
        cmocka_unit_test(then_all_get_more_in_turn_up_to_their_most),
        cmocka_unit_test_setup_teardown(the_first_moment_has_no_figures, open_view, close_view),
        cmocka_unit_test_setup_teardown(seconds_become_figures_and_lines, open_view, close_view),
        cmocka_unit_test_setup_teardown(the_verdict_so_far_is_told_in_whole_sentences, open_view,
                                        close_view),
        cmocka_unit_test_setup_teardown(a_late_row_adds_to_the_sums_and_to_no_line, open_view,
                                        close_view),
        cmocka_unit_test_setup_teardown(a_second_that_nobody_told_of_is_a_gap, open_view,
                                        close_view),
        cmocka_unit_test_setup_teardown(a_history_forgets_the_oldest, open_view, close_view),
        cmocka_unit_test_setup_teardown(twenty_by_five_has_the_figures_that_matter, open_view,
                                        close_view),
        cmocka_unit_test_setup_teardown(every_size_is_drawn_within_its_cells, open_view,
                                        close_view),
        cmocka_unit_test_setup_teardown(ascii_only_without_utf8, open_view, close_view),
        cmocka_unit_test_setup_teardown(
            series_are_sorted_by_count_and_scrolled_no_further_than_there_are, open_view,
            close_view),
        cmocka_unit_test_setup_teardown(paint_of_messages_is_left_out_and_the_rest_escaped,
                                        open_view, close_view),
        cmocka_unit_test_setup_teardown(the_oldest_lines_go, open_view, close_view),
        cmocka_unit_test_setup_teardown(an_end_is_drained, open_view, close_view),
        cmocka_unit_test_setup_teardown(a_count_ends_a_plan_too, open_view, close_view),
        cmocka_unit_test_setup_teardown(the_stage_that_runs_is_in_sight, open_view, close_view),
        cmocka_unit_test_setup_teardown(keys_are_those_that_do_something, open_view, close_view),
        cmocka_unit_test_setup_teardown(users_of_the_closed_model, open_view, close_view),
    };
    return UNIT_RUN(tests);
}
