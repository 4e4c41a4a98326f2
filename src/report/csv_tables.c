/* The tables that are written at the end of a run. */
#include <inttypes.h>
#include <math.h>

#include "base/clock.h"
#include "base/mem.h"
#include "report/call_name.h"
#include "report/check_rows.h"
#include "report/csv.h"
#include "report/csv_field.h"
#include "report/rows.h"

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
    csv_number(out, divisor > 0 ? dividend / divisor : (double)NAN);
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

void csv_checks(const struct summary *s, struct buf *out)
{
    struct check_rows rows = check_rows_of(s->results);
    buf_str(out, STR("Name,Tags,Check,# passed,# failed\n"));
    for (size_t i = 0; i < rows.n; i++) {
        csv_series(out, rows.list[i].series);
        buf_char(out, ',');
        csv_text(out, rows.list[i].name);
        csv_count(out, rows.list[i].passed);
        csv_count(out, rows.list[i].failed);
        buf_char(out, '\n');
    }
    check_rows_free(&rows);
}

/* Times are in ms. */
static void add_value(const struct series_data *d, bool times, const char *name, struct buf *out)
{
    struct figure f;
    const struct hist *h = &d->response;
    double units = times ? (double)NS_PER_MS : SERIES_VALUE_UNITS;
    bool known = figure_parse(str_from(name), &f);
    csv_number(out, known && h->count ? figure_value(h, &f, units) : (double)NAN);
}

static void add_metric(const struct series *s, const struct series_data *d, struct buf *out)
{
    static const char *const values[] = {"mean", "min", "p50", "p90", "p95", "p99", "max"};
    bool times = s->kind == SERIES_TIMES;
    csv_series(out, s);
    buf_str(out, s->kind == SERIES_COUNTER ? STR(",counter")
                 : times                   ? STR(",times")
                                           : STR(",values"));
    csv_count(out, d->started);
    csv_number(out, times ? d->sum * 1000 : d->sum);
    for (size_t k = 0; k < sizeof values / sizeof *values; k++)
        add_value(d, times, values[k], out);
    buf_char(out, '\n');
}

void csv_metrics(const struct summary *s, struct buf *out)
{
    const struct results *r = s->results;
    buf_str(out, STR("Name,Tags,Kind,Count,Sum,Mean,Min,50%,90%,95%,99%,Max\n"));
    for (size_t i = r->n_timed + r->n_records; i < r->n; i++)
        add_metric(r->list[i]->series, &r->list[i]->data, out);
}

void csv_exceptions(const struct summary *s, struct buf *out)
{
    const struct tally *reasons = &s->results->script_errors;
    struct tally_row *rows = rows_by_count(reasons);
    buf_str(out, STR("Count,Message\n"));
    for (size_t i = 0; i < reasons->used; i++) {
        buf_printf(out, "%" PRIu64 ",", rows[i].count);
        csv_text(out, rows[i].key.text);
        buf_char(out, '\n');
    }
    mem_free(rows);
}
