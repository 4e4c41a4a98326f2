/* What the crew says, and its seconds. */
#include "base/clock.h"
#include "base/log.h"
#include "engine/run_inside.h"

#define START_AHEAD_NS NS_PER_MS /* so that every worker has the start time before it comes */

void run_on_second(void *run, const struct second *row)
{
    struct run *r = run;
    const struct threshold *missed = guards_second(r->guards, row, &r->results);
    run_tell_second(r, row);
    if (missed)
        run_abort_by(r, missed);
}

void run_start(struct run *r)
{
    struct run_info *info = r->setup->info;
    r->phase = RUN_RUNNING;
    info->started_wall_ns = clock_wall_ns() + START_AHEAD_NS + plan_warmup_ns(&r->plan);
    run_tell_begin(r);
    r->cpu_ns = clock_cpu_ns();
    r->start_ns = clock_now_ns() + START_AHEAD_NS + plan_warmup_ns(&r->plan);
    info->started_wall_ns = clock_wall_ns() + START_AHEAD_NS + plan_warmup_ns(&r->plan);
    const struct run_words *words = run_words(info);
    r->stages = (struct stages){.loop = r->loop,
                                .plan = &r->plan,
                                .user = words->user,
                                .users = words->users,
                                .start_ns = r->start_ns,
                                .tell = run_tell_event,
                                .owner = r};
    stages_begin(&r->stages);
    r->crew->table->start(r->crew, r->start_ns);
    run_tell_changed(r);
}

static void run_hold(struct run *r)
{
    r->phase = RUN_HELD;
    log_note("held: everything is connected, Start begins the load (Ctrl-C: leave)");
    run_tell_changed(r);
}

static void on_ready(void *owner, const struct err *e)
{
    struct run *r = owner;
    struct run_info *info = r->setup->info;
    if (e) {
        r->failure = *e;
        r->over = true;
        return;
    }
    if (r->phase != RUN_PREPARING)
        return;
    info->loop = r->crew->loop;
    if (r->setup->hold)
        run_hold(r);
    else
        run_start(r);
}

static void on_report(void *owner, unsigned member, const struct recorder *rec)
{
    struct run *r = owner;
    results_add(&r->results, rec);
    seconds_add(&r->seconds, member, rec);
}

static void on_calls(void *owner, struct call_batch *batch)
{
    run_tell_calls(owner, batch);
}

static void on_shown(void *owner, const struct shown_call *call)
{
    run_tell_shown(owner, call);
}

static void on_call_failed(void *owner, const struct shown_call *call)
{
    run_tell_failed(owner, call);
}

static void on_stop_asked(void *owner, unsigned load, uint64_t at_ns, const char *why)
{
    run_stop_asked(owner, load, at_ns, why);
}

static void on_stuck(void *owner, unsigned load)
{
    struct run *r = owner;
    str name = r->plan.loads[load].name;
    verdict_reason(&r->verdict, RUN_INVALID,
                   "the scenario%s" STR_FMT
                   "%s did not come back for 5 s: an endless loop within one "
                   "function, string.find perhaps",
                   name.n ? " '" : "", STR_ARG(name), name.n ? "'" : "");
    run_tell_event(r, run_plan_ns(r, clock_now_ns()), "stuck", "a scenario did not come back");
    run_stop(r, CREW_ALL, clock_now_ns()); /* the books end here */
    r->over = true;
}

static void on_failed(void *owner, const struct err *why)
{
    struct run *r = owner;
    if (r->failed) /* one worker's sentence stands for all */
        return;
    r->failed = true;
    verdict_reason(&r->verdict, RUN_INVALID, "%s", why->text);
    run_stop(r, CREW_ALL, clock_now_ns());
    r->crew->table->abort(r->crew); /* what is in flight could tell nothing any more */
}

static void on_degraded(void *owner, const struct err *why)
{
    struct run *r = owner;
    if (r->verdict.validity == RUN_VALID) /* one worker's sentence stands for all */
        verdict_reason(&r->verdict, RUN_DEGRADED, "%s", why->text);
}

static void on_finished(void *owner)
{
    struct run *r = owner;
    r->answered = true;
    r->over = true;
}

const struct crew_events run_crew_events = {
    .ready = on_ready,
    .report = on_report,
    .calls = on_calls,
    .shown = on_shown,
    .call_failed = on_call_failed,
    .stop_asked = on_stop_asked,
    .stuck = on_stuck,
    .failed = on_failed,
    .degraded = on_degraded,
    .finished = on_finished,
};
