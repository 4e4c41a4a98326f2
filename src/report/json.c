/* The summary as JSON. The order of keys is part of the schema. Seconds and bytes; what was not
 * measured is null. */
#include "report/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/json_out.h"
#include "base/list.h"
#include "base/mem.h"
#include "report/output.h"
#include "report/rows.h"

enum { SCHEMA = 1 };

struct json_file {
    struct sink sink;
    struct output output;
};

static void text(struct json_out *j, str key, const char *value)
{
    json_out_key(j, key);
    json_out_text(j, str_from(value));
}

static void count(struct json_out *j, str key, uint64_t value)
{
    json_out_key(j, key);
    json_out_count(j, value);
}

static void number(struct json_out *j, str key, double value)
{
    json_out_key(j, key);
    json_out_number(j, value);
}

static void truth(struct json_out *j, str key, bool value)
{
    json_out_key(j, key);
    json_out_bool(j, value);
}

static void object(struct json_out *j, str key)
{
    json_out_key(j, key);
    json_out_object(j);
}

static void array(struct json_out *j, str key)
{
    json_out_key(j, key);
    json_out_array(j);
}

static void add_run(struct json_out *j, const struct summary *s)
{
    const struct plan *plan = s->info->plan;
    char started[32];
    clock_rfc3339(s->info->started_wall_ns, started);
    object(j, STR("run"));
    text(j, STR("id"), s->info->id);
    text(j, STR("started_at"), started);
    number(j, STR("duration_s"), s->length_s);
    text(j, STR("command"), plan->command);
    text(j, STR("model"), plan_is_open(plan) ? "open" : "closed");
    count(j, STR("seed"), plan->seed);
    count(j, STR("drivers"), 1);
    count(j, STR("threads"), plan->threads);
    json_out_end(j);
}

static void add_threshold(struct json_out *j, const struct threshold_result *t)
{
    json_out_line(j);
    json_out_object(j);
    json_out_key(j, STR("expr"));
    json_out_text(j, t->expr);
    number(j, STR("value"), t->has_value ? t->value : (double)NAN);
    truth(j, STR("passed"), t->passed);
    if (t->why.n) {
        json_out_key(j, STR("why"));
        json_out_text(j, t->why);
    }
    json_out_end(j);
}

static void add_audit(struct json_out *j, const struct audit *a)
{
    json_out_object(j);
    text(j, STR("name"), a->name);
    number(j, STR("value"), a->value);
    truth(j, STR("passed"), a->passed);
    text(j, STR("text"), a->text);
    json_out_end(j);
}

static void add_verdict(struct json_out *j, const struct verdict *v)
{
    static const char *const names[] = {"valid", "degraded", "invalid"};
    object(j, STR("verdict"));
    text(j, STR("validity"), names[v->validity]);
    array(j, STR("reasons"));
    for (unsigned i = 0; i < v->n_reasons; i++)
        json_out_text(j, str_from(v->reasons[i]));
    json_out_end(j);
    array(j, STR("thresholds"));
    for (unsigned i = 0; i < v->n_thresholds; i++)
        add_threshold(j, &v->thresholds[i]);
    if (v->n_thresholds)
        json_out_line(j);
    json_out_end(j);
    array(j, STR("audits"));
    for (unsigned i = 0; i < v->n_audits; i++)
        add_audit(j, &v->audits[i]);
    json_out_end(j);
    count(j, STR("exit_code"), (uint64_t)v->exit_code);
    json_out_end(j);
}

static void add_figure(struct json_out *j, const struct hist *h, const struct figure *f)
{
    number(j, str_from(f->name), h->count ? figure_seconds(h, f) : (double)NAN);
}

static void add_named_figures(struct json_out *j, str key, const struct hist *h,
                              const char *const *names)
{
    struct figure f;
    object(j, key);
    for (; *names; names++)
        if (figure_parse(str_from(*names), &f))
            add_figure(j, h, &f);
    json_out_end(j);
}

static void add_all_figures(struct json_out *j, str key, const struct hist *h)
{
    object(j, key);
    for (const struct figure *f = figures; f->name; f++)
        add_figure(j, h, f);
    json_out_end(j);
}

static void add_load(struct json_out *j, const struct summary *s)
{
    static const char *const names[] = {"p50", "p99", "max", NULL};
    object(j, STR("load"));
    number(j, STR("asked_rate"), s->asked_rate);
    number(j, STR("achieved_rate"), s->achieved_rate);
    add_named_figures(j, STR("start_lateness_s"), &s->results->lateness, names);
    add_named_figures(j, STR("wait_s"), &s->results->wait, names);
    json_out_end(j);
}

static void add_iterations(struct json_out *j, const struct iteration_book *b)
{
    object(j, STR("iterations"));
    count(j, STR("planned"), b->planned);
    count(j, STR("started"), b->started);
    count(j, STR("skipped"), b->skipped);
    count(j, STR("completed"), b->completed);
    count(j, STR("script_error"), b->script_error);
    count(j, STR("interrupted"), b->interrupted);
    count(j, STR("unaccounted"), b->unaccounted);
    json_out_end(j);
}

static void add_ledger(struct json_out *j, const struct summary *s)
{
    static const char *const replies[] = {"received",  "matched", "late",
                                          "duplicate", "orphan",  "malformed"};
    object(j, STR("ledger"));
    count(j, STR("started"), s->total->started);
    for (unsigned f = 0; f < FATES; f++)
        count(j, str_from(fate_name(f)), s->total->fates[f]);
    count(j, STR("possibly_stored"), s->total->possibly_stored);
    object(j, STR("replies"));
    for (size_t i = 0; i < sizeof replies / sizeof *replies; i++)
        count(j, str_from(replies[i]), 0);
    json_out_end(j);
    truth(j, STR("balanced"), s->balanced);
    json_out_end(j);
}

static void add_statuses(struct json_out *j, const struct tally *status)
{
    struct tally_row *rows = rows_by_number(status);
    object(j, STR("status"));
    for (size_t i = 0; i < status->used; i++) {
        char name[12];
        int n = snprintf(name, sizeof name, "%" PRIu32, rows[i].key.number);
        count(j, (str){name, (size_t)n}, rows[i].count);
    }
    json_out_end(j);
    mem_free(rows);
}

static void add_causes(struct json_out *j, const struct tally *causes)
{
    struct tally_row *rows = rows_by_count(causes);
    object(j, STR("errors"));
    for (size_t i = 0; i < causes->used; i++)
        count(j, rows[i].key.text, rows[i].count);
    json_out_end(j);
    mem_free(rows);
}

static void add_outcomes(struct json_out *j, const struct series_data *d)
{
    object(j, STR("outcomes"));
    for (unsigned f = 0; f < FATES; f++)
        if (d->fates[f])
            count(j, str_from(fate_name(f)), d->fates[f]);
    json_out_end(j);
}

static void add_series(struct json_out *j, const struct series *s, const struct series_data *d,
                       double length_s)
{
    json_out_key(j, STR("name"));
    json_out_text(j, s->name);
    object(j, STR("tags"));
    for (unsigned i = 0; i < s->n_tags; i++) {
        json_out_key(j, s->tags[i].name);
        json_out_text(j, s->tags[i].value);
    }
    json_out_end(j);
    truth(j, STR("part"), s->part);
    count(j, STR("count"), d->started);
    number(j, STR("rate"), (double)d->started_in_plan / length_s);
    add_all_figures(j, STR("response_time_s"), &d->response);
    add_all_figures(j, STR("service_time_s"), &d->service);
    count(j, STR("bytes_sent"), d->bytes_sent);
    count(j, STR("bytes_received"), d->bytes_received);
    add_outcomes(j, d);
    add_statuses(j, &d->status);
    add_causes(j, &d->causes);
    count(j, STR("possibly_stored"), d->possibly_stored);
    count(j, STR("reconnects"), d->reconnects);
    json_out_end(j);
}

static void add_all_series(struct json_out *j, const struct summary *s)
{
    static const struct series total = {.name = {"total", 5}};
    json_out_line(j);
    object(j, STR("total"));
    add_series(j, &total, s->total, s->length_s);
    json_out_line(j);
    array(j, STR("series"));
    for (size_t i = 0; i < s->results->n; i++) {
        const struct result *r = s->results->list[i];
        json_out_line(j);
        json_out_object(j);
        add_series(j, r->series, &r->data, s->length_s);
    }
    if (s->results->n)
        json_out_line(j);
    json_out_end(j);
}

static void add_generator(struct json_out *j, const struct summary *s)
{
    static const char *const names[] = {"p99", "max", NULL};
    object(j, STR("generator"));
    number(j, STR("cpu_s"), s->cpu_s);
    count(j, STR("rss_bytes"), s->rss_bytes);
    add_named_figures(j, STR("loop_turn_s"), &s->results->turn, names);
    text(j, STR("loop"), s->info->loop);
    json_out_end(j);
}

void json_summary(const struct summary *s, struct buf *out)
{
    struct json_out j = {.out = out};
    json_out_object(&j);
    json_out_line(&j);
    count(&j, STR("schema"), SCHEMA);
    text(&j, STR("weir"), WEIR_VERSION);
    json_out_line(&j);
    add_run(&j, s);
    json_out_line(&j);
    add_verdict(&j, s->verdict);
    json_out_line(&j);
    add_load(&j, s);
    json_out_line(&j);
    add_iterations(&j, &s->iterations);
    json_out_line(&j);
    add_ledger(&j, s);
    add_all_series(&j, s);
    json_out_line(&j);
    array(&j, STR("checks"));
    json_out_end(&j);
    json_out_line(&j);
    add_generator(&j, s);
    json_out_line(&j);
    json_out_end(&j);
    buf_char(out, '\n');
}

static bool finish(struct sink *s, const struct summary *summary, struct err *e)
{
    struct json_file *f = CONTAINER_OF(s, struct json_file, sink);
    struct buf all = {0};
    json_summary(summary, &all);
    bool written = output_write(&f->output, buf_view(&all), e);
    buf_free(&all);
    struct err ignored;
    return output_close(&f->output, written ? e : &ignored) && written;
}

static void close_file(struct sink *s)
{
    struct json_file *f = CONTAINER_OF(s, struct json_file, sink);
    struct err ignored;
    output_close(&f->output, &ignored);
    mem_free(f);
}

static const struct sink_table json_table = {.name = "json", .finish = finish, .close = close_file};

struct sink *json_sink(const char *path, struct err *e)
{
    struct json_file *f = mem_zero(sizeof *f);
    f->sink.table = &json_table;
    if (output_open(&f->output, "summary", path, e))
        return &f->sink;
    mem_free(f);
    return NULL;
}
