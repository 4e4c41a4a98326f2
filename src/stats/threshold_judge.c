/* The judgement of thresholds on a run. */
#include <math.h>

#include "base/buf.h"
#include "base/clock.h"
#include "stats/threshold_figures.h"
#include "stats/threshold_parts.h"

static bool has_tag(const struct series *s, const struct tag *wanted)
{
    for (unsigned i = 0; i < s->n_tags; i++)
        if (str_eq(s->tags[i].name, wanted->name) && str_eq(s->tags[i].value, wanted->value))
            return true;
    return false;
}

/* A part of a call is only meant when its name is said. */
static bool is_meant(const struct threshold *t, const struct series *s)
{
    bool named = t->name.p != NULL;
    bool kind = s->kind == t->figure->kind || (named && t->figure->any_kind);
    if (!kind || (named ? !str_eq(t->name, s->name) : s->part))
        return false;
    for (unsigned i = 0; i < t->n_tags; i++)
        if (!has_tag(s, &t->tags[i]))
            return false;
    return true;
}

size_t threshold_add(const struct threshold *t, const struct results *r, struct series_data *sum)
{
    size_t found = 0;
    for (size_t i = 0; i < r->n; i++)
        if (is_meant(t, r->list[i]->series)) {
            series_data_merge(sum, &r->list[i]->data);
            found++;
        }
    return found;
}

/* What can be said of a series that the expression names, but not the way it does. */
static bool other_kind(const struct threshold *t, const struct results *r, struct buf *text)
{
    static const char *const ways[] = {
        [SERIES_CALLS] = "a series of calls: .response_time.p99, .failed and the like stand behind "
                         "its name",
        [SERIES_RECORDS] = "a series of consumed records: .end_to_end.p99, .received, .lost and "
                           "the like stand behind its name",
        [SERIES_COUNTER] = "a counter: its name stands alone, or .count behind it",
        [SERIES_VALUES] = "a metric with values: .p95, .mean, .count and the like stand behind its "
                          "name",
        [SERIES_TIMES] = "a metric with times: .p95, .mean, .count and the like stand behind its "
                         "name",
    };
    struct result *same = t->name.p ? map_get(&r->by_name, t->name) : NULL;
    if (!same || same->series->kind == t->figure->kind)
        return false;
    buf_printf(text, "\"" STR_FMT "\" is %s", STR_ARG(t->name), ways[same->series->kind]);
    return true;
}

static void add_names(const struct results *r, struct buf *text)
{
    enum { NAMED = 8 };
    buf_str(text, r->n ? STR("; there are: ") : STR("; there are none"));
    for (size_t i = 0; i < r->n && i < NAMED; i++)
        buf_printf(text, "%s\"" STR_FMT "\"", i ? ", " : "", STR_ARG(r->list[i]->series->name));
    if (r->n > NAMED)
        buf_printf(text, " and %zu more", r->n - NAMED);
}

str threshold_no_series(const struct threshold *t, const struct results *r, struct arena *arena)
{
    struct buf text = {0};
    if (!other_kind(t, r, &text)) {
        if (t->name.p && measure_find(t->name))
            buf_printf(&text,
                       "no Kafka client told \"" STR_FMT "\": they do so at the end of each "
                       "interval (--metrics-every)",
                       STR_ARG(t->name));
        else if (t->figure == &threshold_counter)
            buf_printf(&text,
                       "nothing was counted as \"" STR_FMT "\" (weir.count(name, 0) makes a "
                       "counter that is 0)",
                       STR_ARG(t->name));
        else if (t->name.p)
            buf_printf(&text, "no series is named \"" STR_FMT "\"%s", STR_ARG(t->name),
                       t->n_tags ? " and has such tags" : "");
        else
            buf_str(&text, STR("no series has such tags"));
        add_names(r, &text);
    }
    str why = arena_dup(arena, buf_view(&text));
    buf_free(&text);
    return why;
}

double threshold_value(const struct threshold *t, const struct threshold_input *in,
                       const struct series_data *d)
{
    const struct threshold_figure *f = t->figure;
    double units = t->unit == UNIT_SECONDS ? (double)NS_PER_S : SERIES_VALUE_UNITS;
    if (f->times)
        return f->times(d)->count ? figure_value(f->times(d), &t->of_times, units) : (double)NAN;
    double value = f->value(in, d);
    return t->unit == UNIT_SHARE ? value / f->whole(in, d) : value;
}

bool threshold_holds(const struct threshold *t, double value)
{
    double bound = t->bound;
    switch (t->op) {
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
    if (threshold_add(t, in->results, &sum) == 0 && (t->name.p || t->n_tags)) {
        result.why = threshold_no_series(t, in->results, arena);
        return result;
    }
    double value = threshold_value(t, in, &sum);
    series_data_free(&sum);
    result.has_value = isfinite(value);
    if (!result.has_value) {
        result.why = str_from(t->figure->nothing);
        return result;
    }
    result.value = value;
    result.passed = threshold_holds(t, value);
    return result;
}
