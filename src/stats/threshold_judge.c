/* The table of figures that thresholds know, and their judgement on a run. */
#include <math.h>

#include "base/buf.h"
#include "stats/threshold_figures.h"

static const struct hist *response(const struct series_data *d)
{
    return &d->response;
}

static const struct hist *service(const struct series_data *d)
{
    return &d->service;
}

static double ok(const struct threshold_input *in, const struct series_data *d)
{
    (void)in;
    return (double)d->fates[FATE_OK];
}

static double failed(const struct threshold_input *in, const struct series_data *d)
{
    (void)in;
    return (double)series_data_failed(d);
}

static double failed_check(const struct threshold_input *in, const struct series_data *d)
{
    (void)in;
    return (double)d->fates[FATE_FAILED_CHECK];
}

static double error(const struct threshold_input *in, const struct series_data *d)
{
    (void)in;
    return (double)d->fates[FATE_ERROR];
}

static double timed_out(const struct threshold_input *in, const struct series_data *d)
{
    (void)in;
    return (double)d->fates[FATE_TIMEOUT];
}

static double abandoned(const struct threshold_input *in, const struct series_data *d)
{
    (void)in;
    return (double)d->fates[FATE_ABANDONED];
}

static double started(const struct threshold_input *in, const struct series_data *d)
{
    (void)in;
    return (double)d->started;
}

static double rate(const struct threshold_input *in, const struct series_data *d)
{
    return (double)d->started_in_plan / in->length_s;
}

static double skipped(const struct threshold_input *in, const struct series_data *d)
{
    (void)d;
    return (double)in->iterations->skipped;
}

static double planned(const struct threshold_input *in, const struct series_data *d)
{
    (void)d;
    return (double)in->iterations->planned;
}

static double achieved_rate(const struct threshold_input *in, const struct series_data *d)
{
    (void)d;
    return in->achieved_rate;
}

static double asked_rate(const struct threshold_input *in, const struct series_data *d)
{
    (void)d;
    return in->asked_rate;
}

static const char no_calls[] = "no call was made";
static const char no_length[] = "the plan had no length";

const struct threshold_figure threshold_figures[] = {
    {"response_time", UNIT_SECONDS, false, response, NULL, NULL, "no call has a response time"},
    {"service_time", UNIT_SECONDS, false, service, NULL, NULL, "no call has a service time"},
    {"ok", UNIT_COUNT, false, NULL, ok, started, no_calls},
    {"failed", UNIT_COUNT, false, NULL, failed, started, no_calls},
    {"failed_check", UNIT_COUNT, false, NULL, failed_check, started, no_calls},
    {"error", UNIT_COUNT, false, NULL, error, started, no_calls},
    {"timeout", UNIT_COUNT, false, NULL, timed_out, started, no_calls},
    {"abandoned", UNIT_COUNT, false, NULL, abandoned, started, no_calls},
    {"count", UNIT_COUNT, false, NULL, started, NULL, no_calls},
    {"rate", UNIT_RATE, false, NULL, rate, NULL, no_length},
    {"skipped", UNIT_COUNT, true, NULL, skipped, planned, "no iteration was planned"},
    {"achieved_rate", UNIT_RATE, true, NULL, achieved_rate, asked_rate,
     "no rate was asked for (closed model), or the plan had no length"},
    {.name = NULL},
};

static bool has_tag(const struct series *s, const struct tag *wanted)
{
    for (unsigned i = 0; i < s->n_tags; i++)
        if (str_eq(s->tags[i].name, wanted->name) && str_eq(s->tags[i].value, wanted->value))
            return true;
    return false;
}

/* A part is only meant when its name is said. */
static bool is_meant(const struct threshold *t, const struct series *s)
{
    if (t->name.p)
        return str_eq(t->name, s->name);
    for (unsigned i = 0; i < t->n_tags; i++)
        if (!has_tag(s, &t->tags[i]))
            return false;
    return !s->part;
}

static size_t add_meant(const struct threshold *t, const struct results *r, struct series_data *sum)
{
    size_t found = 0;
    for (size_t i = 0; i < r->n; i++)
        if (is_meant(t, r->list[i]->series)) {
            series_data_merge(sum, &r->list[i]->data);
            found++;
        }
    return found;
}

static str no_such_series(const struct threshold *t, const struct results *r, struct arena *arena)
{
    enum { NAMED = 8 };
    struct buf text = {0};
    if (t->name.p)
        buf_printf(&text, "no series is named \"" STR_FMT "\"; ", STR_ARG(t->name));
    else
        buf_str(&text, STR("no series has such tags; "));
    buf_str(&text, r->n ? STR("there are: ") : STR("there are none"));
    for (size_t i = 0; i < r->n && i < NAMED; i++)
        buf_printf(&text, "%s\"" STR_FMT "\"", i ? ", " : "", STR_ARG(r->list[i]->series->name));
    if (r->n > NAMED)
        buf_printf(&text, " and %zu more", r->n - NAMED);
    str why = arena_dup(arena, buf_view(&text));
    buf_free(&text);
    return why;
}

/* NAN: there is none. */
static double value_of(const struct threshold *t, const struct threshold_input *in,
                       const struct series_data *d)
{
    const struct threshold_figure *f = t->figure;
    if (t->unit == UNIT_SECONDS)
        return f->times(d)->count ? figure_seconds(f->times(d), &t->of_time) : (double)NAN;
    double value = f->value(in, d);
    return t->unit == UNIT_SHARE ? value / f->whole(in, d) : value;
}

static bool holds(double value, enum threshold_op op, double bound)
{
    switch (op) {
    case OP_LESS:
        return value < bound;
    case OP_AT_MOST:
        return value <= bound;
    case OP_MORE:
        return value > bound;
    case OP_AT_LEAST:
        return value >= bound;
    case OP_EQUAL:
        return value == bound;
    case OP_NOT_EQUAL:
        return value != bound;
    }
    return false;
}

struct threshold_result threshold_judge(const struct threshold *t, const struct threshold_input *in,
                                        struct arena *arena)
{
    struct threshold_result result = {.expr = t->expr, .unit = t->unit};
    struct series_data sum = {0};
    if (add_meant(t, in->results, &sum) == 0 && (t->name.p || t->n_tags)) {
        result.why = no_such_series(t, in->results, arena);
        return result;
    }
    double value = value_of(t, in, &sum);
    series_data_free(&sum);
    result.has_value = isfinite(value);
    if (!result.has_value) {
        result.why = str_from(t->figure->nothing);
        return result;
    }
    result.value = value;
    result.passed = holds(value, t->op, t->bound);
    return result;
}
