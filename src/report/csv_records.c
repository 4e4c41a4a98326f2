/* Two tables: what was read in all, and second by second. */
#include "report/csv_records.h"

#include <inttypes.h>
#include <math.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/list.h"
#include "base/mem.h"
#include "report/csv.h"
#include "report/csv_field.h"
#include "report/output.h"

struct csv_records_files {
    struct sink sink;
    struct output table, history, metrics;
    struct arena arena; /* their paths */
    const struct run_info *info;
    const struct series **series; /* those that were seen: each has a row in each second */
    size_t n, capacity;
    struct err failure; /* of the history; nothing is written to it from then on */
};

/* ---- fields ---- */

static void add_audited(const struct record_counts *c, uint64_t n, struct buf *out)
{
    csv_number(out, c->audited ? (double)n : (double)NAN);
}

static void add_classes(const struct record_counts *c, struct buf *out)
{
    for (unsigned i = 0; i < RECORD_CLASSES; i++)
        add_audited(c, c->classes[i], out);
}

static void add_percentiles(const struct hist *h, const double *percents, size_t n, struct buf *out)
{
    for (size_t i = 0; i < n; i++)
        csv_ms(out, h->count ? (double)hist_percentile(h, percents[i]) : (double)NAN);
}

/* ---- the table ---- */

static void add_row(const struct result *r, double length_s, struct buf *out)
{
    static const double percents[] = {50, 90, 95, 99, 99.9, 100};
    const struct series_data *d = &r->data;
    csv_series(out, r->series);
    csv_count(out, d->started);
    add_classes(&d->read, out);
    add_audited(&d->read, d->read.reordered, out);
    add_audited(&d->read, d->read.lost, out);
    csv_number(out, length_s > 0 ? (double)d->started_in_plan / length_s : (double)NAN);
    csv_count(out, d->bytes_received);
    csv_ms(out, d->response.count ? (double)d->response.min : (double)NAN);
    csv_ms(out, d->response.count ? hist_mean(&d->response) : (double)NAN);
    add_percentiles(&d->response, percents, sizeof percents / sizeof *percents, out);
    buf_char(out, '\n');
}

void csv_records(const struct summary *s, struct buf *out)
{
    const struct results *r = s->results;
    buf_str(out, STR("Name,Tags,Received,First,Duplicate,Corrupt,Foreign,Reordered,Lost,Records/s,"
                     "Bytes,Min,Mean,50%,90%,95%,99%,99.9%,Max\n"));
    for (size_t i = 0; i < r->n_records; i++)
        add_row(r->list[r->n_timed + i], s->length_s, out);
}

/* ---- the history ---- */

static void add_second(const struct series *s, const struct series_data *d, int64_t second,
                       uint64_t start_wall_ns, struct buf *out)
{
    static const double percents[] = {50, 95, 99, 100};
    uint64_t wall_ms = start_wall_ns / NS_PER_MS + (uint64_t)second * 1000;
    buf_printf(out, "%" PRIu64 ".%03" PRIu64 ",%" PRId64 ",", wall_ms / 1000, wall_ms % 1000,
               second);
    csv_series(out, s);
    csv_count(out, d->started);
    add_classes(&d->read, out);
    csv_count(out, d->bytes_received);
    add_percentiles(&d->response, percents, sizeof percents / sizeof *percents, out);
    buf_char(out, '\n');
}

static void know(struct csv_records_files *f, const struct series *s)
{
    for (size_t i = 0; i < f->n; i++)
        if (series_same(f->series[i], s))
            return;
    f->series = mem_room(f->series, f->n, &f->capacity, sizeof(const struct series *));
    f->series[f->n++] = s;
}

static const struct series_data *data_of(const struct results *r, const struct series *s)
{
    static const struct series_data nothing = {.started = 0};
    for (size_t i = 0; i < r->n_records; i++)
        if (series_same(r->list[r->n_timed + i]->series, s))
            return &r->list[r->n_timed + i]->data;
    return &nothing;
}

static void second(struct sink *s, const struct second *row)
{
    struct csv_records_files *f = CONTAINER_OF(s, struct csv_records_files, sink);
    const struct results *r = row->delta;
    struct buf text = {0};
    for (size_t i = 0; i < r->n_records; i++)
        know(f, r->list[r->n_timed + i]->series);
    for (size_t i = 0; i < f->n; i++)
        add_second(f->series[i], data_of(r, f->series[i]), row->second, f->info->started_wall_ns,
                   &text);
    if (!f->failure.kind)
        output_write(&f->history, buf_view(&text), &f->failure);
    buf_free(&text);
}

static void begin(struct sink *s, const struct run_info *info)
{
    struct csv_records_files *f = CONTAINER_OF(s, struct csv_records_files, sink);
    f->info = info;
    output_write(&f->history,
                 STR("timestamp,second,name,tags,received,first,duplicate,corrupt,foreign,bytes,"
                     "end_to_end_p50_ms,end_to_end_p95_ms,end_to_end_p99_ms,end_to_end_max_ms\n"),
                 &f->failure);
}

/* ---- the sink ---- */

static bool finish(struct sink *s, const struct summary *summary, struct err *e)
{
    struct csv_records_files *f = CONTAINER_OF(s, struct csv_records_files, sink);
    struct buf text = {0};
    csv_records(summary, &text);
    bool written = output_write(&f->table, buf_view(&text), e);
    text.n = 0;
    csv_metrics(summary, &text);
    written = output_write(&f->metrics, buf_view(&text), e) && written;
    buf_free(&text);
    written = output_close(&f->table, e) && written;
    written = output_close(&f->metrics, e) && written;
    written = output_close(&f->history, e) && written;
    if (f->failure.kind)
        *e = f->failure;
    return written && !f->failure.kind;
}

static void close_files(struct sink *s)
{
    struct csv_records_files *f = CONTAINER_OF(s, struct csv_records_files, sink);
    struct err ignored;
    output_close(&f->table, &ignored);
    output_close(&f->history, &ignored);
    output_close(&f->metrics, &ignored);
    mem_free(f->series);
    arena_free(&f->arena);
    mem_free(f);
}

static const struct sink_table csv_records_table = {
    .name = "csv_records",
    .begin = begin,
    .second = second,
    .finish = finish,
    .close = close_files,
};

struct sink *csv_records_sink(const char *prefix, struct err *e)
{
    struct csv_records_files *f = mem_zero(sizeof *f);
    f->sink.table = &csv_records_table;
    f->table.fd = f->history.fd = f->metrics.fd = -1;
    const char *table = arena_printf(&f->arena, "%s_records.csv", prefix).p;
    const char *history = arena_printf(&f->arena, "%s_records_history.csv", prefix).p;
    const char *metrics = arena_printf(&f->arena, "%s_metrics.csv", prefix).p;
    if (output_open(&f->table, "table", table, e) &&
        output_open(&f->history, "table", history, e) &&
        output_open(&f->metrics, "table", metrics, e))
        return &f->sink;
    close_files(&f->sink);
    return NULL;
}
