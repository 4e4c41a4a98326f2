/* From spans to periods. What ended behind the plan's end stands in its last period, so that the
 * periods hold what the whole run does. */
#include "report/compare_read.h"

#include <math.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/units.h"
#include "report/record_run.h"

enum { MINUTE_S = 60, LONGEST_S = 3660 * 86400 };

static uint64_t number_of(struct record_db *db, const char *sql)
{
    struct record_row row = record_row(db, sql);
    uint64_t n = record_next(&row) ? record_take_count(&row) : 0;
    record_stop(&row);
    return n;
}

/* ---- how long ---- */

static double length_of(struct compare_run *r)
{
    struct recorded *rec = &r->recorded;
    if (r->ended)
        return rec->summary.length_s;
    return (double)(int64_t)number_of(&rec->db, "SELECT max(start_s + length_s) FROM span");
}

static bool has_minutes(struct record_db *db)
{
    return number_of(db, "SELECT max(length_s) FROM span") > 1;
}

static void choose_periods(struct compare_run *r)
{
    bool seconds = r->length_s <= COMPARE_SECONDS_S && !has_minutes(&r->recorded.db);
    bool fine = (double)r->recorded.series.n * r->length_s <= COMPARE_FINE;
    if (seconds)
        r->period_s = fine ? 1 : COMPARE_BLOCK_S;
    else
        r->period_s = MINUTE_S * fmax(1, ceil(r->length_s / MINUTE_S / COMPARE_PERIODS));
    r->block = seconds && fine ? COMPARE_BLOCK_S : 1;
    r->n_periods = (size_t)fmax(1, round(r->length_s / r->period_s));
}

static bool is_fit(struct compare_run *r, struct err *e)
{
    const char *path = r->recorded.db.path;
    if (!(r->length_s >= 0 && r->length_s <= LONGEST_S))
        return record_db_damaged(&r->recorded.db, "its length cannot be");
    if (r->length_s < COMPARE_SHORTEST_S)
        return err_set(e, ERR_RUN,
                       "'%s' is too short to be compared: %s of its run are there, and less than "
                       "%ds do not tell how much figures scatter by chance",
                       path, human_duration((uint64_t)(r->length_s * 1e9)).text,
                       COMPARE_SHORTEST_S);
    choose_periods(r);
    if (r->recorded.series.n * r->n_periods > COMPARE_MOST)
        return err_set(e, ERR_RUN, "'%s' has too many series to be compared: %s", path,
                       human_count(r->recorded.series.n).text);
    return true;
}

/* ---- what was counted ---- */

static size_t period_of(const struct compare_run *r, int64_t start_s)
{
    double period = floor((double)start_s / r->period_s);
    double last = (double)r->n_periods - 1;
    return (size_t)(period < 0 ? 0 : period > last ? last : period);
}

static void add_span(struct compare_run *r, uint64_t span, int64_t start_s)
{
    struct recorded *rec = &r->recorded;
    struct results delta = {0};
    struct arena passing = {0}, *texts = r->ended ? &passing : &rec->arena;
    struct record_process process = {0};
    record_span_read(&rec->db, &rec->series, span, texts, &delta, &process);
    for (size_t i = 0; i < rec->series.n && !rec->db.failure.kind; i++) {
        const struct series_data *d = &results_get(&delta, rec->series.list[i]->series)->data;
        if (rec->series.list[i]->series->kind == SERIES_CALLS)
            periods_add(&r->periods[i], period_of(r, start_s), d);
        if (!r->ended)
            series_data_merge(&results_get(&rec->results, rec->series.list[i]->series)->data, d);
    }
    results_free(&delta);
    arena_free(&passing);
}

static void add_spans(struct compare_run *r)
{
    struct record_row row = record_row(
        &r->recorded.db, "SELECT id, start_s FROM span WHERE length_s > 0 ORDER BY start_s, id");
    while (record_next(&row)) {
        uint64_t span = record_take_count(&row);
        add_span(r, span, (int64_t)record_take_count(&row));
    }
}

static void read_periods(struct compare_run *r)
{
    size_t n = r->recorded.series.n;
    r->periods = mem_array(n + 1, sizeof *r->periods);
    for (size_t i = 0; i < n; i++) {
        r->periods[i].length_s = r->period_s;
        periods_reach(&r->periods[i], r->n_periods);
    }
    add_spans(r);
}

bool compare_run_open(struct compare_run *r, const char *path, struct err *e)
{
    *r = (struct compare_run){0};
    if (!recorded_open(&r->recorded, path, e))
        return false;
    r->ended = recorded_has_end(&r->recorded);
    if (r->ended)
        recorded_sum_up(&r->recorded);
    r->length_s = length_of(r);
    bool good = !r->recorded.db.failure.kind && is_fit(r, e);
    if (good)
        read_periods(r);
    if (r->recorded.db.failure.kind)
        *e = r->recorded.db.failure;
    else if (good)
        return true;
    compare_run_close(r);
    return false;
}

void compare_run_close(struct compare_run *r)
{
    for (size_t i = 0; r->periods && i < r->recorded.series.n; i++)
        periods_free(&r->periods[i]);
    mem_free(r->periods);
    recorded_close(&r->recorded);
    *r = (struct compare_run){0};
}

const struct series_data *compare_run_data(struct compare_run *r, const struct series *s)
{
    return &results_get(&r->recorded.results, s)->data;
}

const struct periods *compare_run_periods(const struct compare_run *r, const struct series *s)
{
    uint64_t number = record_series_find(&r->recorded.series, s);
    return number ? &r->periods[number - 1] : NULL;
}
