/* The summary as JSON. The order of keys is part of the schema. Seconds and bytes; what was not
 * measured is null. */
#include "report/json.h"

#include <math.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/mem.h"
#include "report/json_parts.h"
#include "report/output.h"

enum { SCHEMA = 1 };

struct json_file {
    struct sink sink;
    struct output output;
};

static void add_run(struct json_out *j, const struct summary *s)
{
    const struct plan *plan = s->info->plan;
    char started[32];
    clock_rfc3339(s->info->started_wall_ns, started);
    put_object(j, STR("run"));
    put_text(j, STR("id"), s->info->id);
    put_text(j, STR("started_at"), started);
    put_number(j, STR("duration_s"), s->length_s);
    put_text(j, STR("command"), plan->command);
    if (plan->reads)
        put_number(j, STR("model"), (double)NAN); /* null */
    else
        put_text(j, STR("model"), plan_is_open(plan) ? "open" : "closed");
    put_count(j, STR("seed"), plan->seed);
    put_count(j, STR("drivers"), 1);
    put_count(j, STR("threads"), plan->threads);
    json_out_end(j);
}

static void add_threshold(struct json_out *j, const struct threshold_result *t)
{
    json_out_line(j);
    json_out_object(j);
    json_out_key(j, STR("expr"));
    json_out_text(j, t->expr);
    put_number(j, STR("value"), t->has_value ? t->value : (double)NAN);
    put_truth(j, STR("passed"), t->passed);
    if (t->parts) {
        put_number(j, STR("from_s"), t->from_s);
        put_number(j, STR("to_s"), t->to_s);
        put_count(j, STR("parts"), t->parts);
        put_count(j, STR("missed"), t->missed);
    }
    if (t->aborted_s > 0)
        put_number(j, STR("aborted_s"), t->aborted_s);
    if (t->why.n) {
        json_out_key(j, STR("why"));
        json_out_text(j, t->why);
    }
    json_out_end(j);
}

static void add_audit(struct json_out *j, const struct audit_result *a)
{
    json_out_object(j);
    put_text(j, STR("name"), a->name);
    put_number(j, STR("value"), a->value);
    put_truth(j, STR("passed"), a->passed);
    put_text(j, STR("text"), a->text);
    json_out_end(j);
}

static void add_verdict(struct json_out *j, const struct verdict *v)
{
    static const char *const names[] = {"valid", "degraded", "invalid"};
    put_object(j, STR("verdict"));
    put_text(j, STR("validity"), names[v->validity]);
    put_array(j, STR("reasons"));
    for (unsigned i = 0; i < v->n_reasons; i++)
        json_out_text(j, str_from(v->reasons[i]));
    json_out_end(j);
    put_array(j, STR("notes"));
    for (unsigned i = 0; i < v->n_notes; i++)
        json_out_text(j, str_from(v->notes[i]));
    json_out_end(j);
    put_array(j, STR("thresholds"));
    for (unsigned i = 0; i < v->n_thresholds; i++)
        add_threshold(j, &v->thresholds[i]);
    if (v->n_thresholds)
        json_out_line(j);
    json_out_end(j);
    put_array(j, STR("audits"));
    for (unsigned i = 0; i < v->n_audits; i++)
        add_audit(j, &v->audits[i]);
    json_out_end(j);
    put_count(j, STR("exit_code"), (uint64_t)v->exit_code);
    json_out_end(j);
}

static void add_load(struct json_out *j, const struct summary *s)
{
    static const char *const names[] = {"p50", "p99", "max", NULL};
    put_object(j, STR("load"));
    put_number(j, STR("asked_rate"), s->asked_rate);
    put_number(j, STR("achieved_rate"), s->achieved_rate);
    json_put_figures(j, STR("start_lateness_s"), &s->results->lateness, names);
    json_put_figures(j, STR("wait_s"), &s->results->wait, names);
    json_out_end(j);
}

static void add_book(struct json_out *j, const struct iteration_book *b)
{
    put_count(j, STR("planned"), b->planned);
    put_count(j, STR("started"), b->started);
    put_count(j, STR("skipped"), b->skipped);
    put_count(j, STR("completed"), b->completed);
    put_count(j, STR("script_error"), b->script_error);
    put_count(j, STR("interrupted"), b->interrupted);
    put_count(j, STR("unaccounted"), b->unaccounted);
}

static void add_iterations(struct json_out *j, const struct summary *s)
{
    put_object(j, STR("iterations"));
    add_book(j, &s->iterations);
    json_put_reasons(j, STR("script_errors"), &s->results->script_errors);
    json_out_end(j);
}

/* The books of several scenarios; one alone has that of the run. */
static void add_scenarios(struct json_out *j, const struct summary *s)
{
    const struct plan *plan = s->info->plan;
    const struct iteration_books *books = &s->results->books;
    unsigned n = plan->n_loads > 1 && plan->n_loads == books->n ? books->n : 0;
    put_array(j, STR("scenarios"));
    for (unsigned i = 0; i < n; i++) {
        json_out_line(j);
        json_out_object(j);
        json_out_key(j, STR("name"));
        json_out_text(j, plan->loads[i].name);
        put_object(j, STR("iterations"));
        add_book(j, &books->list[i]);
        json_out_end(j);
        json_out_end(j);
    }
    if (n)
        json_out_line(j);
    json_out_end(j);
}

static void put_known(struct json_out *j, str key, bool known, uint64_t n)
{
    if (known)
        put_count(j, key, n);
    else
        put_number(j, key, (double)NAN); /* null */
}

/* The book of records that were read; what only an audit knows is null without one. */
static void add_records(struct json_out *j, const struct results *r)
{
    struct series_data all = {0};
    results_records(r, &all);
    const struct record_counts *c = &all.read;
    bool known = c->audited || all.started == 0;
    put_object(j, STR("records"));
    put_count(j, STR("received"), all.started);
    for (unsigned i = 0; i < RECORD_CLASSES; i++)
        put_known(j, str_from(record_class_name((enum record_class)i)), known, c->classes[i]);
    put_known(j, STR("expected"), known, c->classes[RECORD_FIRST] + c->lost);
    put_known(j, STR("lost"), known, c->lost);
    json_out_end(j);
    series_data_free(&all);
}

static void add_replies(struct json_out *j, const struct reply_book *b)
{
    put_object(j, STR("replies"));
    put_count(j, STR("received"), reply_book_received(b));
    for (unsigned i = 0; i < REPLY_CLASSES; i++)
        put_count(j, str_from(reply_class_name((enum reply_class)i)), b->classes[i]);
    if (b->late.count)
        json_put_figures(j, STR("late_time_s"), &b->late,
                         (const char *const[]){"p50", "p99", "max", NULL});
    json_out_end(j);
}

static void add_awaited(struct json_out *j, const struct awaited_book *b)
{
    put_object(j, STR("awaited"));
    put_count(j, STR("seen"), b->seen);
    put_count(j, STR("taken"), b->taken);
    put_count(j, STR("unclaimed"), awaited_book_unclaimed(b));
    json_out_end(j);
}

static void add_ledger(struct json_out *j, const struct summary *s)
{
    put_object(j, STR("ledger"));
    put_count(j, STR("started"), s->total->started);
    for (unsigned f = 0; f < FATES; f++)
        put_count(j, str_from(fate_name(f)), s->total->fates[f]);
    put_count(j, STR("possibly_stored"), s->total->possibly_stored);
    put_count(j, STR("aborted"), results_counted(s->results, MEASURE_ABORTED_RECORDS));
    add_replies(j, &s->results->replies);
    add_awaited(j, &s->results->awaited);
    if (s->info->plan->reads)
        add_records(j, s->results);
    put_truth(j, STR("balanced"), s->balanced);
    json_out_end(j);
}

static void add_generator(struct json_out *j, const struct summary *s)
{
    static const char *const names[] = {"p99", "max", NULL};
    put_object(j, STR("generator"));
    put_number(j, STR("cpu_s"), s->cpu_s);
    put_count(j, STR("rss_bytes"), s->rss_bytes);
    json_put_figures(j, STR("loop_turn_s"), &s->results->turn, names);
    put_text(j, STR("loop"), s->info->loop);
    json_put_machine(j, &s->info->machine);
    json_out_end(j);
}

void json_summary_with(const struct summary *s, json_row *put, void *owner, struct buf *out)
{
    struct json_out j = {.out = out};
    json_out_object(&j);
    json_out_line(&j);
    put_count(&j, STR("schema"), SCHEMA);
    put_text(&j, STR("weir"), s->info->weir);
    json_out_line(&j);
    add_run(&j, s);
    json_out_line(&j);
    add_verdict(&j, s->verdict);
    json_out_line(&j);
    add_load(&j, s);
    json_out_line(&j);
    add_iterations(&j, s);
    json_out_line(&j);
    add_scenarios(&j, s);
    json_out_line(&j);
    add_ledger(&j, s);
    json_put_series(&j, s, put, owner);
    json_put_checks(&j, s->results);
    if (s->audit) {
        json_out_line(&j);
        json_put_audit(&j, s->audit);
    }
    json_out_line(&j);
    add_generator(&j, s);
    json_out_line(&j);
    json_out_end(&j);
    buf_char(out, '\n');
}

void json_summary(const struct summary *s, struct buf *out)
{
    json_summary_with(s, json_put_row, NULL, out);
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
