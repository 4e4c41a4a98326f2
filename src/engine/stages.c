/* A timer that goes from border to border. */
#include "engine/stages.h"

#include "base/list.h"

/* Where stage i of the load begins; i = n: where the load ends. */
static uint64_t begin_of(const struct profile *p, unsigned i)
{
    struct profile before = {p->model, p->stages, i};
    return profile_duration_ns(&before);
}

static void tell_stage(struct stages *s, const struct load *l, unsigned i, uint64_t at_ns)
{
    struct buf text = {0};
    struct profile one = {l->profile.model, &l->profile.stages[i], 1};
    if (l->name.n)
        buf_printf(&text, STR_FMT ": ", STR_ARG(l->name));
    if (l->profile.n > 1)
        buf_printf(&text, "stage %u of %u: ", i + 1, l->profile.n);
    profile_describe(&one, s->user, s->users, &text);
    buf_char(&text, 0);
    s->tell(s->owner, at_ns, "stage", text.p);
    buf_free(&text);
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* What begins at or after s->told_ns and until now; the time of what comes next. */
static uint64_t tell_load(struct stages *s, const struct load *l, uint64_t now_ns)
{
    for (unsigned i = 0; i < l->profile.n; i++) {
        uint64_t at_ns = begin_of(&l->profile, i);
        if (at_ns > now_ns)
            return at_ns;
        if (at_ns >= s->told_ns)
            tell_stage(s, l, i, at_ns);
    }
    uint64_t end_ns = begin_of(&l->profile, l->profile.n);
    return end_ns > now_ns ? end_ns : UINT64_MAX;
}

static void advance(struct timer *t)
{
    struct stages *s = CONTAINER_OF(t, struct stages, timer);
    uint64_t now = loop_now(s->loop), next_ns = UINT64_MAX;
    uint64_t now_ns = now > s->start_ns ? now - s->start_ns : 0;
    for (unsigned i = 0; i < s->plan->n_loads; i++)
        next_ns = earlier(next_ns, tell_load(s, &s->plan->loads[i], now_ns));
    if (s->told_ns <= now_ns)
        s->told_ns = now_ns + 1;
    if (next_ns != UINT64_MAX)
        loop_timer_arm(s->loop, t, s->start_ns + next_ns);
    else if (plan_length_ns(s->plan) != UINT64_MAX)
        s->tell(s->owner, plan_length_ns(s->plan), "end", "the plan has ended");
}

void stages_begin(struct stages *s)
{
    s->timer.fire = advance;
    loop_timer_arm(s->loop, &s->timer, s->start_ns);
}

void stages_changed(struct stages *s, uint64_t at_ns)
{
    s->told_ns = at_ns + 1;
    loop_timer_arm(s->loop, &s->timer, 0);
}

void stages_end(struct stages *s)
{
    if (s->loop)
        loop_timer_disarm(s->loop, &s->timer);
}
