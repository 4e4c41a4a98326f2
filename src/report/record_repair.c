/* The books of a run that was killed are closed where its record ends: what was under way then is
 * interrupted and abandoned, what was planned until then and not started is unaccounted. */
#include "report/record_read.h"

#include "base/clock.h"
#include "base/units.h"
#include "engine/conclude.h"
#include "engine/health.h"
#include "engine/guards.h"
#include "report/record_run.h"

/* One span; what it adds to the results is what a second of the run did. */
static void add_span(struct recorded *r, struct guards *guards, uint64_t span, int64_t start_s,
                     struct record_process *process)
{
    struct results delta = {0};
    record_span_read(&r->db, &r->series, span, &r->arena, &delta, process);
    results_merge(&r->results, &delta);
    guards_second(guards, &(struct second){.second = start_s, .delta = &delta}, &r->results);
    results_free(&delta);
}

/* Everything that was counted, and where it ends: the first second that is not there. */
static int64_t add_spans(struct recorded *r, struct guards *guards, struct record_process *process)
{
    int64_t end = 0;
    struct record_row row = record_row(
        &r->db, "SELECT id, start_s, length_s FROM span WHERE length_s > 0 ORDER BY start_s, id");
    while (record_next(&row)) {
        uint64_t span = record_take_count(&row);
        int64_t start_s = (int64_t)record_take_count(&row);
        int64_t behind = start_s + (int64_t)record_take_count(&row);
        add_span(r, guards, span, start_s, process);
        end = behind > end ? behind : end;
    }
    return end;
}

static void close_books(struct recorded *r, int64_t end_s, struct summary *s)
{
    const struct plan *plan = r->info->plan;
    uint64_t *stopped_ns = arena_alloc(&r->arena, plan->n_loads * sizeof *stopped_ns + 1);
    for (unsigned i = 0; i < plan->n_loads; i++)
        stopped_ns[i] = (uint64_t)end_s * NS_PER_S;
    results_give_up(&r->results, STR("abandoned: the record ends here"));
    results_total(&r->results, &r->total);
    conclude(plan, stopped_ns, &r->results, s);
    conclude_unanswered(&r->results, s);
}

static void judge(struct recorded *r, struct guards *guards, int64_t end_s, struct summary *s)
{
    health_judge(s);
    verdict_reason(s->verdict, RUN_DEGRADED,
                   "the run was cut off: its record ends after %s, what came later is not in it",
                   human_duration((uint64_t)end_s * NS_PER_S).text);
    guards_judge(guards, s, &r->arena);
    summary_notes(s);
    s->verdict->exit_code = health_exit_code(s, false);
}

/* Another program has it open: the one that runs. */
static bool is_alone(struct recorded *r, struct err *e)
{
    sqlite3_busy_timeout(r->db.handle, 0);
    if (sqlite3_exec(r->db.handle, "PRAGMA journal_mode = delete", NULL, NULL, NULL) == SQLITE_OK)
        return true;
    return err_set(e, ERR_RUN, "cannot repair the record '%s': %s", r->db.path,
                   sqlite3_errcode(r->db.handle) == SQLITE_BUSY
                       ? "another program uses it; is its run still going on?"
                       : sqlite3_errmsg(r->db.handle));
}

static void write(struct recorded *r, const struct summary *s, struct record_process process)
{
    record_db_begin(&r->db);
    record_db_upgrade(&r->db);
    record_span_make_whole(&r->db);
    record_span_write(&r->db, &r->series, RECORD_WHOLE, &r->results, process);
    record_write_end(&r->db, s, true);
    record_db_commit(&r->db);
}

static void repair(struct recorded *r, struct guards *guards)
{
    struct record_process process = {0};
    struct verdict verdict = {0};
    struct summary s = {
        .info = r->info, .results = &r->results, .total = &r->total, .verdict = &verdict};
    int64_t end_s = add_spans(r, guards, &process);
    if (r->db.failure.kind)
        return;
    close_books(r, end_s, &s);
    s.cpu_s = (double)process.cpu_ns / 1e9;
    s.rss_bytes = process.rss_bytes;
    judge(r, guards, end_s, &s);
    write(r, &s, process);
}

bool recorded_repair(struct recorded *r, struct err *e)
{
    unsigned n;
    const struct plan *plan = r->info->plan;
    if (!is_alone(r, e))
        return false;
    struct threshold *list = record_read_thresholds(&r->db, plan->scripted, &r->arena, &n);
    for (unsigned i = 0; i < n && !r->db.failure.kind; i++)
        if (!guards_fits(plan, &list[i], e))
            record_db_damaged(&r->db, e->text);
    if (!r->db.failure.kind) {
        struct guards *guards = guards_open(plan, list, n);
        repair(r, guards);
        guards_close(guards);
    }
    results_free(&r->results);
    series_data_free(&r->total);
    *e = r->db.failure;
    return !e->kind;
}
