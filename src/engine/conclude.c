/* Length of the plan as it was run, and the rates that divide by it. */
#include "engine/conclude.h"

#include <math.h>

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* When the first arrival that -n does not want any more would be due, at the plan's mean rate. */
static uint64_t end_by_count(const struct load *p)
{
    struct arrivals all =
        arrivals_make(&p->profile, ARRIVALS_UNIFORM, 0, UINT64_MAX, (struct share){0, 1});
    all.next_k = p->count;
    return arrivals_next(&all).due_ns;
}

static uint64_t expected_ns(const struct load *p)
{
    uint64_t length = profile_duration_ns(&p->profile);
    if (p->count == UINT64_MAX)
        return length;
    return p->profile.model == LOAD_OPEN ? earlier(length, end_by_count(p)) : UINT64_MAX;
}

uint64_t conclude_expected_ns(const struct plan *plan)
{
    uint64_t longest = 0;
    for (unsigned i = 0; i < plan->n_loads; i++) {
        uint64_t length = expected_ns(&plan->loads[i]);
        longest = length > longest ? length : longest;
    }
    return longest;
}

/* Up to the last thing that was done; not where a reader was stopped while it waited for more. */
static bool has_ended_itself(const struct load *p, const struct iteration_book *b, bool stopped)
{
    bool waited = stopped && b->completed + b->script_error < b->started;
    if (p->ends_itself)
        return p->profile.model == LOAD_OPEN || !waited;
    bool counted = p->profile.model == LOAD_CLOSED && p->count != UINT64_MAX;
    return counted && b->started >= p->count;
}

static uint64_t length_ns(const struct load *p, const struct iteration_book *b, uint64_t stopped_ns)
{
    uint64_t length = profile_duration_ns(&p->profile);
    if (p->count != UINT64_MAX && p->profile.model == LOAD_OPEN)
        length = earlier(length, end_by_count(p));
    if (has_ended_itself(p, b, stopped_ns != CONCLUDE_NOT_STOPPED))
        length = earlier(length, b->last_done_ns);
    return earlier(length, stopped_ns);
}

/* The workers say what they started and skipped; the law says how many there had to be. A Poisson
 * sequence is not drawn again for that. */
static uint64_t planned(const struct load *p, const struct iteration_book *b, uint64_t length,
                        uint64_t stopped_ns)
{
    uint64_t said = b->started + b->skipped;
    if (p->profile.model == LOAD_CLOSED || p->law != ARRIVALS_UNIFORM)
        return said;
    bool whole = stopped_ns == CONCLUDE_NOT_STOPPED || stopped_ns > length;
    bool told_late = !whole || p->changed;
    uint64_t law =
        arrivals_count(&p->profile, p->law, p->seed, p->count, whole ? UINT64_MAX : length);
    /* Before a worker hears of Ctrl-C or a change it may start what is due a moment later. */
    return told_late && said > law ? said : law;
}

void conclude_unanswered(struct results *results, struct summary *summary)
{
    for (unsigned i = 0; i < results->books.n; i++) {
        struct iteration_book *b = &results->books.list[i];
        b->unaccounted = b->planned - b->started - b->skipped;
    }
    summary->iterations = iteration_books_total(&results->books);
}

void conclude(const struct plan *plan, const uint64_t *stopped_ns, struct results *results,
              struct summary *summary)
{
    uint64_t longest = 0;
    double asked = 0;
    for (unsigned i = 0; i < plan->n_loads; i++) {
        const struct load *l = &plan->loads[i];
        struct iteration_book *b = iteration_books_at(&results->books, i);
        uint64_t length = length_ns(l, b, stopped_ns[i]);
        b->planned = planned(l, b, length, stopped_ns[i]);
        longest = length > longest ? length : longest;
        if (l->profile.model == LOAD_OPEN)
            asked += profile_arrivals_before(&l->profile, length);
    }
    summary->iterations = iteration_books_total(&results->books);
    summary->length_s = (double)longest / 1e9;
    summary->asked_rate = plan_is_open(plan) && longest ? asked / summary->length_s : (double)NAN;
    summary->achieved_rate = longest && !plan->reads
                                 ? (double)summary->iterations.in_plan / summary->length_s
                                 : (double)NAN;
}
