/* A window of seconds over all series, written out at its old end. */
#include "report/csv_history.h"

#include <inttypes.h>
#include <math.h>

#include "base/clock.h"
#include "base/mem.h"
#include "report/csv_field.h"

void history_header(struct buf *out)
{
    buf_str(out,
            STR("timestamp,second,name,tags,part,started,ok,failed_check,error,timeout,abandoned,"
                "in_flight,response_p50_ms,response_p95_ms,response_p99_ms,response_max_ms,"
                "service_p50_ms,service_p99_ms,bytes_sent,bytes_received\n"));
}

static double percentile(const struct hist *h, double percent)
{
    return h->count ? (double)hist_percentile(h, percent) : (double)NAN;
}

/* In the order of the header. */
static void take_figures(struct history_row *row, const struct series_data *d)
{
    row->figures[0] = percentile(&d->response, 50);
    row->figures[1] = percentile(&d->response, 95);
    row->figures[2] = percentile(&d->response, 99);
    row->figures[3] = percentile(&d->response, 100);
    row->figures[4] = percentile(&d->service, 50);
    row->figures[5] = percentile(&d->service, 99);
    row->has_figures = true;
}

static void add_to_row(struct history_row *row, const struct series_data *d)
{
    row->started += d->started;
    for (unsigned f = 0; f < FATES; f++)
        row->fates[f] += d->fates[f];
    row->bytes_sent += d->bytes_sent;
    row->bytes_received += d->bytes_received;
    if (d->response.count)
        take_figures(row, d);
}

static struct history_row *row_at(struct history_series *s, int64_t second)
{
    return &s->rows[((second % HISTORY_HELD) + HISTORY_HELD) % HISTORY_HELD];
}

static struct history_series *series_of(struct history *h, const struct series *s, int64_t second)
{
    for (size_t i = 0; i < h->n; i++)
        if (series_same(h->list[i]->series, s))
            return h->list[i];
    h->list = mem_room(h->list, h->n, &h->capacity, sizeof *h->list);
    struct history_series *new = mem_zero(sizeof *new);
    *new = (struct history_series){.series = s, .first = second};
    h->list[h->n++] = new;
    return new;
}

static void write_figures(const struct history_row *row, struct buf *out)
{
    for (unsigned i = 0; i < HISTORY_FIGURES; i++)
        csv_ms(out, row->has_figures ? row->figures[i] : (double)NAN);
}

static void write_row(struct history_series *s, int64_t second, uint64_t start_wall_ns,
                      struct buf *out)
{
    struct history_row *row = row_at(s, second);
    uint64_t wall_ms = start_wall_ns / NS_PER_MS + (uint64_t)second * 1000, ended = 0;
    buf_printf(out, "%" PRIu64 ".%03" PRIu64 ",%" PRId64 ",", wall_ms / 1000, wall_ms % 1000,
               second);
    csv_series(out, s->series);
    buf_str(out, s->series->part ? STR(",true") : STR(",false"));
    csv_count(out, row->started);
    for (unsigned f = 0; f < FATES; f++) {
        csv_count(out, row->fates[f]);
        ended += row->fates[f];
    }
    s->in_flight += row->started - ended;
    csv_count(out, s->in_flight);
    write_figures(row, out);
    csv_count(out, row->bytes_sent);
    csv_count(out, row->bytes_received);
    buf_char(out, '\n');
    *row = (struct history_row){0};
}

static void write_second(struct history *h, uint64_t start_wall_ns, struct buf *out)
{
    for (size_t i = 0; i < h->n; i++)
        if (h->list[i]->first <= h->next)
            write_row(h->list[i], h->next, start_wall_ns, out);
    h->next++;
}

void history_add(struct history *h, const struct second *row, uint64_t start_wall_ns,
                 struct buf *out)
{
    int64_t second = row->second > h->next ? row->second : h->next;
    while (second >= h->next + HISTORY_HELD)
        write_second(h, start_wall_ns, out);
    if (second > h->last)
        h->last = second;
    for (size_t i = 0; i < row->delta->n_timed; i++) {
        const struct result *r = row->delta->list[i];
        struct history_series *s = series_of(h, r->series, second);
        if (second < s->first)
            s->first = second;
        add_to_row(row_at(s, second), &r->data);
    }
}

void history_end(struct history *h, uint64_t start_wall_ns, struct buf *out)
{
    while (h->next <= h->last)
        write_second(h, start_wall_ns, out);
}

void history_free(struct history *h)
{
    for (size_t i = 0; i < h->n; i++)
        mem_free(h->list[i]);
    mem_free(h->list);
    *h = (struct history){0};
}
