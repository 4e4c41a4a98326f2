/* Orders of people. A change of the load holds from one instant on, the same for all workers, a
 * little ahead so that each has heard of it: they go on counting where the plan is then. */
#include <math.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/units.h"
#include "engine/run_inside.h"

/* A plan that ends so soon is not changed any more: a worker might have ended it. */
#define LAST_MOMENT_NS (500 * NS_PER_MS)

enum { STAGES_MOST = 2000 }; /* of a plan that was changed again and again */

const char *control_phase_name(enum control_phase p)
{
    static const char *const names[CONTROL_PHASES] = {"preparing", "held",     "warmup", "running",
                                                      "paused",    "draining", "over"};
    return names[p];
}

/* ---- what is possible ---- */

static bool has_ended(const struct run *r, uint64_t now)
{
    uint64_t length = conclude_expected_ns(&r->plan);
    return r->phase >= RUN_STOPPING || run_all_stopped_ns(r) != CONCLUDE_NOT_STOPPED ||
           (length != UINT64_MAX && run_plan_ns(r, now) >= length);
}

static enum control_phase phase_of(const struct run *r, uint64_t now)
{
    if (r->concluded)
        return CONTROL_OVER;
    if (r->phase == RUN_PREPARING)
        return CONTROL_PREPARING;
    if (r->phase == RUN_HELD)
        return CONTROL_HELD;
    if (has_ended(r, now))
        return CONTROL_DRAINING;
    if (now < r->start_ns)
        return CONTROL_WARMUP;
    return r->paused ? CONTROL_PAUSED : CONTROL_RUNNING;
}

/* NULL: it is; else why the load cannot be changed. */
static const char *is_changeable(const struct run *r)
{
    if (r->plan.reads)
        return "this run reads what others send: it has no load that could change";
    if (guards_need_stages(r->guards))
        return "a threshold is about a stage of the plan, so the plan stays as it is";
    return NULL;
}

void control_look(const struct control *c, struct control_state *out)
{
    const struct run *r = c->run;
    uint64_t now = clock_now_ns();
    enum control_phase p = phase_of(r, now);
    bool goes = p == CONTROL_RUNNING || p == CONTROL_PAUSED, may = !is_changeable(r);
    *out = (struct control_state){.phase = p,
                                  .plan = &r->plan,
                                  .at_ns = r->start_ns ? run_plan_ns(r, now) : 0,
                                  .length_ns = conclude_expected_ns(&r->plan)};
    if (goes && out->at_ns < r->changed_ns)
        out->at_ns = r->changed_ns;
    out->can[ORDER_START] = p == CONTROL_HELD;
    out->can[ORDER_STOP] = p >= CONTROL_HELD && p != CONTROL_OVER;
    out->can[ORDER_PAUSE] = p == CONTROL_RUNNING && may;
    out->can[ORDER_RESUME] = p == CONTROL_PAUSED;
    out->can[ORDER_CHANGE] = goes && may;
    out->can[ORDER_MARK] = p >= CONTROL_WARMUP && p != CONTROL_OVER;
}

static const char *why_not(const struct run *r, enum order_kind kind, enum control_phase p)
{
    const char *changes = is_changeable(r);
    if (p == CONTROL_OVER)
        return "the run is over";
    if (kind == ORDER_START)
        return p == CONTROL_PREPARING ? "not everybody is connected yet" : "it has started already";
    if (p < CONTROL_WARMUP)
        return "it has not started yet";
    if (changes)
        return changes;
    if (p == CONTROL_WARMUP)
        return "it is still warming up";
    if (p == CONTROL_DRAINING)
        return "the plan has ended, only what is in flight is waited for";
    return kind == ORDER_PAUSE ? "it is paused already" : "it is not paused";
}

/* ---- changes of the load ---- */

static bool is_stopped(const struct run *r, unsigned load)
{
    return r->stopped_ns[load] != CONCLUDE_NOT_STOPPED;
}

/* From at_ns (of the plan) on, the load does what `tail` asks for. */
static void change_load(struct run *r, unsigned i, const struct profile *tail, uint64_t at_ns)
{
    struct load *l = &r->loads[i];
    l->profile = profile_replace(&l->profile, at_ns, tail, &r->changes);
    l->changed = true;
    r->crew->table->change(r->crew, i, &l->profile, r->start_ns + at_ns);
}

/* The plan as it is now is another one. */
static void changed(struct run *r, uint64_t at_ns, const char *kind, const char *text)
{
    r->changed_ns = at_ns;
    stages_changed(&r->stages, at_ns);
    guards_changed(r->guards);
    run_tell_event(r, at_ns, kind, text);
    run_tell_changed(r);
}

static bool in_time(const struct run *r, uint64_t at_ns, struct err *e)
{
    uint64_t length = conclude_expected_ns(&r->plan);
    return length == UINT64_MAX || at_ns + LAST_MOMENT_NS <= length ||
           err_set(e, ERR_RUN, "the plan ends in a moment");
}

static bool pause_all(struct run *r, uint64_t at_ns, struct err *e)
{
    struct stage *nothing = arena_alloc(&r->changes, sizeof *nothing);
    nothing->duration_ns = UINT64_MAX;
    if (!in_time(r, at_ns, e))
        return false;
    for (unsigned i = 0; i < r->plan.n_loads; i++) {
        const struct profile pause = {r->loads[i].profile.model, nothing, 1};
        r->rests[i].n = 0;
        if (!is_stopped(r, i) &&
            profile_rest(&r->loads[i].profile, at_ns, &r->changes, &r->rests[i]))
            change_load(r, i, &pause, at_ns);
    }
    r->paused = true;
    r->n_changes++;
    changed(r, at_ns, "pause", "paused: no starts");
    return true;
}

static void resume_all(struct run *r, uint64_t at_ns)
{
    for (unsigned i = 0; i < r->plan.n_loads; i++)
        if (r->rests[i].n && !is_stopped(r, i))
            change_load(r, i, &r->rests[i], at_ns);
    r->paused = false;
    changed(r, at_ns, "resume", "resumed");
}

/* What an order asks for, as stages: a level holds for as long as the plan has left. */
static bool read_tail(struct run *r, const struct order *o, const struct profile *rest,
                      struct profile *tail, struct err *e)
{
    if (o->stages.n) {
        *tail = o->stages;
        return o->stages.model == rest->model ||
               err_set(e, ERR_USAGE, "this load is in %s, the stages are in %s",
                       rest->model == LOAD_OPEN ? "starts per second" : "users",
                       rest->model == LOAD_OPEN ? "users" : "starts per second");
    }
    bool whole = o->level == floor(o->level);
    if (!(o->level > 0) || o->level > 1e9 || (rest->model == LOAD_CLOSED && !whole))
        return err_set(e, ERR_USAGE,
                       rest->model == LOAD_OPEN
                           ? "a rate is more than 0 and at most 1G starts per second"
                           : "users are a whole number from 1 on");
    *tail = profile_constant(rest->model, o->level, profile_duration_ns(rest), &r->changes);
    return true;
}

/* Each worker has its share of -n: one without a user would never end. */
static bool leaves_some_idle(const struct run *r, unsigned load, const struct profile *tail)
{
    const struct load *l = &r->loads[load];
    return l->profile.model == LOAD_CLOSED && l->count != UINT64_MAX &&
           profile_highest_level(tail) < r->plan.threads;
}

static bool fits(const struct run *r, unsigned load, const struct profile *tail, struct err *e)
{
    if (leaves_some_idle(r, load, tail))
        return err_set(e, ERR_RUN,
                       "with a number of iterations each of the %u workers needs a user",
                       r->plan.threads);
    if (r->loads[load].profile.n + tail->n <= STAGES_MOST)
        return true;
    return err_set(e, ERR_RUN, "the load was changed too often: its plan has %u stages",
                   r->loads[load].profile.n);
}

static void tell_change(struct run *r, unsigned load, const struct profile *tail, uint64_t at_ns)
{
    struct buf text = {0};
    const struct run_words *words = run_words(r->setup->info);
    str name = r->loads[load].name;
    if (name.n)
        buf_printf(&text, STR_FMT ": ", STR_ARG(name));
    buf_str(&text, STR("changed to "));
    profile_describe(tail, words->user, words->users, &text);
    buf_char(&text, 0);
    changed(r, at_ns, "change", text.p);
    buf_free(&text);
}

static bool change_one(struct run *r, const struct order *o, uint64_t at_ns, struct err *e)
{
    struct profile rest, tail;
    if (is_stopped(r, o->load))
        return err_set(e, ERR_RUN, "this load was stopped");
    if (!r->paused && !in_time(r, at_ns, e))
        return false;
    if (r->paused)
        rest = r->rests[o->load];
    else if (!profile_rest(&r->loads[o->load].profile, at_ns, &r->changes, &rest))
        rest.n = 0;
    if (rest.n == 0)
        return err_set(e, ERR_RUN, "this load has ended");
    if (!read_tail(r, o, &rest, &tail, e) || !fits(r, o->load, &tail, e))
        return false;
    if (r->paused)
        r->rests[o->load] = profile_replace(&tail, 0, &tail, &r->changes); /* a copy */
    else
        change_load(r, o->load, &tail, at_ns);
    r->n_changes++;
    tell_change(r, o->load, &tail, at_ns);
    return true;
}

/* ---- the others ---- */

static void stop_by_hand(struct run *r, uint64_t now)
{
    struct buf text = {0};
    if (r->phase == RUN_HELD) {
        err_set(&r->failure, ERR_RUN, "stopped before the load began");
        r->over = true;
        return;
    }
    if (has_ended(r, now)) {
        run_abort_drain(r);
        return;
    }
    buf_printf(&text, "stopped by hand after %s",
               human_duration(run_plan_ns(r, now) / NS_PER_MS * NS_PER_MS).text);
    buf_char(&text, 0);
    run_stop_asked(r, CREW_ALL, now, text.p);
    buf_free(&text);
    run_tell_changed(r);
}

static bool obey(struct run *r, const struct order *o, struct err *e)
{
    uint64_t now = clock_now_ns(), at_ns = run_plan_ns(r, now + CONTROL_AHEAD_NS);
    switch (o->kind) {
    case ORDER_START:
        run_start(r);
        return true;
    case ORDER_STOP:
        stop_by_hand(r, now);
        return true;
    case ORDER_PAUSE:
        return pause_all(r, at_ns, e);
    case ORDER_RESUME:
        resume_all(r, at_ns);
        return true;
    case ORDER_CHANGE:
        return change_one(r, o, at_ns, e);
    default:
        run_tell_event(r, run_plan_ns(r, now), "mark", arena_z(&r->changes, o->text));
        return true;
    }
}

bool control_give(struct control *c, const struct order *o, struct err *e)
{
    struct control_state s;
    control_look(c, &s);
    if (!s.can[o->kind])
        return err_set(e, ERR_RUN, "%s", why_not(c->run, o->kind, s.phase));
    return obey(c->run, o, e);
}

/* ---- opening and closing ---- */

/* The run's own copy of the plan, that follows changes. */
void run_open_control(struct run *r)
{
    unsigned n = r->setup->plan->n_loads;
    r->plan = *r->setup->plan;
    r->loads = mem_array(n, sizeof *r->loads);
    r->rests = mem_array(n, sizeof *r->rests);
    for (unsigned i = 0; i < n; i++)
        r->loads[i] = r->plan.loads[i];
    r->plan.loads = r->loads;
    r->setup->info->plan = &r->plan;
    r->control.run = r;
}

void run_close_control(struct run *r)
{
    r->setup->info->plan = r->setup->plan;
    arena_free(&r->changes);
    mem_free(r->loads);
    mem_free(r->rests);
}
