/* The verdict, of a run that is over and of one that goes on: one way for both, so that what people
 * watch is what they will be told. A run that goes on is judged as if it ended with its newest
 * complete second. */
#include "base/clock.h"
#include "base/process.h"
#include "engine/run_inside.h"

/* Starts of the newest second may stand in the next report; who is later than this is late by any
 * measure. */
#define OWED_NS NS_PER_S

void run_judge(struct run *r, struct summary *s)
{
    if (r->concluded)
        health_judge(s);
    else
        health_judge_so_far(s);
    summary_notes(s);
    if (r->n_changes)
        verdict_note(s->verdict,
                     "the load was changed by hand while it ran (%u time%s): what was asked for is "
                     "the plan as it was changed",
                     r->n_changes, r->n_changes == 1 ? "" : "s");
}

/* As if each load that goes on had been stopped then. */
static void conclude_at(const struct run *r, uint64_t at_ns, struct results *so_far,
                        struct summary *s)
{
    struct arena arena = {0};
    uint64_t *stopped = arena_alloc(&arena, (r->plan.n_loads + 1) * sizeof *stopped);
    for (unsigned i = 0; i < r->plan.n_loads; i++)
        stopped[i] = r->stopped_ns[i] < at_ns ? r->stopped_ns[i] : at_ns;
    conclude(&r->plan, stopped, so_far, s);
    arena_free(&arena);
}

/* The end of the newest complete second. */
static uint64_t complete_ns(const struct run *r)
{
    return (uint64_t)(r->seconds.closed + 1) * NS_PER_S;
}

double control_length_s(const struct control *c, struct results *so_far)
{
    struct summary s = {0};
    conclude_at(c->run, complete_ns(c->run), so_far, &s);
    return s.length_s;
}

void control_stand(const struct control *c, struct results *so_far, struct standing *out)
{
    struct run *r = c->run;
    uint64_t until_ns = complete_ns(r);
    *out = (struct standing){.verdict = r->verdict};
    struct summary *s = &out->summary;
    results_total(so_far, &out->total);
    *s = (struct summary){.info = r->setup->info,
                          .results = so_far,
                          .total = &out->total,
                          .verdict = &out->verdict,
                          .failed = r->failed,
                          .balanced = true,
                          .cpu_s = (double)(clock_cpu_ns() - r->cpu_ns) / (double)NS_PER_S,
                          .rss_bytes = process_resident_bytes()};
    conclude_at(r, until_ns > OWED_NS ? until_ns - OWED_NS : 0, so_far, s);
    run_judge(r, s);
    run_ask_doubts(r, s);
    conclude_at(r, until_ns, so_far, s);
    out->verdict.n_thresholds =
        guards_stand(r->guards, &r->results, &out->arena, &out->verdict.thresholds);
    for (unsigned i = 0; i < out->verdict.n_thresholds; i++)
        out->verdict.n_missed += !out->verdict.thresholds[i].passed;
}

void standing_free(struct standing *s)
{
    series_data_free(&s->total);
    arena_free(&s->arena);
    *s = (struct standing){.verdict = {.validity = RUN_VALID}};
}
