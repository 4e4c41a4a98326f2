/* Length of the plan as it was run, and the rates that divide by it. */
#include "engine/conclude.h"

#include <math.h>

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* When the first arrival that -n does not want any more would be due, at the plan's mean rate. */
static uint64_t end_by_count(const struct plan *p)
{
    struct arrivals all =
        arrivals_make(&p->profile, ARRIVALS_UNIFORM, 0, UINT64_MAX, (struct share){0, 1});
    all.next_k = p->count;
    return arrivals_next(&all).due_ns;
}

static uint64_t length_ns(const struct plan *p, const struct results *r, uint64_t stopped_ns)
{
    uint64_t length = profile_duration_ns(&p->profile);
    bool counted = p->count != UINT64_MAX;
    if (counted && p->profile.model == LOAD_OPEN)
        length = earlier(length, end_by_count(p));
    if (counted && p->profile.model == LOAD_CLOSED && r->iterations.started >= p->count)
        length = earlier(length, r->last_done_ns);
    return earlier(length, stopped_ns);
}

/* The workers say what they started and skipped; the law says how many there had to be. A Poisson
 * sequence is not drawn again for that. */
static uint64_t planned(const struct plan *p, const struct results *r, uint64_t length,
                        uint64_t stopped_ns)
{
    uint64_t said = r->iterations.started + r->iterations.skipped;
    if (p->profile.model == LOAD_CLOSED || p->law == ARRIVALS_POISSON)
        return said;
    bool whole = stopped_ns == CONCLUDE_NOT_STOPPED || stopped_ns > length;
    uint64_t law =
        arrivals_count(&p->profile, p->law, p->seed, p->count, whole ? UINT64_MAX : length);
    /* Before a worker hears of Ctrl-C it may start what is due a moment later. */
    return whole || law > said ? law : said;
}

void conclude(const struct plan *plan, uint64_t stopped_ns, struct results *results,
              struct summary *summary)
{
    uint64_t length = length_ns(plan, results, stopped_ns);
    bool open = plan->profile.model == LOAD_OPEN;
    summary->length_s = (double)length / 1e9;
    results->iterations.planned = planned(plan, results, length, stopped_ns);
    summary->asked_rate = open && length
                              ? profile_arrivals_before(&plan->profile, length) / summary->length_s
                              : (double)NAN;
    summary->achieved_rate =
        length ? (double)results->iterations.in_plan / summary->length_s : (double)NAN;
}
