/* A record as it is compared: its periods, and what they hold. */
#include "unit.h"

#include "report/compare_read.h"
#include "report/record_load.h"

struct world {
    struct record_load load;
    struct compare_run run;
    struct fixture f;
    const char *path;
};

/* A record of these seconds (-1 ends the list), whose plan was so long; 0: without an end. */
static void world_open(struct world *w, unsigned n_series, const int *seconds, double length_s)
{
    memset(w, 0, sizeof *w);
    w->path = fixture_path(&w->f, "run.weir");
    record_load_open(&w->load, w->path, n_series, 2);
    for (; *seconds >= 0; seconds++) {
        struct results delta = {0};
        record_load_fill(&w->load, &delta, 2);
        record_writer_second(&w->load.writer, *seconds, &delta, 1);
        results_merge(&w->load.f.results, &delta);
        results_free(&delta);
    }
    w->load.f.summary.length_s = length_s;
    if (length_s > 0)
        record_writer_end(&w->load.writer, fixture_summary(&w->load.f));
    record_writer_commit(&w->load.writer);
    record_load_close(&w->load);
}

static void world_close(struct world *w)
{
    fixture_remove(w->path);
    arena_free(&w->f.arena);
    mem_free(w);
}

static void must_open(struct world *w)
{
    struct err e = {0};
    if (!compare_run_open(&w->run, w->path, &e))
        fail_msg("%s", e.text);
}

static void the_drain_belongs_to_the_last_second_and_idle_ones_are_there(void **state)
{
    (void)state;
    struct world *w = mem_alloc(sizeof *w);
    world_open(w, 2, (const int[]){0, 5, 39, 40, 47, -1}, 40);
    must_open(w);
    const struct series *s = w->run.recorded.series.list[1]->series;
    const struct periods *p = compare_run_periods(&w->run, s);
    assert_true(w->run.ended && w->run.length_s == 40 && w->run.period_s == 1);
    assert_int_equal(w->run.block, 10);
    assert_int_equal(p->n, 40);
    assert_int_equal(periods_active(p), 3);
    assert_true(p->list[0].samples == 2 && p->list[5].samples == 2 && p->list[39].samples == 6);
    assert_int_equal(compare_run_data(&w->run, s)->response.count, 10);
    compare_run_close(&w->run);
    world_close(w);
}

static void without_an_end_it_is_as_long_as_what_is_there(void **state)
{
    (void)state;
    struct world *w = mem_alloc(sizeof *w);
    world_open(w, 1, (const int[]){3, 34, -1}, 0);
    must_open(w);
    const struct series *s = w->run.recorded.series.list[0]->series;
    assert_true(!w->run.ended && w->run.length_s == 35);
    assert_int_equal(compare_run_data(&w->run, s)->response.count, 4);
    assert_int_equal(compare_run_data(&w->run, s)->started, 4);
    compare_run_close(&w->run);
    world_close(w);
}

static void a_series_of_another_run_is_not_there(void **state)
{
    (void)state;
    struct world *w = mem_alloc(sizeof *w);
    const struct series other = {.name = STR("GET /other")};
    world_open(w, 1, (const int[]){0, -1}, 30);
    must_open(w);
    assert_null(compare_run_periods(&w->run, &other));
    compare_run_close(&w->run);
    world_close(w);
}

static void of_very_many_series_and_long_runs_periods_are_longer(void **state)
{
    (void)state;
    struct world *w = mem_alloc(sizeof *w);
    world_open(w, 300, (const int[]){0, 7, 3500, -1}, 7000);
    must_open(w);
    assert_true(w->run.period_s == 10);
    assert_int_equal(w->run.block, 1);
    assert_int_equal(w->run.n_periods, 700);
    assert_true(w->run.periods[299].list[0].samples == 4);
    compare_run_close(&w->run);
    world_close(w);
    w = mem_alloc(sizeof *w);
    world_open(w, 1, (const int[]){0, 100, 400000, -1}, 400000);
    must_open(w);
    assert_true(w->run.period_s == 240); /* at most 2000 of them */
    assert_int_equal(w->run.n_periods, 1667);
    compare_run_close(&w->run);
    world_close(w);
}

static void what_cannot_be_compared_is_refused(void **state)
{
    (void)state;
    struct err e = {0};
    struct world *w = mem_alloc(sizeof *w);
    world_open(w, 1, (const int[]){0, -1}, 29.9);
    assert_false(compare_run_open(&w->run, w->path, &e));
    assert_int_equal(e.kind, ERR_RUN);
    assert_non_null(strstr(e.text, "too short to be compared"));
    world_close(w);
    w = mem_alloc(sizeof *w);
    world_open(w, 1, (const int[]){0, -1}, 1e300);
    assert_false(compare_run_open(&w->run, w->path, &e));
    assert_non_null(strstr(e.text, "is damaged: its length cannot be"));
    world_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_drain_belongs_to_the_last_second_and_idle_ones_are_there),
        cmocka_unit_test(without_an_end_it_is_as_long_as_what_is_there),
        cmocka_unit_test(a_series_of_another_run_is_not_there),
        cmocka_unit_test(of_very_many_series_and_long_runs_periods_are_longer),
        cmocka_unit_test(what_cannot_be_compared_is_refused),
    };
    return UNIT_RUN(tests);
}
