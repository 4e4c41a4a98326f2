/* Reading a record from its start to its end. */
#include "report/record_read.h"

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

bool recorded_has_end(struct recorded *r)
{
    return record_has_end(&r->db);
}

#define EACH_SINK(sinks, s) for (struct sink *s = (sinks); s; s = s->next)

/* Its texts are forgotten behind it: the record may be longer than memory. */
static void play_span(struct recorded *r, struct sink *sinks, uint64_t span, int64_t second)
{
    struct arena arena = {0};
    struct results delta = {0};
    struct record_process process = {0};
    record_span_read(&r->db, &r->series, span, &arena, &delta, &process);
    EACH_SINK(sinks, s)
    if (s->table->second)
        s->table->second(s, &(struct second){second, &delta});
    results_free(&delta);
    arena_free(&arena);
}

static void play_spans(struct recorded *r, struct sink *sinks)
{
    struct record_row row =
        record_row(&r->db, "SELECT id, start_s FROM span WHERE length_s > 0 ORDER BY start_s, id");
    while (record_next(&row)) {
        uint64_t span = record_take_count(&row);
        play_span(r, sinks, span, (int64_t)record_take_count(&row));
    }
}

static void read_summary(struct recorded *r)
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

bool recorded_play(struct recorded *r, struct sink *sinks, struct err *e)
{
    read_summary(r);
    if (!r->db.failure.kind) {
        EACH_SINK(sinks, s)
        if (s->table->begin)
            s->table->begin(s, r->info);
        play_spans(r, sinks);
    }
    *e = r->db.failure;
    return !e->kind && finish(r, sinks, e);
}
