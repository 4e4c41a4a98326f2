/* Three files of tables. */
#include "report/csv.h"

#include <math.h>

#include "base/arena.h"
#include "base/decimal.h"
#include "base/list.h"
#include "base/mem.h"
#include "report/call_name.h"
#include "report/csv_field.h"
#include "report/csv_history.h"
#include "report/output.h"

enum { REQUESTS, DISTRIBUTION, HISTORY, FILES };

struct csv_files {
    struct sink sink;
    struct output outputs[FILES];
    struct arena arena; /* their paths */
    const struct run_info *info;
    struct history history;
    struct err failure; /* of the history; nothing is written to it from then on */
};

static const double percents[] = {50, 66, 75, 80, 90, 95, 98, 99, 100};

static void add_times(const struct hist *h, struct buf *out)
{
    bool any = h->count > 0;
    csv_ms(out, any ? (double)hist_percentile(h, 50) : (double)NAN);
    csv_ms(out, any ? hist_mean(h) : (double)NAN);
    csv_ms(out, any ? (double)h->min : (double)NAN);
    csv_ms(out, any ? (double)h->max : (double)NAN);
}

/* A comma and the number, when there is one. */
static void add_ratio(struct buf *out, double dividend, double divisor)
{
    buf_char(out, ',');
    if (divisor > 0)
        decimal_add(out, dividend / divisor);
}

static void add_request(const struct series_data *d, double length_s, struct buf *out)
{
    uint64_t replies = d->fates[FATE_OK] + d->fates[FATE_FAILED_CHECK];
    csv_count(out, d->started);
    csv_count(out, series_data_failed(d));
    add_times(&d->response, out);
    add_ratio(out, (double)d->body_bytes, (double)replies);
    add_ratio(out, (double)d->started_in_plan, length_s);
    buf_char(out, '\n');
}

void csv_requests(const struct summary *s, struct buf *out)
{
    buf_str(out, STR("Method,Name,# requests,# failures,Median response time,Average response time,"
                     "Min response time,Max response time,Average Content Size,Requests/s\n"));
    for (size_t i = 0; i < s->results->n_calls; i++) {
        const struct result *r = s->results->list[i];
        struct buf type = {0};
        call_type(r->series, &type);
        csv_text(out, buf_view(&type));
        buf_free(&type);
        buf_char(out, ',');
        csv_text(out, call_name(r->series));
        add_request(&r->data, s->length_s, out);
    }
    buf_str(out, STR(",Aggregated"));
    add_request(s->total, s->length_s, out);
}

static void add_distribution(const struct series_data *d, struct buf *out)
{
    csv_count(out, d->started);
    for (size_t i = 0; i < sizeof percents / sizeof *percents; i++)
        csv_ms(out, d->response.count ? (double)hist_percentile(&d->response, percents[i])
                                      : (double)NAN);
    buf_char(out, '\n');
}

void csv_distribution(const struct summary *s, struct buf *out)
{
    buf_str(out, STR("Name,# requests,50%,66%,75%,80%,90%,95%,98%,99%,100%\n"));
    for (size_t i = 0; i < s->results->n_calls; i++) {
        csv_text(out, s->results->list[i]->series->name);
        add_distribution(&s->results->list[i]->data, out);
    }
    buf_str(out, STR("Aggregated"));
    add_distribution(s->total, out);
}

static struct csv_files *files_of(struct sink *s)
{
    return CONTAINER_OF(s, struct csv_files, sink);
}

/* Writes the text and frees it. */
static bool write_text(struct output *o, struct buf *text, struct err *e)
{
    bool written = output_write(o, buf_view(text), e);
    buf_free(text);
    return written;
}

static void begin(struct sink *s, const struct run_info *info)
{
    struct csv_files *f = files_of(s);
    struct buf text = {0};
    f->info = info;
    history_header(&text);
    write_text(&f->outputs[HISTORY], &text, &f->failure);
}

static void second(struct sink *s, const struct second *row)
{
    struct csv_files *f = files_of(s);
    struct buf text = {0};
    history_add(&f->history, row, f->info->started_wall_ns, &text);
    if (f->failure.kind)
        buf_free(&text);
    else
        write_text(&f->outputs[HISTORY], &text, &f->failure);
}

static bool write_tables(struct csv_files *f, const struct summary *summary, struct err *e)
{
    struct buf requests = {0}, distribution = {0}, history = {0};
    csv_requests(summary, &requests);
    csv_distribution(summary, &distribution);
    history_end(&f->history, summary->info->started_wall_ns, &history);
    bool written = write_text(&f->outputs[REQUESTS], &requests, e);
    written &= write_text(&f->outputs[DISTRIBUTION], &distribution, e);
    written &= write_text(&f->outputs[HISTORY], &history, e);
    if (f->failure.kind) {
        *e = f->failure;
        return false;
    }
    return written;
}

static bool finish(struct sink *s, const struct summary *summary, struct err *e)
{
    struct csv_files *f = files_of(s);
    bool written = write_tables(f, summary, e);
    for (unsigned i = 0; i < FILES; i++)
        written &= output_close(&f->outputs[i], e);
    return written;
}

static void close_files(struct sink *s)
{
    struct csv_files *f = files_of(s);
    struct err ignored;
    for (unsigned i = 0; i < FILES; i++)
        output_close(&f->outputs[i], &ignored);
    history_free(&f->history);
    arena_free(&f->arena);
    mem_free(f);
}

static const struct sink_table csv_table = {
    .name = "csv",
    .begin = begin,
    .second = second,
    .finish = finish,
    .close = close_files,
};

struct sink *csv_sink(const char *prefix, struct err *e)
{
    static const char *const names[FILES] = {"requests", "distribution", "history"};
    struct csv_files *f = mem_zero(sizeof *f);
    f->sink.table = &csv_table;
    for (unsigned i = 0; i < FILES; i++)
        f->outputs[i].fd = -1;
    for (unsigned i = 0; i < FILES; i++) {
        const char *path = arena_printf(&f->arena, "%s_%s.csv", prefix, names[i]).p;
        if (!output_open(&f->outputs[i], "table", path, e)) {
            close_files(&f->sink);
            return NULL;
        }
    }
    return &f->sink;
}
