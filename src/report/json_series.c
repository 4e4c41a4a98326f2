/* What was measured, in the summary as JSON: series of each kind, and checks. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/mem.h"
#include "report/check_rows.h"
#include "report/json_parts.h"
#include "report/rows.h"

void json_put_figures(struct json_out *j, str key, const struct hist *h, const char *const *names)
{
    struct figure f;
    put_object(j, key);
    for (; *names; names++)
        if (figure_parse(str_from(*names), &f))
            put_number(j, str_from(f.name), h->count ? figure_seconds(h, &f) : (double)NAN);
    json_out_end(j);
}

/* All that there are; one is `units` of the histogram. */
static void add_figures(struct json_out *j, str key, const struct hist *h, double units)
{
    double values[FIGURES];
    figures_all(h, units, values);
    put_object(j, key);
    for (unsigned i = 0; i < FIGURES; i++)
        put_number(j, str_from(figures[i].name), h->count ? values[i] : (double)NAN);
    json_out_end(j);
}

static void add_statuses(struct json_out *j, const struct tally *status)
{
    struct tally_row *rows = rows_by_number(status);
    put_object(j, STR("status"));
    for (size_t i = 0; i < status->used; i++) {
        char name[12];
        int n = snprintf(name, sizeof name, "%" PRIu32, rows[i].key.number);
        put_count(j, (str){name, (size_t)n}, rows[i].count);
    }
    json_out_end(j);
    mem_free(rows);
}

void json_put_reasons(struct json_out *j, str key, const struct tally *reasons)
{
    struct tally_row *rows = rows_by_count(reasons);
    put_object(j, key);
    for (size_t i = 0; i < reasons->used; i++)
        put_count(j, rows[i].key.text, rows[i].count);
    json_out_end(j);
    mem_free(rows);
}

void json_put_outcomes(struct json_out *j, const struct series_data *d)
{
    put_object(j, STR("outcomes"));
    for (unsigned f = 0; f < FATES; f++)
        if (d->fates[f])
            put_count(j, str_from(fate_name(f)), d->fates[f]);
    json_out_end(j);
}

static void add_calls(struct json_out *j, const struct series_data *d, double length_s)
{
    put_count(j, STR("count"), d->started);
    put_number(j, STR("rate"), (double)d->started_in_plan / length_s);
    add_figures(j, STR("response_time_s"), &d->response, (double)NS_PER_S);
    add_figures(j, STR("service_time_s"), &d->service, (double)NS_PER_S);
    put_count(j, STR("bytes_sent"), d->bytes_sent);
    put_count(j, STR("bytes_received"), d->bytes_received);
    json_put_outcomes(j, d);
    add_statuses(j, &d->status);
    json_put_reasons(j, STR("errors"), &d->causes);
    put_count(j, STR("possibly_stored"), d->possibly_stored);
    put_count(j, STR("reconnects"), d->reconnects);
}

static void add_read(struct json_out *j, const struct series_data *d, double length_s)
{
    put_count(j, STR("count"), d->started);
    put_number(j, STR("rate"), (double)d->started_in_plan / length_s);
    add_figures(j, STR("end_to_end_s"), &d->response, (double)NS_PER_S);
    add_figures(j, STR("since_sent_s"), &d->service, (double)NS_PER_S);
    put_count(j, STR("bytes_received"), d->bytes_received);
    put_count(j, STR("early"), d->read.early);
    put_number(j, STR("earliest_s"),
               d->read.early ? (double)d->read.earliest_ns / (double)NS_PER_S : (double)NAN);
}

static void add_metric(struct json_out *j, const struct series *s, const struct series_data *d)
{
    bool times = s->kind == SERIES_TIMES;
    put_count(j, STR("count"), d->started);
    put_number(j, times ? STR("sum_s") : STR("sum"), d->sum);
    if (times)
        add_figures(j, STR("value_s"), &d->response, (double)NS_PER_S);
    else if (s->kind == SERIES_VALUES)
        add_figures(j, STR("value"), &d->response, SERIES_VALUE_UNITS);
}

static void add_tags(struct json_out *j, const struct series *s)
{
    put_object(j, STR("tags"));
    for (unsigned i = 0; i < s->n_tags; i++) {
        json_out_key(j, s->tags[i].name);
        json_out_text(j, s->tags[i].value);
    }
    json_out_end(j);
}

static void add_series(struct json_out *j, const struct series *s, const struct series_data *d,
                       double length_s)
{
    static const char *const kinds[] = {
        [SERIES_CALLS] = "calls",   [SERIES_RECORDS] = "records", [SERIES_COUNTER] = "counter",
        [SERIES_VALUES] = "values", [SERIES_TIMES] = "times",
    };
    json_out_key(j, STR("name"));
    json_out_text(j, s->name);
    add_tags(j, s);
    put_truth(j, STR("part"), s->part);
    put_text(j, STR("kind"), kinds[s->kind]);
    if (s->kind == SERIES_CALLS)
        add_calls(j, d, length_s);
    else if (s->kind == SERIES_RECORDS)
        add_read(j, d, length_s);
    else
        add_metric(j, s, d);
    json_out_end(j);
}

/* The end of an array of lines. */
static void end_lines(struct json_out *j, size_t n)
{
    if (n)
        json_out_line(j);
    json_out_end(j);
}

void json_put_row(struct json_out *j, const struct summary *s, const struct result *r, void *owner)
{
    (void)owner;
    json_out_object(j);
    add_series(j, r->series, &r->data, s->length_s);
}

void json_put_series(struct json_out *j, const struct summary *s, json_row *put, void *owner)
{
    static const struct series total = {.name = {"total", 5}};
    json_out_line(j);
    put_object(j, STR("total"));
    add_series(j, &total, s->total, s->length_s);
    json_out_line(j);
    put_array(j, STR("series"));
    for (size_t i = 0; i < s->results->n; i++) {
        json_out_line(j);
        put(j, s, s->results->list[i], owner);
    }
    end_lines(j, s->results->n);
}

static void add_check(struct json_out *j, const struct check_row *c)
{
    json_out_line(j);
    json_out_object(j);
    json_out_key(j, STR("name"));
    json_out_text(j, c->name);
    json_out_key(j, STR("series"));
    json_out_text(j, c->series->name);
    put_count(j, STR("passed"), c->passed);
    put_count(j, STR("failed"), c->failed);
    add_tags(j, c->series);
    json_out_end(j);
}

void json_put_checks(struct json_out *j, const struct results *r)
{
    struct check_rows rows = check_rows_of(r);
    put_array(j, STR("checks"));
    for (size_t i = 0; i < rows.n; i++)
        add_check(j, &rows.list[i]);
    end_lines(j, rows.n);
    check_rows_free(&rows);
}
