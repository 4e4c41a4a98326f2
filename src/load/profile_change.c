/* A plan that is changed while it runs: what was asked for so far stays, and with it the integral
 * of the rate at the moment of the change, from which arrivals are counted on. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "load/profile.h"

/* The level of a stage at a moment of it; users are whole. */
static double level_at(const struct profile *p, const struct stage *s, uint64_t inside_ns)
{
    double level = s->from + (s->to - s->from) * ((double)inside_ns / (double)s->duration_ns);
    return p->model == LOAD_CLOSED ? round(level) : level;
}

/* The first stage that does not end by at_ns; *inside_ns: how much of it is over. p->n: none. */
static unsigned stage_at(const struct profile *p, uint64_t at_ns, uint64_t *inside_ns)
{
    unsigned i = 0;
    for (; i < p->n; i++) {
        const struct stage *s = &p->stages[i];
        bool over = s->duration_ns ? s->duration_ns <= at_ns : at_ns > 0;
        if (!over)
            break;
        at_ns -= s->duration_ns;
    }
    *inside_ns = at_ns;
    return i;
}

bool profile_rest(const struct profile *p, uint64_t at_ns, struct arena *arena, struct profile *out)
{
    uint64_t inside;
    unsigned first = stage_at(p, at_ns, &inside);
    *out = (struct profile){.model = p->model, .n = p->n - first};
    if (first == p->n)
        return false;
    out->stages = arena_alloc(arena, out->n * sizeof *out->stages);
    memcpy(out->stages, p->stages + first, out->n * sizeof *out->stages);
    struct stage *cut = out->stages;
    if (inside == 0)
        return true;
    if (cut->from != cut->to)
        cut->from = level_at(p, cut, inside);
    if (cut->duration_ns != UINT64_MAX)
        cut->duration_ns -= inside;
    return true;
}

struct profile profile_replace(const struct profile *p, uint64_t at_ns, const struct profile *tail,
                               struct arena *arena)
{
    uint64_t inside;
    unsigned whole = stage_at(p, at_ns, &inside), head = whole + (whole < p->n && inside > 0);
    assert(tail->model == p->model && tail->n > 0);
    struct profile changed = {.model = p->model, .n = head + tail->n};
    changed.stages = arena_alloc(arena, changed.n * sizeof *changed.stages);
    memcpy(changed.stages, p->stages, head * sizeof *changed.stages);
    memcpy(changed.stages + head, tail->stages, tail->n * sizeof *changed.stages);
    if (head > whole) {
        struct stage *cut = &changed.stages[whole];
        if (cut->from != cut->to)
            cut->to = level_at(p, cut, inside);
        cut->duration_ns = inside;
    }
    return changed;
}
