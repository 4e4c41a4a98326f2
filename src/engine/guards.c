/* Thresholds from the first second to the verdict. */
#include "engine/guards.h"

#include <math.h>

#include "base/clock.h"
#include "base/mem.h"
#include "engine/conclude.h"
#include "stats/threshold_watch.h"

/* One threshold. */
struct guard {
    const struct threshold *threshold;
    struct threshold_watch over; /* unless it is over the whole run */
    bool given_up;               /* it has `abort` and was missed: its value stays this one */
    struct threshold_result when;
};

struct guards {
    const struct plan *plan;
    struct watch_plan asked;
    uint64_t *stages_ns;
    struct guard *list;
    unsigned n;
    uint64_t seen_ns;   /* of the plan: the end of the last second that came */
    struct arena arena; /* results of those that ended the run */
};

bool guards_fits(const struct plan *plan, const struct threshold *t, struct err *e)
{
    unsigned stages = plan->loads[0].profile.n;
    if (t->span == SPAN_RUN || t->span == SPAN_WINDOW)
        return true;
    if (plan->n_loads > 1)
        return err_set(e, ERR_USAGE,
                       "threshold '" STR_FMT
                       "': stages are those of one scenario, and this run has "
                       "%u; write over 30s",
                       STR_ARG(t->expr), plan->n_loads);
    if (t->span == SPAN_EACH_STAGE || t->stage <= stages)
        return true;
    return err_set(e, ERR_USAGE, "threshold '" STR_FMT "': the load has %u stage%s",
                   STR_ARG(t->expr), stages, stages == 1 ? "" : "s");
}

/* ---- the plan ---- */

static double asked_arrivals(const void *plan, uint64_t from_ns, uint64_t to_ns)
{
    const struct plan *p = plan;
    double sum = 0;
    if (!plan_is_open(p))
        return (double)NAN;
    for (unsigned i = 0; i < p->n_loads; i++) {
        const struct profile *profile = &p->loads[i].profile;
        if (profile->model == LOAD_OPEN)
            sum +=
                profile_arrivals_before(profile, to_ns) - profile_arrivals_before(profile, from_ns);
    }
    return sum;
}

static void read_stages(struct guards *g)
{
    const struct profile *p = &g->plan->loads[0].profile;
    uint64_t end_ns = 0;
    g->stages_ns = mem_array(p->n, sizeof *g->stages_ns);
    for (unsigned i = 0; i < p->n; i++) {
        if (__builtin_add_overflow(end_ns, p->stages[i].duration_ns, &end_ns))
            end_ns = UINT64_MAX;
        g->stages_ns[i] = end_ns;
    }
    g->asked = (struct watch_plan){.stages_ns = g->stages_ns,
                                   .n_stages = p->n,
                                   .length_ns = conclude_expected_ns(g->plan),
                                   .asked = asked_arrivals,
                                   .owner = g->plan};
}

struct guards *guards_open(const struct plan *plan, const struct threshold *list, unsigned n)
{
    struct guards *g = mem_zero(sizeof *g);
    g->plan = plan;
    g->n = n;
    g->list = mem_array(n, sizeof *g->list);
    read_stages(g);
    for (unsigned i = 0; i < n; i++) {
        g->list[i].threshold = &list[i];
        if (list[i].span != SPAN_RUN)
            watch_init(&g->list[i].over, &list[i], &g->asked);
    }
    return g;
}

void guards_close(struct guards *g)
{
    for (unsigned i = 0; i < g->n; i++)
        if (g->list[i].threshold->span != SPAN_RUN)
            watch_free(&g->list[i].over);
    arena_free(&g->arena);
    mem_free(g->list);
    mem_free(g->stages_ns);
    mem_free(g);
}

bool guards_need_stages(const struct guards *g)
{
    for (unsigned i = 0; i < g->n; i++)
        if (g->list[i].threshold->span != SPAN_RUN && g->list[i].threshold->span != SPAN_WINDOW)
            return true;
    return false;
}

void guards_changed(struct guards *g)
{
    g->asked.length_ns = conclude_expected_ns(g->plan);
}

void guards_stopped(struct guards *g, uint64_t at_ns)
{
    if (at_ns < g->asked.length_ns)
        g->asked.length_ns = at_ns;
}

/* ---- while it runs ---- */

/* The whole run, as far as it has come. */
static struct threshold_result judge_so_far(const struct guards *g, const struct threshold *t,
                                            const struct results *so_far, uint64_t length_ns,
                                            struct arena *arena)
{
    struct iteration_book book = iteration_books_total(&so_far->books);
    double length_s = (double)length_ns / (double)NS_PER_S;
    double asked = asked_arrivals(g->plan, 0, length_ns);
    book.planned = isnan(asked) ? book.started : (uint64_t)llround(asked);
    const struct threshold_input in = {
        .results = so_far,
        .iterations = &book,
        .length_s = length_s,
        .asked_rate = asked / length_s,
        .achieved_rate = (double)book.in_plan / length_s,
        .part = true,
    };
    return threshold_judge(t, &in, arena);
}

static struct threshold_result judge_now(const struct guards *g, const struct guard *one,
                                         const struct results *so_far, uint64_t now_ns,
                                         struct arena *arena)
{
    if (one->threshold->span != SPAN_RUN)
        return watch_result(&one->over, so_far, arena);
    return judge_so_far(g, one->threshold, so_far, now_ns, arena);
}

/* Does it end the run? What has no value yet may still get one. */
static bool ends_the_run(struct guards *g, struct guard *one, const struct results *so_far,
                         uint64_t now_ns)
{
    if (!one->threshold->abort || one->given_up || now_ns > g->asked.length_ns)
        return false;
    one->when = judge_now(g, one, so_far, now_ns, &g->arena);
    one->given_up = one->when.has_value && !one->when.passed;
    return one->given_up;
}

const struct threshold *guards_second(struct guards *g, const struct second *row,
                                      const struct results *so_far)
{
    const struct threshold *first = NULL;
    if (row->second < 0)
        return NULL;
    uint64_t end_ns = (uint64_t)(row->second + 1) * NS_PER_S;
    g->seen_ns = end_ns > g->seen_ns ? end_ns : g->seen_ns;
    for (unsigned i = 0; i < g->n; i++) {
        struct guard *one = &g->list[i];
        if (one->threshold->span != SPAN_RUN)
            watch_add(&one->over, row->second, row->delta);
        bool ends = ends_the_run(g, one, so_far, end_ns);
        if (ends && !first)
            first = one->threshold;
    }
    return first;
}

unsigned guards_stand(const struct guards *g, const struct results *so_far, struct arena *arena,
                      struct threshold_result **out)
{
    uint64_t length_ns = g->seen_ns < g->asked.length_ns ? g->seen_ns : g->asked.length_ns;
    if (g->seen_ns == 0)
        return 0;
    *out = arena_alloc(arena, (g->n + 1) * sizeof **out);
    for (unsigned i = 0; i < g->n; i++) {
        const struct guard *one = &g->list[i];
        (*out)[i] = one->given_up ? one->when : judge_now(g, one, so_far, length_ns, arena);
    }
    return g->n;
}

void guards_ended(struct guards *g, const struct threshold *t, uint64_t at_ns)
{
    for (unsigned i = 0; i < g->n; i++)
        if (g->list[i].threshold == t)
            g->list[i].when.aborted_s = (double)at_ns / (double)NS_PER_S;
}

/* ---- at the end ---- */

static struct threshold_result judge_at_end(struct guard *one, const struct summary *s,
                                            struct arena *arena)
{
    const struct threshold_input in = {.results = s->results,
                                       .iterations = &s->iterations,
                                       .length_s = s->length_s,
                                       .asked_rate = s->asked_rate,
                                       .achieved_rate = s->achieved_rate};
    if (one->threshold->span != SPAN_RUN)
        watch_end(&one->over);
    if (one->given_up)
        return one->when;
    if (one->threshold->span != SPAN_RUN)
        return watch_result(&one->over, s->results, arena);
    return threshold_judge(one->threshold, &in, arena);
}

void guards_judge(struct guards *g, struct summary *s, struct arena *arena)
{
    struct verdict *v = s->verdict;
    v->thresholds = arena_alloc(arena, g->n * sizeof *v->thresholds);
    v->n_thresholds = g->n;
    v->n_missed = 0;
    guards_stopped(g, (uint64_t)llround(s->length_s * (double)NS_PER_S));
    for (unsigned i = 0; i < g->n; i++) {
        v->thresholds[i] = judge_at_end(&g->list[i], s, arena);
        v->n_missed += !v->thresholds[i].passed;
    }
}
