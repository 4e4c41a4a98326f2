/* Progress: one line on a terminal, a line each ten seconds elsewhere. */
#include "unit.h"

#include <unistd.h>

#include "base/log.h"
#include "report/fixture.h"
#include "report/progress.h"

struct screen {
    struct fixture f;
    FILE *out;
    char *text;
    size_t n, seen;
    struct sink *sink;
};

static void open_screen(struct screen *c, bool terminal)
{
    fixture_open(&c->f);
    c->seen = 0;
    c->out = open_memstream(&c->text, &c->n);
    c->sink = progress_sink(
        (struct paper){.out = c->out, .terminal = terminal, .utf8 = true, .width = 100});
    c->sink->table->begin(c->sink, &c->f.info);
}

static void close_screen(struct screen *c)
{
    c->sink->table->close(c->sink);
    fclose(c->out);
    free(c->text);
    fixture_close(&c->f);
}

/* A second in which so many calls started and ended, some of them badly; each took 2 ms. */
static void tick(struct screen *c, int64_t second, uint64_t started, uint64_t ok, uint64_t failed)
{
    struct results delta = {0};
    struct series_data *d = &results_get(&delta, &c->f.get)->data;
    d->started = started;
    d->fates[FATE_OK] = ok;
    d->fates[FATE_ERROR] = failed;
    hist_record_n(&d->response, 2 * NS_PER_MS, ok);
    c->sink->table->second(c->sink, &(struct second){.second = second, .delta = &delta});
    results_free(&delta);
}

/* What came since the last look. */
static void assert_screen(struct screen *c, const char *want)
{
    fflush(c->out);
    assert_string_equal(c->text + c->seen, want);
    c->seen = c->n;
}

static void a_terminal_has_one_line_that_is_rewritten(void **state)
{
    (void)state;
    struct screen c;
    open_screen(&c, true);
    tick(&c, 0, 500, 488, 0);
    assert_screen(&c, "1s of 10s  488/s  p50 2.00 ms  p99 2.00 ms  in flight 12  errors 0");
    tick(&c, 1, 510, 500, 3);
    assert_screen(&c, "\r\x1b[K2s of 10s  503/s  p50 2.00 ms  p99 2.00 ms  in flight 19  errors 3");
    tick(&c, 2, 0, 0, 0);
    assert_screen(&c, "\r\x1b[K3s of 10s  0/s  p50 -        p99 -        in flight 19  errors 3");
    c.sink->table->settle(c.sink, &c.f.summary);
    assert_screen(&c, "\r\x1b[K");
    close_screen(&c);
}

static void a_plan_without_end_has_no_length(void **state)
{
    (void)state;
    struct screen c;
    open_screen(&c, true);
    c.f.stage.duration_ns = UINT64_MAX;
    c.sink->table->begin(c.sink, &c.f.info);
    tick(&c, 0, 1, 1, 0);
    assert_screen(&c, "1s  1/s  p50 2.00 ms  p99 2.00 ms  in flight 0  errors 0");
    close_screen(&c);
}

static void late_starts_count_and_make_no_line_of_their_own(void **state)
{
    (void)state;
    struct screen c;
    open_screen(&c, true);
    tick(&c, 0, 500, 500, 0);
    tick(&c, 1, 500, 500, 0);
    assert_screen(&c, "1s of 10s  500/s  p50 2.00 ms  p99 2.00 ms  in flight 0  errors 0"
                      "\r\x1b[K2s of 10s  500/s  p50 2.00 ms  p99 2.00 ms  in flight 0  errors 0");
    tick(&c, 0, 7, 0, 0);
    assert_screen(&c, "");
    tick(&c, 2, 0, 0, 0);
    assert_screen(&c, "\r\x1b[K3s of 10s  0/s  p50 -        p99 -        in flight 7  errors 0");
    close_screen(&c);
}

static void elsewhere_there_is_a_line_each_ten_seconds(void **state)
{
    (void)state;
    struct screen c;
    open_screen(&c, false);
    for (int64_t s = 0; s < 9; s++)
        tick(&c, s, 100, 100, 0);
    assert_screen(&c, "");
    tick(&c, 9, 200, 199, 1);
    assert_screen(&c, "10s of 10s  110/s  p50 2.00 ms  p99 2.00 ms  in flight 0  errors 1\n");
    for (int64_t s = 10; s < 20; s++)
        tick(&c, s, 0, 0, 0);
    assert_screen(&c, "20s draining  0/s  p50 -        p99 -        in flight 0  errors 1\n");
    c.sink->table->settle(c.sink, &c.f.summary);
    assert_screen(&c, "");
    close_screen(&c);
}

static void the_line_is_wiped_before_a_call_is_shown_and_at_the_end(void **state)
{
    (void)state;
    struct screen c;
    open_screen(&c, true);
    c.f.load.profile.model = LOAD_CLOSED;
    tick(&c, 0, 1, 1, 0);
    assert_screen(&c, "1s of 10s  1/s  p50 2.00 ms  p99 2.00 ms  in flight 0  errors 0");
    c.sink->table->shown(c.sink, &(struct shown_call){.record = {.series = &c.f.get}});
    assert_screen(&c, "\r\x1b[K");
    c.sink->table->shown(c.sink, &(struct shown_call){.record = {.series = &c.f.get}});
    assert_screen(&c, "");
    close_screen(&c);
}

/* What log_note writes to standard error. */
static str noted(struct fixture *f, const char *path)
{
    int before = dup(STDERR_FILENO);
    FILE *out = fopen(path, "w");
    dup2(fileno(out), STDERR_FILENO);
    log_note("hello");
    dup2(before, STDERR_FILENO);
    close(before);
    fclose(out);
    return fixture_read(f, path);
}

static void a_note_wipes_the_line_that_stands_there_once(void **state)
{
    (void)state;
    struct screen c;
    open_screen(&c, true);
    const char *path = fixture_path(&c.f, "err.txt");
    assert_true(str_eq(noted(&c.f, path), STR("weir: hello\n")));
    tick(&c, 0, 1, 1, 0);
    assert_true(str_eq(noted(&c.f, path), STR("\r\x1b[Kweir: hello\n")));
    assert_true(str_eq(noted(&c.f, path), STR("weir: hello\n")));
    tick(&c, 1, 1, 1, 0);
    c.sink->table->settle(c.sink, &c.f.summary);
    assert_true(str_eq(noted(&c.f, path), STR("weir: hello\n")));
    fixture_remove(path);
    close_screen(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_terminal_has_one_line_that_is_rewritten),
        cmocka_unit_test(a_plan_without_end_has_no_length),
        cmocka_unit_test(late_starts_count_and_make_no_line_of_their_own),
        cmocka_unit_test(elsewhere_there_is_a_line_each_ten_seconds),
        cmocka_unit_test(the_line_is_wiped_before_a_call_is_shown_and_at_the_end),
        cmocka_unit_test(a_note_wipes_the_line_that_stands_there_once),
    };
    return UNIT_RUN(tests);
}
