/* The signs of a generator that spoiled its own run. */
#include "engine/health.h"

#include "base/clock.h"
#include "base/units.h"

/* A sign that is worse than a fixed limit or a share of the target's own response time. */
struct limit {
    uint64_t least_ns;  /* below this nothing is said */
    double of_response; /* or below this share of the median response time */
};

static const struct limit lateness_degraded = {NS_PER_MS, 0.10};
static const struct limit lateness_invalid = {10 * NS_PER_MS, 0.50};
static const uint64_t turn_degraded_ns = 50 * NS_PER_MS;
static const uint64_t turn_invalid_ns = 500 * NS_PER_MS;
static const double started_degraded = 0.999, started_invalid = 0.99;

static bool exceeds(uint64_t ns, struct limit l, uint64_t response_p50)
{
    double share = l.of_response * (double)response_p50;
    return (double)ns > (share > (double)l.least_ns ? share : (double)l.least_ns);
}

static enum validity grade(bool degraded, bool invalid)
{
    return invalid ? RUN_INVALID : degraded ? RUN_DEGRADED : RUN_VALID;
}

enum validity health_of_lateness(const struct hist *late, uint64_t response_p50)
{
    uint64_t p99 = hist_percentile(late, 99);
    return grade(exceeds(p99, lateness_degraded, response_p50),
                 exceeds(p99, lateness_invalid, response_p50));
}

static void judge_lateness(const struct summary *s)
{
    const struct hist *late = &s->results->lateness;
    uint64_t p99 = hist_percentile(late, 99), p50 = hist_percentile(&s->total->response, 50);
    enum validity v = health_of_lateness(late, p50);
    if (v == RUN_VALID)
        return;
    verdict_reason(s->verdict, v,
                   "1 in 100 starts was %s late or more%s%s: this machine could not keep the "
                   "schedule",
                   human_time((double)p99 / 1e9).text, p50 ? ", the median response time is " : "",
                   p50 ? human_time((double)p50 / 1e9).text : "");
}

/* Iterations of the loads that skip nothing by the user's own wish. */
static struct iteration_book owed_by_us(const struct summary *s)
{
    const struct plan *p = s->info->plan;
    struct iteration_book sum = {0};
    for (unsigned i = 0; i < p->n_loads && i < s->results->books.n; i++)
        if (p->loads[i].profile.model == LOAD_OPEN && p->loads[i].overload == OVERLOAD_QUEUE)
            iteration_book_add(&sum, &s->results->books.list[i]);
    return sum;
}

static void judge_started(const struct summary *s)
{
    struct iteration_book b = owed_by_us(s);
    if (b.planned == 0)
        return;
    double share = (double)b.started / (double)b.planned;
    enum validity v = grade(share < started_degraded, share < started_invalid);
    if (v != RUN_VALID)
        verdict_reason(s->verdict, v, "only %.2f %% of the planned iterations were started",
                       share * 100);
}

enum validity health_of_turns(const struct hist *turn)
{
    return grade(turn->max > turn_degraded_ns, turn->max > turn_invalid_ns);
}

static void judge_turns(const struct summary *s)
{
    const struct hist *turn = &s->results->turn;
    enum validity v = health_of_turns(turn);
    if (v != RUN_VALID)
        verdict_reason(s->verdict, v, "weir itself stood still for %s in one turn of its loop",
                       human_time((double)turn->max / 1e9).text);
}

static void judge_books(struct summary *s)
{
    const struct results *r = s->results;
    bool calls = call_book_balanced(s->total);
    for (size_t i = 0; i < r->n_calls; i++)
        calls = calls && call_book_balanced(&r->list[i]->data);
    for (size_t i = 0; i < r->n_records; i++)
        calls = calls && record_book_balanced(&r->list[r->n_timed + i]->data);
    bool iterations = true;
    for (unsigned i = 0; i < r->books.n; i++)
        iterations = iterations && iteration_book_balanced(&r->books.list[i]);
    bool replies = r->replies.classes[REPLY_IN_TIME] == results_answered(r);
    s->balanced = calls && iterations && replies;
    if (!s->balanced)
        verdict_reason(s->verdict, RUN_INVALID,
                       "the books do not balance: this is a fault of weir");
}

void health_judge_so_far(struct summary *s)
{
    judge_started(s);
    judge_lateness(s);
    judge_turns(s);
}

void health_judge(struct summary *s)
{
    judge_books(s);
    health_judge_so_far(s);
}

/* Calls, or whole iterations of a script. */
static bool nothing_succeeded(const struct summary *s)
{
    const struct iteration_book *b = &s->iterations;
    return (s->total->started > 0 && s->total->fates[FATE_OK] == 0) ||
           (b->script_error > 0 && b->completed == 0);
}

int health_exit_code(const struct summary *s, bool output_failed)
{
    const struct verdict *v = s->verdict;
    if (s->interrupted)
        return 130;
    if (output_failed || s->failed || nothing_succeeded(s))
        return 1;
    if (v->validity == RUN_INVALID)
        return 4;
    return v->n_missed > 0 || v->n_audits_failed > 0 ? 3 : 0;
}
