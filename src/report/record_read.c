/* Reading a record from its start to its end. */
#include "report/record_read.h"

#include "base/clock.h"
#include "report/record_failure.h"
#include "report/record_run.h"

bool recorded_open(struct recorded *r, const char *path, struct err *e)
{
    *r = (struct recorded){0};
    if (record_db_open(&r->db, path, e)) {
        r->info = record_read_run(&r->db, &r->arena);
        record_series_read(&r->db, &r->arena, &r->series);
    }
    *e = r->db.failure.kind ? r->db.failure : *e;
    if (!e->kind)
        return true;
    recorded_close(r);
    return false;
}

void recorded_close(struct recorded *r)
{
    struct err ignored;
    if (r->db.handle)
        record_db_close(&r->db, &ignored);
    record_series_free(&r->series);
    results_free(&r->results);
    series_data_free(&r->total);
    arena_free(&r->arena);
}

void recorded_settings(struct recorded *r,
                       void (*visit)(void *owner, str name, str value, str origin), void *owner)
{
    struct record_row row =
        record_row(&r->db, "SELECT name, value, origin FROM setting ORDER BY rowid");
    while (record_next(&row)) {
        str name = record_take_text(&row, &r->arena), value = record_take_text(&row, &r->arena);
        visit(owner, name, value, record_take_text(&row, &r->arena));
    }
}

bool recorded_has_end(struct recorded *r)
{
    return record_has_end(&r->db);
}

#define EACH_SINK(sinks, s) for (struct sink *s = (sinks); s; s = s->next)

/* Its texts are forgotten behind it: the record may be longer than memory. */
static void play_span(struct recorded *r, struct sink *sinks, uint64_t span, int64_t start_s,
                      uint64_t length_s)
{
    struct arena arena = {0};
    struct results delta = {0};
    struct record_process process = {0};
    record_span_read(&r->db, &r->series, span, &arena, &delta, &process);
    const struct second row = {.second = start_s, .delta = &delta, .length_s = length_s};
    EACH_SINK(sinks, s)
    if (s->table->second)
        s->table->second(s, &row);
    results_free(&delta);
    arena_free(&arena);
}

static void play_spans(struct recorded *r, struct sink *sinks)
{
    struct record_row row = record_row(
        &r->db, "SELECT id, start_s, length_s FROM span WHERE length_s > 0 ORDER BY start_s, id");
    while (record_next(&row)) {
        uint64_t span = record_take_count(&row);
        int64_t start_s = (int64_t)record_take_count(&row);
        play_span(r, sinks, span, start_s, record_take_count(&row));
    }
}

static void play_events(struct recorded *r, struct sink *sinks)
{
    struct record_row row =
        record_row(&r->db, "SELECT at_ns, kind, text FROM event ORDER BY at_ns, rowid");
    while (record_next(&row)) {
        struct run_event event = {.at_ns = record_take_count(&row)};
        event.kind = record_take_z(&row, &r->arena);
        event.text = record_take_z(&row, &r->arena);
        if (!event.kind || !event.text)
            record_db_damaged(&r->db, "an event has no text");
        EACH_SINK(sinks, s)
        if (s->table->event && event.kind && event.text)
            s->table->event(s, &event);
    }
}

static void play_failures(struct recorded *r, struct sink *sinks)
{
    struct shown_call call;
    struct record_failures failures = record_failures(&r->db, &r->series, &r->arena);
    while (record_next_failure(&failures, &call))
        EACH_SINK(sinks, s)
    if (s->table->failed)
        s->table->failed(s, &call);
}

void recorded_sum_up(struct recorded *r)
{
    struct record_process process = {0};
    record_span_read(&r->db, &r->series, RECORD_WHOLE, &r->arena, &r->results, &process);
    results_total(&r->results, &r->total);
    r->summary = (struct summary){.info = r->info,
                                  .results = &r->results,
                                  .total = &r->total,
                                  .iterations = iteration_books_total(&r->results.books),
                                  .verdict = &r->verdict};
    record_read_end(&r->db, &r->arena, &r->summary);
}

static bool finish(const struct recorded *r, struct sink *sinks, struct err *e)
{
    bool good = true;
    struct err one;
    EACH_SINK(sinks, s)
    if (s->table->finish && !s->table->finish(s, &r->summary, &one)) {
        if (good)
            *e = one;
        good = false;
    }
    return good;
}

bool recorded_tell(struct recorded *r, struct sink *sinks, struct err *e)
{
    if (!r->db.failure.kind) {
        EACH_SINK(sinks, s)
        if (s->table->begin)
            s->table->begin(s, r->info);
        play_events(r, sinks);
        play_spans(r, sinks);
        play_failures(r, sinks);
    }
    *e = r->db.failure;
    return !e->kind;
}

bool recorded_play(struct recorded *r, struct sink *sinks, struct err *e)
{
    recorded_sum_up(r);
    return recorded_tell(r, sinks, e) && finish(r, sinks, e);
}
