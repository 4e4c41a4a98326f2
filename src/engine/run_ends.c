/* Ends before their time: a scenario has no more to do, a threshold is missed, Ctrl-C. */
#include <unistd.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/log.h"
#include "base/units.h"
#include "engine/run_inside.h"

#define ABORT_WAIT_NS (2 * NS_PER_S) /* for workers after the second Ctrl-C */

uint64_t run_all_stopped_ns(const struct run *r)
{
    uint64_t last = 0;
    for (unsigned i = 0; i < r->plan.n_loads; i++)
        last = r->stopped_ns[i] > last ? r->stopped_ns[i] : last;
    return last;
}

void run_stop(struct run *r, unsigned load, uint64_t at_ns)
{
    for (unsigned i = 0; i < r->plan.n_loads; i++)
        if ((load == CREW_ALL || load == i) && r->stopped_ns[i] == CONCLUDE_NOT_STOPPED)
            r->stopped_ns[i] = run_plan_ns(r, at_ns);
    if (run_all_stopped_ns(r) != CONCLUDE_NOT_STOPPED) {
        stages_end(&r->stages);
        guards_stopped(r->guards, run_all_stopped_ns(r));
    }
    r->crew->table->stop(r->crew, load, at_ns);
}

void run_stop_asked(struct run *r, unsigned load, uint64_t at_ns, const char *why)
{
    bool first = false;
    for (unsigned i = 0; i < r->plan.n_loads; i++)
        first =
            first || ((load == CREW_ALL || load == i) && r->stopped_ns[i] == CONCLUDE_NOT_STOPPED);
    if (first && why)
        verdict_note(&r->verdict, "%s", why);
    if (first)
        run_tell_event(r, run_plan_ns(r, at_ns), "stop",
                       why ? why : "a scenario has no more to do");
    run_stop(r, load, at_ns);
}

/* A threshold with `abort` is missed: the plan ends here, and the books as always. */
void run_abort_by(struct run *r, const struct threshold *t)
{
    uint64_t now = clock_now_ns();
    struct human after = human_duration(run_plan_ns(r, now) / NS_PER_S * NS_PER_S);
    struct buf text = {0};
    if (r->phase != RUN_RUNNING || r->over)
        return;
    buf_printf(&text, "threshold '" STR_FMT "' was missed after %s and ended the run",
               STR_ARG(t->expr), after.text);
    buf_char(&text, 0);
    verdict_note(&r->verdict, "%s", text.p);
    guards_ended(r->guards, t, run_plan_ns(r, now));
    run_tell_event(r, run_plan_ns(r, now), "abort", text.p);
    buf_free(&text);
    run_stop(r, CREW_ALL, now);
}

/* ---- Ctrl-C ---- */

static void nobody_answers(struct timer *t)
{
    struct run *r = CONTAINER_OF(t, struct run, abort_timer);
    r->over = true;
}

void run_abort_drain(struct run *r)
{
    r->phase = RUN_ABORTING;
    r->crew->table->abort(r->crew);
    r->abort_timer.fire = nobody_answers;
    loop_timer_arm(r->loop, &r->abort_timer, clock_now_ns() + ABORT_WAIT_NS);
}

static void interrupted(struct run *r)
{
    uint64_t now = clock_now_ns();
    switch (r->phase) {
    case RUN_PREPARING:
    case RUN_HELD:
        err_set(&r->failure, ERR_RUN, "interrupted before the load began");
        r->interrupted_ns = now;
        r->over = true;
        break;
    case RUN_RUNNING:
        r->phase = RUN_STOPPING;
        r->interrupted_ns = now;
        log_note("stopping: no new starts, waiting up to %s for what is in flight (Ctrl-C again: "
                 "at once)",
                 human_duration(plan_drain_ns(&r->plan)).text);
        run_tell_event(r, run_plan_ns(r, now), "interrupt", "interrupted: no new starts");
        run_stop(r, CREW_ALL, now);
        break;
    case RUN_STOPPING:
        run_abort_drain(r);
        break;
    default:
        run_tell_vanish(r);
        _exit(130);
    }
}

static void on_signal(struct signals *s)
{
    interrupted(CONTAINER_OF(s, struct run, signals));
}

bool run_catch_signals(struct run *r)
{
    r->signals.came = on_signal;
    return signals_open(&r->signals, r->loop, &r->failure);
}
