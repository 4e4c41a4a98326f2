/* Thresholds over parts of a run. */
#include "stats/threshold_watch.h"

#include <math.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/units.h"
#include "stats/threshold_figures.h"
#include "stats/threshold_parts.h"

struct watch_part {
    struct series_data data;    /* of the series that are meant */
    struct iteration_book book; /* of all loads */
};

static bool is_window(const struct threshold_watch *w)
{
    return w->threshold->span == SPAN_WINDOW;
}

void watch_init(struct threshold_watch *w, const struct threshold *t, const struct watch_plan *plan)
{
    *w = (struct threshold_watch){.threshold = t, .plan = plan, .newest = -1};
    w->n_parts = is_window(w) ? t->window_s : plan->n_stages;
    w->parts = mem_array(w->n_parts, sizeof *w->parts);
}

void watch_free(struct threshold_watch *w)
{
    for (unsigned i = 0; i < w->n_parts; i++)
        series_data_free(&w->parts[i].data);
    mem_free(w->parts);
    *w = (struct threshold_watch){0};
}

/* ---- judging one part ---- */

/* Of two values: is the first further on the wrong side? */
static bool is_worse(const struct threshold *t, double a, double b)
{
    switch (t->op) {
    case OP_LESS:
    case OP_AT_MOST:
        return a > b;
    case OP_MORE:
    case OP_AT_LEAST:
        return a < b;
    default:
        return !threshold_holds(t, a) && threshold_holds(t, b);
    }
}

/* Is it about how much there is? Behind the plan's end there is less and less. */
static bool is_of_plan(const struct threshold *t)
{
    bool amount = !t->figure->times && (t->unit == UNIT_COUNT || t->unit == UNIT_NUMBER);
    bool at_most = t->op == OP_LESS || t->op == OP_AT_MOST;
    return t->figure->of_run || t->unit == UNIT_RATE || (amount && !at_most);
}

static double value_of(const struct threshold_watch *w, const struct watch_part *p,
                       uint64_t from_ns, uint64_t to_ns)
{
    double length_s = (double)(to_ns - from_ns) / (double)NS_PER_S;
    double asked = w->plan->asked(w->plan->owner, from_ns, to_ns);
    struct iteration_book book = p->book;
    book.planned = isnan(asked) ? book.started : (uint64_t)llround(asked);
    const struct threshold_input in = {
        .iterations = &book,
        .length_s = length_s,
        .asked_rate = asked / length_s,
        .achieved_rate = (double)book.in_plan / length_s,
        .part = true,
    };
    return threshold_value(w->threshold, &in, &p->data);
}

static void judge(struct threshold_watch *w, const struct watch_part *p, uint64_t from_ns,
                  uint64_t to_ns)
{
    if (to_ns <= from_ns)
        return;
    double value = value_of(w, p, from_ns, to_ns);
    if (!isfinite(value))
        return;
    w->missed += !threshold_holds(w->threshold, value);
    if (w->n++ == 0 || is_worse(w->threshold, value, w->worst)) {
        w->worst = value;
        w->from_s = (double)from_ns / (double)NS_PER_S;
        w->to_s = (double)to_ns / (double)NS_PER_S;
    }
}

/* ---- windows ---- */

/* The window whose last second this is, when there is a whole one. */
static void judge_window(struct threshold_watch *w, int64_t last)
{
    uint64_t to_ns = (uint64_t)(last + 1) * NS_PER_S;
    uint64_t length_ns = w->threshold->window_s * NS_PER_S;
    if (to_ns < length_ns || (is_of_plan(w->threshold) && to_ns > w->plan->length_ns))
        return;
    struct watch_part sum = {0};
    for (unsigned i = 0; i < w->n_parts; i++) {
        series_data_merge(&sum.data, &w->parts[i].data);
        iteration_book_add(&sum.book, &w->parts[i].book);
    }
    judge(w, &sum, to_ns - length_ns, to_ns);
    series_data_free(&sum.data);
}

static struct watch_part *second_of(struct threshold_watch *w, int64_t second)
{
    return &w->parts[(uint64_t)second % w->n_parts];
}

static void judge_windows_before(struct threshold_watch *w, int64_t second)
{
    for (; w->judged < second; w->judged++)
        judge_window(w, w->judged);
}

/* Each new second takes the place of the oldest. */
static void advance(struct threshold_watch *w, int64_t second)
{
    while (w->newest < second) {
        judge_windows_before(w, w->newest + 1);
        struct watch_part *p = second_of(w, ++w->newest);
        series_data_clear(&p->data);
        p->book = (struct iteration_book){0};
    }
}

/* ---- stages ---- */

static unsigned stage_at(const struct watch_plan *p, uint64_t at_ns)
{
    unsigned i = 0;
    while (i + 1 < p->n_stages && p->stages_ns[i] <= at_ns)
        i++;
    return i;
}

static void judge_stages_before(struct threshold_watch *w, int64_t stage)
{
    const struct threshold *t = w->threshold;
    for (; w->judged < stage; w->judged++) {
        uint64_t from_ns = w->judged ? w->plan->stages_ns[w->judged - 1] : 0;
        uint64_t to_ns = w->plan->stages_ns[w->judged];
        if (to_ns > w->plan->length_ns)
            to_ns = w->plan->length_ns;
        if (t->span == SPAN_EACH_STAGE || w->judged + 1 == (int64_t)t->stage)
            judge(w, &w->parts[w->judged], from_ns, to_ns);
    }
}

/* ---- all along ---- */

static struct watch_part *part_of(struct threshold_watch *w, int64_t second)
{
    if (is_window(w)) {
        advance(w, second);
        return second > w->newest - (int64_t)w->n_parts ? second_of(w, second) : NULL;
    }
    unsigned stage = stage_at(w->plan, (uint64_t)second * NS_PER_S);
    if (second > w->newest)
        w->newest = second;
    judge_stages_before(w, stage_at(w->plan, (uint64_t)w->newest * NS_PER_S));
    return &w->parts[stage];
}

void watch_add(struct threshold_watch *w, int64_t second, const struct results *delta)
{
    struct watch_part *p = second < 0 ? NULL : part_of(w, second);
    if (!p)
        return;
    struct iteration_book book = iteration_books_total(&delta->books);
    iteration_book_add(&p->book, &book);
    if (threshold_add(w->threshold, delta, &p->data) > 0)
        w->meant = true;
    if (is_window(w) && !is_of_plan(w->threshold))
        judge_windows_before(w, w->newest + 1);
}

void watch_end(struct threshold_watch *w)
{
    if (is_window(w))
        judge_windows_before(w, w->newest + 1);
    else
        judge_stages_before(w, w->plan->n_stages);
}

static bool is_nowhere(const struct threshold_watch *w)
{
    return !w->meant && (w->threshold->name.p || w->threshold->n_tags);
}

static str why_nothing(const struct threshold_watch *w, const struct results *results,
                       struct arena *arena)
{
    const struct threshold *t = w->threshold;
    if (is_nowhere(w))
        return threshold_no_series(t, results, arena);
    if (is_window(w) && w->newest + 1 < (int64_t)t->window_s)
        return arena_printf(arena, "the run was shorter than %s",
                            human_duration(t->window_s * NS_PER_S).text);
    return str_from(t->figure->nothing);
}

struct threshold_result watch_result(const struct threshold_watch *w, const struct results *results,
                                     struct arena *arena)
{
    struct threshold_result r = {.expr = w->threshold->expr, .unit = w->threshold->unit};
    r.has_value = w->n > 0 && !is_nowhere(w);
    r.parts = w->n;
    r.missed = w->missed;
    if (!r.has_value) {
        r.why = why_nothing(w, results, arena);
        return r;
    }
    r.value = w->worst;
    r.from_s = w->from_s;
    r.to_s = w->to_s;
    r.passed = w->missed == 0;
    return r;
}
