/* Facts about a load plan, and the plan in words. */
#include "load/profile.h"

#include "base/clock.h"
#include "base/units.h"
#include "load/integral.h"

static const uint64_t longest_ns = 366 * 24 * 3600 * NS_PER_S;
static const double most = 0x1p53; /* whole numbers up to here are exact in a double */

struct profile profile_constant(enum load_model model, double level, uint64_t duration_ns,
                                struct arena *arena)
{
    struct stage *s = arena_alloc(arena, sizeof *s);
    *s = (struct stage){.from = level, .to = level, .duration_ns = duration_ns};
    return (struct profile){model, s, 1};
}

uint64_t profile_duration_ns(const struct profile *p)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < p->n; i++)
        if (__builtin_add_overflow(sum, p->stages[i].duration_ns, &sum))
            return UINT64_MAX;
    return sum;
}

double profile_arrivals(const struct profile *p)
{
    long double sum = 0;
    for (unsigned i = 0; i < p->n; i++)
        sum = integral_after(&p->stages[i], sum);
    return (double)sum;
}

double profile_arrivals_before(const struct profile *p, uint64_t until_ns)
{
    long double sum = 0;
    uint64_t start = 0;
    for (unsigned i = 0; i < p->n && start <= until_ns; i++) {
        struct stage s = p->stages[i];
        uint64_t inside = until_ns - start;
        if (s.duration_ns > inside) {
            s.to = s.from + (s.to - s.from) * ((double)inside / (double)s.duration_ns);
            s.duration_ns = inside;
        }
        sum = integral_after(&s, sum);
        start += p->stages[i].duration_ns;
    }
    return (double)sum;
}

double profile_first_level(const struct profile *p)
{
    for (unsigned i = 0; i < p->n; i++) {
        const struct stage *s = &p->stages[i];
        if (s->from > 0 || s->to > 0)
            return s->from > 0 ? s->from : s->to;
    }
    return 0;
}

double profile_highest_level(const struct profile *p)
{
    double highest = 0;
    for (unsigned i = 0; i < p->n; i++) {
        const struct stage *s = &p->stages[i];
        double level = s->from > s->to ? s->from : s->to;
        if (level > highest)
            highest = level;
    }
    return highest;
}

double profile_level_at(const struct profile *p, uint64_t at_ns)
{
    for (unsigned i = 0; i < p->n; i++) {
        const struct stage *s = &p->stages[i];
        if (at_ns < s->duration_ns)
            return s->from + (s->to - s->from) * ((double)at_ns / (double)s->duration_ns);
        at_ns -= s->duration_ns;
    }
    return 0;
}

bool profile_check(const struct profile *p, struct err *e)
{
    double wanted = p->model == LOAD_OPEN ? profile_arrivals(p) : profile_highest_level(p);
    if (!(wanted > 0))
        return err_set(e, ERR_USAGE, "the plan starts nothing; write it like 1k for 2m");
    if (wanted > most)
        return err_set(e, ERR_USAGE, "the plan asks for %.3g %s, more than is possible", wanted,
                       p->model == LOAD_OPEN ? "starts" : "users");
    if (profile_duration_ns(p) > longest_ns)
        return err_set(e, ERR_USAGE, "the plan is longer than a year");
    return true;
}

static void describe_stage(const struct stage *s, const char *one, const char *many,
                           struct buf *out)
{
    struct human duration = human_duration(s->duration_ns), from = human_rate(s->from);
    bool ramp = s->from != s->to;
    if (s->at_once) {
        buf_printf(out, "%s at once", human_count(s->at_once).text);
        return;
    }
    if (!ramp && s->from == 0) {
        buf_str(out, STR("pause"));
        if (s->duration_ns != UINT64_MAX)
            buf_printf(out, " %s", duration.text);
        return;
    }
    buf_printf(out, "%s", from.text);
    if (ramp)
        buf_printf(out, "..%s", human_rate(s->to).text);
    buf_printf(out, " %s", s->from == 1 && s->to == 1 ? one : many);
    if (s->duration_ns != UINT64_MAX)
        buf_printf(out, " %s %s", ramp ? "over" : "for", duration.text);
}

void profile_describe(const struct profile *p, const char *user, const char *users, struct buf *out)
{
    bool open = p->model == LOAD_OPEN;
    for (unsigned i = 0; i < p->n; i++) {
        if (i)
            buf_str(out, STR(", "));
        describe_stage(&p->stages[i], open ? "start/s" : user, open ? "starts/s" : users, out);
    }
}
