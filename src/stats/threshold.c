/* Reading thresholds: one pass over the text, every refusal a sentence with the way out. */
#include "stats/threshold.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "base/units.h"
#include "stats/threshold_figures.h"
#include "stats/threshold_parts.h"

enum { QUOTED = 200 }; /* bytes of an expression in an error, so that the sentence has room */

/* What is left of the expression, and where what is read goes. */
struct reader {
    str rest;
    bool metrics; /* a script may have some */
    struct arena *arena;
    struct err *e;
};

static const struct {
    str text;
    enum threshold_op op;
} operators[] = {
    {{"<=", 2}, OP_AT_MOST},   {{">=", 2}, OP_AT_LEAST}, {{"==", 2}, OP_EQUAL},
    {{"~=", 2}, OP_NOT_EQUAL}, {{"<", 1}, OP_LESS},      {{">", 1}, OP_MORE},
};

static bool refuse(struct reader *r, const char *sentence)
{
    return err_set(r->e, ERR_USAGE, "%s", sentence);
}

static void skip(struct reader *r, size_t n)
{
    r->rest = str_trim(str_skip(r->rest, n));
}

/* A text in double quotes, \" and \\ inside; stands on the first quote. */
static bool read_quoted(struct reader *r, str *out)
{
    struct buf text = {0};
    size_t i = 1;
    for (; i < r->rest.n && r->rest.p[i] != '"'; i++) {
        if (r->rest.p[i] == '\\' && i + 1 < r->rest.n)
            i++;
        buf_char(&text, r->rest.p[i]);
    }
    bool closed = i < r->rest.n && text.n > 0;
    *out = arena_dup(r->arena, buf_view(&text));
    buf_free(&text);
    skip(r, i + 1);
    return closed || refuse(r, "the name of a series stands in double quotes: "
                               "\"place order\".response_time.p99 < 250ms");
}

/* Up to one of the characters in `ends`, or all. */
static str read_until(struct reader *r, const char *ends)
{
    size_t n = 0;
    while (n < r->rest.n && !strchr(ends, r->rest.p[n]))
        n++;
    str word = str_trim((str){r->rest.p, n});
    skip(r, n);
    return word;
}

static bool at(const struct reader *r, char c)
{
    return r->rest.n && r->rest.p[0] == c;
}

static bool read_tag(struct reader *r, struct tag *out)
{
    static const char form[] = "tags are written like series{topic=orders}.failed < 1%";
    out->name = arena_dup(r->arena, read_until(r, "=,{}"));
    if (out->name.n == 0 || !at(r, '='))
        return refuse(r, form);
    skip(r, 1);
    if (at(r, '"'))
        return read_quoted(r, &out->value);
    out->value = arena_dup(r->arena, read_until(r, ",}"));
    return out->value.n || refuse(r, form);
}

/* Stands on the brace. */
static bool read_tags(struct reader *r, struct threshold *t)
{
    enum { MOST = 16 };
    struct tag *tags = arena_alloc(r->arena, MOST * sizeof *tags);
    t->tags = tags;
    do {
        skip(r, 1);
        if (t->n_tags == MOST)
            return refuse(r, "these are too many tags");
        if (!read_tag(r, &tags[t->n_tags++]))
            return false;
    } while (at(r, ','));
    if (!at(r, '}'))
        return refuse(r, "the brace behind the tags is not closed");
    skip(r, 1);
    return true;
}

static bool unknown_time_figure(struct reader *r, const char *moment, str name)
{
    struct nearest n = {0};
    for (const struct figure *f = figures; f->name; f++)
        nearest_try(&n, name, str_from(f->name));
    return err_set(r->e, ERR_USAGE, "%s has no figure '" STR_FMT "'%s" STR_FMT "%s", moment,
                   STR_ARG(name),
                   n.best.n ? "; did you mean '" : "; there are p99, p99_9, mean, max",
                   STR_ARG(n.best), n.best.n ? "'?" : "");
}

/* "response_time.p99": the part behind the dot. */
static bool read_time_figure(struct reader *r, str name, struct threshold *t)
{
    if (name.n == 0)
        return err_set(r->e, ERR_USAGE, "which figure of %s? write %s.p99, .mean, .max",
                       t->figure->name, t->figure->name);
    return figure_parse(name, &t->of_times) || unknown_time_figure(r, t->figure->name, name);
}

static const struct threshold_figure *known_figure(str name)
{
    for (const struct threshold_figure *f = threshold_figures; f->name; f++)
        if (str_eq(str_from(f->name), name))
            return f;
    return NULL;
}

static struct nearest nearest_figure(str name)
{
    struct nearest n = {0};
    for (const struct threshold_figure *f = threshold_figures; f->name; f++)
        nearest_try(&n, name, str_from(f->name));
    threshold_near_measure(&n, name);
    return n;
}

static bool unknown_figure(struct reader *r, str name)
{
    struct nearest n = nearest_figure(name);
    if (n.best.n)
        return err_set(r->e, ERR_USAGE,
                       "there is no figure '" STR_FMT "'; did you mean '" STR_FMT "'?%s",
                       STR_ARG(name), STR_ARG(n.best),
                       r->metrics ? " A metric of the script's stands in double quotes" : "");
    return err_set(
        r->e, ERR_USAGE,
        "there is no figure '" STR_FMT "'; write it like response_time.p99 < 250ms, "
        "failed < 0.1%%, achieved_rate > 99%%, and the name of a series in double quotes",
        STR_ARG(name));
}

/* A figure of the table, and what stands behind its dot. */
static bool read_known(struct reader *r, bool dot, str behind, struct threshold *t)
{
    if ((t->name.p || t->n_tags) && t->figure->of_run)
        return err_set(
            r->e, ERR_USAGE,
            "%s is about the whole run, not calls of a series: write it without a series",
            t->figure->name);
    if (t->figure->times)
        return read_time_figure(r, behind, t);
    return !dot || err_set(r->e, ERR_USAGE, "%s is one number: write it without '." STR_FMT "'",
                           t->figure->name, STR_ARG(behind));
}

/* Behind the name of a series or metric, and a dot when there is one. */
static bool read_of_named(struct reader *r, bool dot, str what, struct threshold *t)
{
    str head, behind;
    bool two = str_cut(what, '.', &head, &behind);
    const struct measure *m = measure_find(t->name);
    if (m && !str_eq(what, STR("count")))
        return threshold_measure(m, dot, what, t, r->e);
    if (!dot && r->metrics) {
        t->figure = &threshold_counter;
        return true;
    }
    if (!dot)
        return refuse(r, "a dot and a figure stand behind the series: "
                         "\"place order\".response_time.p99 < 250ms");
    t->figure = known_figure(head);
    if (t->figure)
        return read_known(r, two, behind, t);
    t->figure = &threshold_values;
    return (r->metrics && figure_parse(what, &t->of_times)) || unknown_figure(r, head);
}

static const char figure_ends[] = "<>=~! ";

/* A figure, or a metric whose name is one word. */
static bool read_word(struct reader *r, struct threshold *t)
{
    str whole = read_until(r, figure_ends), head, behind;
    if (!threshold_java(&whole, r->arena, r->e))
        return false;
    bool dot = str_cut(whole, '.', &head, &behind);
    t->figure = known_figure(whole); /* some have a dot in their name */
    if (t->figure)
        return read_known(r, false, STR(""), t);
    t->figure = known_figure(head);
    if (t->figure)
        return read_known(r, dot, behind, t);
    if (str_eq(head, STR("replies")))
        return unknown_figure(r, whole);
    if (!measure_find(head) && (!r->metrics || head.n == 0 || nearest_figure(head).best.n))
        return unknown_figure(r, head);
    t->name = arena_dup(r->arena, head);
    return read_of_named(r, dot, behind, t);
}

static bool read_name(struct reader *r, struct threshold *t)
{
    if (!read_quoted(r, &t->name))
        return false;
    bool dot = at(r, '.');
    skip(r, dot);
    return read_of_named(r, dot, dot ? read_until(r, figure_ends) : STR(""), t);
}

/* Selector and figure. */
static bool read_subject(struct reader *r, struct threshold *t)
{
    str word = STR("series");
    if (str_starts(r->rest, word) && str_starts(str_trim(str_skip(r->rest, word.n)), STR("{"))) {
        skip(r, word.n);
        if (!read_tags(r, t))
            return false;
        if (!at(r, '.'))
            return refuse(r, "a dot and a figure stand behind the tags: "
                             "series{topic=orders}.failed < 1%");
        skip(r, 1);
    }
    return at(r, '"') ? read_name(r, t) : read_word(r, t);
}

static bool read_operator(struct reader *r, struct threshold *t)
{
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
        if (str_starts(r->rest, operators[i].text)) {
            t->op = operators[i].op;
            skip(r, operators[i].text.n);
            return true;
        }
    if (str_starts(r->rest, STR("!=")))
        return refuse(r, "weir says ~= for 'not equal'");
    if (at(r, '='))
        return refuse(r, "weir says == for 'equal'");
    return refuse(r, "a comparison is missing: < <= > >= == ~=, like response_time.p99 < 250ms");
}

/* The exact decimal, so that 0.7% is the same double as 7 of 1000. */
static bool read_percent(str number, double *share)
{
    struct buf text = {0};
    buf_str(&text, number);
    buf_str(&text, STR("e-2"));
    bool good = str_double(buf_view(&text), share) && *share >= 0;
    buf_free(&text);
    return good;
}

static bool read_share(struct reader *r, str value, struct threshold *t)
{
    t->unit = UNIT_SHARE;
    if (!t->figure->whole)
        return err_set(r->e, ERR_USAGE, "%s is no share: write it without %%", t->figure->name);
    return read_percent(str_trim((str){value.p, value.n - 1}), &t->bound) ||
           err_set(r->e, ERR_USAGE, "'" STR_FMT "' is not a share; write it like 0.1%%",
                   STR_ARG(value));
}

static bool read_time(struct reader *r, str value, double *seconds)
{
    uint64_t ns;
    if (!units_duration_strict(value, &ns, r->e))
        return false;
    *seconds = (double)ns / 1e9;
    return true;
}

static bool read_count(struct reader *r, str value, double *bound)
{
    uint64_t count;
    if (!units_count(value, &count, r->e))
        return false;
    *bound = (double)count;
    return true;
}

static bool read_rate(struct reader *r, str value, double *bound)
{
    return (str_double(value, bound) && *bound == 0) || units_rate(value, bound, r->e);
}

static bool read_number(struct reader *r, str value, double *bound)
{
    if ((str_double(value, bound) && *bound >= 0) || read_count(r, value, bound))
        return true;
    return err_set(r->e, ERR_USAGE,
                   "'" STR_FMT "' is not a number from 0 on; what a script counts has no unit",
                   STR_ARG(value));
}

static bool read_bound(struct reader *r, str value, struct threshold *t)
{
    if (value.n == 0)
        return refuse(r, "a value is missing behind the comparison");
    if (str_ends(value, STR("%")))
        return read_share(r, value, t);
    t->unit = t->figure->unit;
    if (t->unit == UNIT_SECONDS)
        return read_time(r, value, &t->bound);
    if (t->unit == UNIT_COUNT)
        return read_count(r, value, &t->bound);
    if (t->unit == UNIT_NUMBER)
        return read_number(r, value, &t->bound);
    return read_rate(r, value, &t->bound);
}

static bool read_stage(struct reader *r, str number, struct threshold *t)
{
    uint64_t stage;
    if (!str_u64(number, &stage) || stage == 0 || stage > UINT32_MAX)
        return refuse(r, "stages have numbers from 1: over stage 2");
    t->span = SPAN_STAGE;
    t->stage = (unsigned)stage;
    return true;
}

/* Behind "over": a time, "each stage", "stage 2". */
static bool read_span(struct reader *r, str span, struct threshold *t)
{
    uint64_t ns;
    if (str_eq(span, STR("each stage"))) {
        t->span = SPAN_EACH_STAGE;
        return true;
    }
    if (str_starts(span, STR("stage")))
        return read_stage(r, str_trim(str_skip(span, 5)), t);
    if (!units_duration_strict(span, &ns, r->e))
        return err_wrap(r->e, "behind 'over' stands a time, 'stage 2' or 'each stage'");
    if (ns % NS_PER_S != 0 || ns == 0 || ns / NS_PER_S > WINDOW_LONGEST_S)
        return refuse(r, "a window is of whole seconds, 1s to 10m: over 30s");
    t->span = SPAN_WINDOW;
    t->window_s = (unsigned)(ns / NS_PER_S);
    return true;
}

/* A number that grows while the run goes on, and may still reach its bound. */
static bool may_still_hold(const struct threshold *t)
{
    bool grows = !t->figure->times && (t->unit == UNIT_COUNT || t->unit == UNIT_NUMBER);
    return t->span == SPAN_RUN && grows && t->op != OP_LESS && t->op != OP_AT_MOST;
}

/* "250ms over 10s abort": the value, and what stands behind it. */
static bool read_value(struct reader *r, struct threshold *t)
{
    str value = r->rest, span;
    if (str_contains(value, STR(" abort over ")))
        return refuse(r, "abort stands last: over 30s abort");
    t->abort = str_ends(value, STR(" abort"));
    if (t->abort)
        value = str_trim((str){value.p, value.n - STR(" abort").n});
    if (str_cut_at(value, STR(" over "), &value, &span) && !read_span(r, str_trim(span), t))
        return false;
    if (!read_bound(r, str_trim(value), t))
        return false;
    return !t->abort || !may_still_hold(t) ||
           refuse(r,
                  "abort ends the run when it is missed, and a count that is too small may still "
                  "grow: leave abort out, or say over which time");
}

bool threshold_parse(str expr, bool metrics, struct arena *arena, struct threshold *out,
                     struct err *e)
{
    str trimmed = str_trim(expr);
    struct reader r = {.rest = trimmed, .metrics = metrics, .arena = arena, .e = e};
    *out = (struct threshold){.expr = arena_dup(arena, trimmed)};
    if (read_subject(&r, out) && read_operator(&r, out) && read_value(&r, out))
        return true;
    return err_wrap(e, "threshold '%.*s'", trimmed.n < QUOTED ? (int)trimmed.n : QUOTED, trimmed.p);
}
