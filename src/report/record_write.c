/* From what a run says to rows. */
#include "report/record_write.h"

#include "base/clock.h"
#include "base/process.h"
#include "proto/http_mask.h"
#include "report/record_run.h"

enum { MINUTE_S = 60 };

static void need_transaction(struct record_writer *w)
{
    if (!w->in_transaction)
        record_db_begin(&w->db);
    w->in_transaction = true;
}

void record_writer_commit(struct record_writer *w)
{
    if (w->in_transaction)
        record_db_commit(&w->db);
    w->in_transaction = false;
}

bool record_writer_open(struct record_writer *w, const char *path, const struct record_about *about,
                        struct err *e)
{
    *w = (struct record_writer){.newest = -1};
    if (!record_db_create(&w->db, path, e))
        return false;
    need_transaction(w);
    record_write_settings(&w->db, about->settings);
    record_write_thresholds(&w->db, about->thresholds, about->n_thresholds);
    record_writer_commit(w);
    *e = w->db.failure;
    return !e->kind;
}

bool record_writer_close(struct record_writer *w, struct err *e)
{
    bool written = true;
    if (w->db.handle)
        written = record_db_close(&w->db, e);
    record_series_free(&w->series);
    return written;
}

void record_writer_begin(struct record_writer *w, const struct run_info *info)
{
    need_transaction(w);
    record_write_run(&w->db, info);
    record_writer_commit(w);
    w->cpu_ns = clock_cpu_ns();
}

static struct record_process process_now(const struct record_writer *w)
{
    return (struct record_process){clock_cpu_ns() - w->cpu_ns, process_resident_bytes()};
}

/* ---- seconds ---- */

/* The span that holds the second. */
static uint64_t find_span(struct record_db *db, int64_t second)
{
    struct record_row row = record_row(db, "SELECT id FROM span WHERE length_s > 0 AND start_s <= "
                                           "?1 AND ?1 < start_s + length_s");
    record_put_count(&row, (uint64_t)second);
    uint64_t span = record_next(&row) ? record_take_count(&row) : RECORD_WHOLE;
    record_stop(&row);
    return span;
}

/* Together with what the span has. */
static void add_to_span(struct record_writer *w, uint64_t span, const struct results *delta)
{
    struct arena arena = {0};
    struct results sum = {0};
    struct record_process process = process_now(w);
    record_span_read(&w->db, &w->series, span, &arena, &sum, &process);
    results_merge(&sum, delta);
    record_span_write(&w->db, &w->series, span, &sum, process);
    results_free(&sum);
    arena_free(&arena);
}

/* Takes a second's span out and adds it to the sum; false: there is none. */
static bool take_span(struct record_writer *w, int64_t second, struct arena *arena,
                      struct results *sum, struct record_process *process)
{
    uint64_t span = find_span(&w->db, second);
    if (span == RECORD_WHOLE)
        return false;
    record_span_read(&w->db, &w->series, span, arena, sum, process);
    record_span_remove(&w->db, span);
    return true;
}

/* Its seconds become one span. */
static void fold_minute(struct record_writer *w, int64_t start_s)
{
    struct arena arena = {0};
    struct results sum = {0};
    struct record_process process = {0};
    bool any = false;
    for (int64_t s = start_s; s < start_s + MINUTE_S; s++)
        any |= take_span(w, s, &arena, &sum, &process);
    if (any)
        record_span_write(&w->db, &w->series, record_span_make(&w->db, start_s, MINUTE_S), &sum,
                          process);
    results_free(&sum);
    arena_free(&arena);
}

void record_writer_second(struct record_writer *w, int64_t second, const struct results *delta,
                          uint64_t started_wall_ns)
{
    if (w->db.failure.kind)
        return;
    need_transaction(w);
    if (!w->start_known)
        record_write_start(&w->db, started_wall_ns);
    w->start_known = true;
    uint64_t span = second > w->newest ? RECORD_WHOLE : find_span(&w->db, second);
    if (span != RECORD_WHOLE)
        add_to_span(w, span, delta);
    else
        record_span_write(&w->db, &w->series, record_span_make(&w->db, second, 1), delta,
                          process_now(w));
    if (second > w->newest)
        w->newest = second;
    for (; w->minutes_end + MINUTE_S <= w->newest - RECORD_FINE_S; w->minutes_end += MINUTE_S)
        fold_minute(w, w->minutes_end);
}

/* ---- events, failures, the end ---- */

void record_writer_event(struct record_writer *w, const struct record_event *event)
{
    need_transaction(w);
    struct record_row row =
        record_row(&w->db, "INSERT INTO event (at_ns, kind, text) VALUES (?, ?, ?)");
    record_put_count(&row, event->at_ns);
    record_put_z(&row, event->kind);
    record_put_z(&row, event->text);
    record_done(&row);
}

void record_writer_plan(struct record_writer *w, unsigned load, const struct profile *p)
{
    need_transaction(w);
    record_write_stages(&w->db, load, p);
}

static void put_masked(struct record_row *row, str text)
{
    struct arena arena = {0};
    if (text.n)
        record_put_bytes(row, http_mask_secrets(text, &arena));
    else
        record_put_null(row);
    arena_free(&arena);
}

void record_writer_failure(struct record_writer *w, const struct shown_call *call)
{
    const struct call_record *r = &call->record;
    need_transaction(w);
    uint64_t series = record_series_number(&w->db, &w->series, r->series);
    struct record_row row =
        record_row(&w->db, "INSERT INTO failure VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    record_put_count(&row, series);
    record_put_z(&row, fate_name((enum fate)r->fate));
    record_put_z(&row, r->cause);
    record_put_count(&row, r->due_ns);
    record_put_count(&row, r->response_ns);
    record_put_count(&row, r->service_ns);
    record_put_count(&row, r->status);
    record_put_count(&row, r->length);
    put_masked(&row, call->request);
    put_masked(&row, call->head);
    if (call->body.n)
        record_put_bytes(&row, call->body);
    else
        record_put_null(&row);
    record_done(&row);
}

void record_writer_end(struct record_writer *w, const struct summary *s)
{
    need_transaction(w);
    record_write_start(&w->db, s->info->started_wall_ns);
    record_span_make_whole(&w->db);
    record_span_write(&w->db, &w->series, RECORD_WHOLE, s->results, process_now(w));
    record_write_end(&w->db, s, false);
    record_writer_commit(w);
}
