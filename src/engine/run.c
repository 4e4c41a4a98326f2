/* One run: prepare → start → (stop) → finished, on the run's own loop. */
#include "engine/run.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/process.h"
#include "base/units.h"
#include "engine/conclude.h"
#include "engine/health.h"
#include "engine/seconds.h"
#include "engine/stages.h"
#include "engine/guards.h"

enum run_phase { RUN_PREPARING, RUN_RUNNING, RUN_STOPPING, RUN_ABORTING };

#define START_AHEAD_NS NS_PER_MS      /* so that every worker has the start time before it comes */
#define ABORT_WAIT_NS  (2 * NS_PER_S) /* for workers after the second Ctrl-C */

struct run {
    const struct run_setup *setup;
    const struct plan *plan;
    struct loop *loop;
    struct crew *crew;
    struct watch signals;
    struct timer abort_timer;
    uint8_t phase;           /* enum run_phase */
    bool over;               /* leave the loop */
    bool answered;           /* every worker has closed its books */
    bool failed;             /* a client could not go on */
    struct err failure;      /* of preparing */
    uint64_t start_ns;       /* t = 0 of the plan, monotonic */
    uint64_t interrupted_ns; /* when Ctrl-C came; 0: it did not */
    uint64_t *stopped_ns;    /* when a load was ended before its time; of each, UINT64_MAX: not */
    uint64_t cpu_ns;         /* of the process when the load started */
    struct results results;
    struct seconds seconds;
    struct stages stages;
    struct guards *guards;
    struct verdict verdict;
};

/* ---- sinks ---- */

#define EACH_SINK(run, s) for (struct sink *s = (run)->setup->sinks; s; s = s->next)

static void sinks_begin(struct run *r)
{
    EACH_SINK(r, s)
    if (s->table->begin)
        s->table->begin(s, r->setup->info);
}

static void sinks_event(void *owner, uint64_t at_ns, const char *kind, const char *text)
{
    EACH_SINK((struct run *)owner, s)
    if (s->table->event)
        s->table->event(s, &(struct run_event){at_ns, kind, text});
}

static void sinks_second(struct run *r, const struct second *row)
{
    EACH_SINK(r, s)
    if (s->table->second)
        s->table->second(s, row);
}

static void sinks_conclude(struct run *r, struct summary *summary)
{
    EACH_SINK(r, s)
    if (s->table->conclude)
        s->table->conclude(s, summary, &r->results);
}

static bool sinks_finish(struct run *r, struct summary *summary)
{
    bool good = true;
    struct err e;
    EACH_SINK(r, s)
    if (s->table->settle)
        s->table->settle(s, summary);
    r->verdict.exit_code = health_exit_code(summary, false);
    EACH_SINK(r, s)
    if (s->table->finish && !s->table->finish(s, summary, &e)) {
        log_note("%s", e.text);
        good = false;
        r->verdict.exit_code = health_exit_code(summary, true);
    }
    return good;
}

static void sinks_close(struct run *r)
{
    for (struct sink *next, *s = r->setup->sinks; s; s = next) {
        next = s->next;
        s->table->close(s);
    }
}

/* ---- ends before their time ---- */

static uint64_t plan_ns(const struct run *r, uint64_t at_ns)
{
    return at_ns > r->start_ns ? at_ns - r->start_ns : 0;
}

/* When the last of the loads was stopped; CONCLUDE_NOT_STOPPED: one goes on. */
static uint64_t all_stopped_ns(const struct run *r)
{
    uint64_t last = 0;
    for (unsigned i = 0; i < r->plan->n_loads; i++)
        last = r->stopped_ns[i] > last ? r->stopped_ns[i] : last;
    return last;
}

static void stop_loads(struct run *r, unsigned load, uint64_t at_ns)
{
    for (unsigned i = 0; i < r->plan->n_loads; i++)
        if ((load == CREW_ALL || load == i) && r->stopped_ns[i] == CONCLUDE_NOT_STOPPED)
            r->stopped_ns[i] = plan_ns(r, at_ns);
    if (all_stopped_ns(r) != CONCLUDE_NOT_STOPPED) {
        stages_end(&r->stages);
        guards_stopped(r->guards, all_stopped_ns(r));
    }
    r->crew->table->stop(r->crew, load, at_ns);
}

static void on_stop_asked(void *owner, unsigned load, uint64_t at_ns, const char *why)
{
    struct run *r = owner;
    bool first = false;
    for (unsigned i = 0; i < r->plan->n_loads; i++)
        first =
            first || ((load == CREW_ALL || load == i) && r->stopped_ns[i] == CONCLUDE_NOT_STOPPED);
    if (first && why)
        verdict_note(&r->verdict, "%s", why);
    if (first)
        sinks_event(r, plan_ns(r, at_ns), "stop", why ? why : "a scenario has no more to do");
    stop_loads(r, load, at_ns);
}

/* A threshold with `abort` is missed: the plan ends here, and the books as always. */
static void abort_by(struct run *r, const struct threshold *t)
{
    uint64_t now = clock_now_ns();
    struct human after = human_duration(plan_ns(r, now) / NS_PER_S * NS_PER_S);
    struct buf text = {0};
    if (r->phase != RUN_RUNNING || r->over)
        return;
    buf_printf(&text, "threshold '" STR_FMT "' was missed after %s and ended the run",
               STR_ARG(t->expr), after.text);
    buf_char(&text, 0);
    verdict_note(&r->verdict, "%s", text.p);
    guards_ended(r->guards, t, plan_ns(r, now));
    sinks_event(r, plan_ns(r, now), "abort", text.p);
    buf_free(&text);
    stop_loads(r, CREW_ALL, now);
}

static void on_second(void *owner, const struct second *row)
{
    struct run *r = owner;
    const struct threshold *missed = guards_second(r->guards, row, &r->results);
    sinks_second(r, row);
    if (missed)
        abort_by(r, missed);
}

/* ---- what the crew says ---- */

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
    r->phase = RUN_RUNNING;
    info->loop = r->crew->loop;
    info->started_wall_ns = clock_wall_ns() + START_AHEAD_NS + plan_warmup_ns(r->plan);
    sinks_begin(r);
    r->cpu_ns = clock_cpu_ns();
    r->start_ns = clock_now_ns() + START_AHEAD_NS + plan_warmup_ns(r->plan);
    info->started_wall_ns = clock_wall_ns() + START_AHEAD_NS + plan_warmup_ns(r->plan);
    const struct run_words *words = run_words(info);
    r->stages = (struct stages){.loop = r->loop,
                                .plan = r->plan,
                                .user = words->user,
                                .users = words->users,
                                .start_ns = r->start_ns,
                                .tell = sinks_event,
                                .owner = r};
    stages_begin(&r->stages);
    r->crew->table->start(r->crew, r->start_ns);
}

static void on_report(void *owner, unsigned member, const struct recorder *rec)
{
    struct run *r = owner;
    results_add(&r->results, rec);
    seconds_add(&r->seconds, member, rec);
}

static void on_calls(void *owner, struct call_batch *batch)
{
    EACH_SINK((struct run *)owner, s)
    if (s->table->calls) {
        s->table->calls(s, batch);
        return;
    }
    batch->done(batch);
}

static void on_shown(void *owner, const struct shown_call *call)
{
    EACH_SINK((struct run *)owner, s)
    if (s->table->shown)
        s->table->shown(s, call);
}

static void on_call_failed(void *owner, const struct shown_call *call)
{
    EACH_SINK((struct run *)owner, s)
    if (s->table->failed)
        s->table->failed(s, call);
}

static void on_stuck(void *owner, unsigned load)
{
    struct run *r = owner;
    str name = r->plan->loads[load].name;
    verdict_reason(&r->verdict, RUN_INVALID,
                   "the scenario%s" STR_FMT
                   "%s did not come back for 5 s: an endless loop within one "
                   "function, string.find perhaps",
                   name.n ? " '" : "", STR_ARG(name), name.n ? "'" : "");
    sinks_event(r, plan_ns(r, clock_now_ns()), "stuck", "a scenario did not come back");
    stop_loads(r, CREW_ALL, clock_now_ns()); /* the books end here */
    r->over = true;
}

static void on_failed(void *owner, const struct err *why)
{
    struct run *r = owner;
    if (r->failed) /* one worker's sentence stands for all */
        return;
    r->failed = true;
    verdict_reason(&r->verdict, RUN_INVALID, "%s", why->text);
    stop_loads(r, CREW_ALL, clock_now_ns());
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

static const struct crew_events crew_events = {
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

/* ---- Ctrl-C ---- */

static void nobody_answers(struct timer *t)
{
    struct run *r = CONTAINER_OF(t, struct run, abort_timer);
    r->over = true;
}

static void interrupted(struct run *r)
{
    uint64_t now = clock_now_ns();
    switch (r->phase) {
    case RUN_PREPARING:
        err_set(&r->failure, ERR_RUN, "interrupted before the load began");
        r->interrupted_ns = now;
        r->over = true;
        break;
    case RUN_RUNNING:
        r->phase = RUN_STOPPING;
        r->interrupted_ns = now;
        log_note("stopping: no new starts, waiting up to %s for what is in flight (Ctrl-C again: "
                 "at once)",
                 human_duration(plan_drain_ns(r->plan)).text);
        sinks_event(r, plan_ns(r, now), "interrupt", "interrupted: no new starts");
        stop_loads(r, CREW_ALL, now);
        break;
    case RUN_STOPPING:
        r->phase = RUN_ABORTING;
        r->crew->table->abort(r->crew);
        loop_timer_arm(r->loop, &r->abort_timer, now + ABORT_WAIT_NS);
        break;
    default:
        _exit(130);
    }
}

static void on_signal(struct watch *w)
{
    struct run *r = CONTAINER_OF(w, struct run, signals);
    struct signalfd_siginfo info;
    while (read(w->fd, &info, sizeof info) == sizeof info)
        interrupted(r);
}

static bool catch_signals(struct run *r, sigset_t *before)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set, before); /* workers inherit this */
    signal(SIGPIPE, SIG_IGN);
    int fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (fd < 0)
        return err_set(&r->failure, ERR_RUN, "cannot make a signal descriptor: %s",
                       strerror(errno));
    r->signals = (struct watch){.fd = fd, .readable = on_signal};
    loop_watch(r->loop, &r->signals);
    return true;
}

/* ---- the end ---- */

static double seconds_of(uint64_t ns)
{
    return (double)ns / 1e9;
}

static int finish(struct run *r)
{
    struct series_data total = {0};
    struct arena arena = {0};
    stages_end(&r->stages);
    seconds_finish(&r->seconds);
    if (!r->answered)
        results_give_up(&r->results, STR("abandoned: a worker did not answer"));
    results_total(&r->results, &total);
    struct summary s = {
        .info = r->setup->info,
        .results = &r->results,
        .total = &total,
        .verdict = &r->verdict,
        .interrupted = r->interrupted_ns != 0,
        .failed = r->failed,
        .cpu_s = seconds_of(clock_cpu_ns() - r->cpu_ns),
        .rss_bytes = process_resident_bytes(),
    };
    conclude(r->plan, r->stopped_ns, &r->results, &s);
    if (!r->answered)
        conclude_unanswered(&r->results, &s);
    sinks_conclude(r, &s);
    health_judge(&s);
    if (!r->answered)
        verdict_reason(&r->verdict, RUN_INVALID,
                       "a worker did not answer; its last second is missing");
    guards_judge(r->guards, &s, &arena);
    summary_notes(&s);
    sinks_finish(r, &s);
    series_data_free(&total);
    arena_free(&arena);
    return r->verdict.exit_code;
}

static void turn_until_over(struct run *r)
{
    r->crew = crew_local_open(r->plan, r->loop, &crew_events, r);
    seconds_init(&r->seconds, r->crew->members, on_second, r);
    r->crew->table->prepare(r->crew);
    loop_run(r->loop, &r->over);
}

/* A worker that does not answer still uses the plan's memory: nobody can free it. */
static _Noreturn void leave_at_once(int code)
{
    if (fflush(stdout) != 0 && code != 130)
        code = 1;
    _exit(code);
}

int run_execute(const struct run_setup *setup, bool *ran, struct err *e)
{
    sigset_t before;
    int code = 1;
    struct run r = {.setup = setup, .plan = setup->plan, .abort_timer.fire = nobody_answers};
    setup->info->weir = WEIR_VERSION;
    snprintf(setup->info->id, sizeof setup->info->id, "%016" PRIx64, setup->plan->id);
    *ran = false;
    r.stopped_ns = mem_array(r.plan->n_loads, sizeof *r.stopped_ns);
    for (unsigned i = 0; i < r.plan->n_loads; i++)
        r.stopped_ns[i] = CONCLUDE_NOT_STOPPED;
    r.guards = guards_open(r.plan, setup->thresholds, setup->n_thresholds);
    r.loop = loop_open(&(struct loop_options){.backend = "epoll"}, &r.failure);
    if (r.loop && catch_signals(&r, &before)) {
        turn_until_over(&r);
        *ran = !r.failure.kind;
        if (*ran)
            code = finish(&r);
        if (!*ran || r.answered)
            r.crew->table->close(r.crew);
        loop_unwatch(r.loop, &r.signals);
        close(r.signals.fd);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    seconds_finish(&r.seconds);
    *e = r.failure;
    if (!*ran && r.interrupted_ns) { /* as the user wants it: no error */
        log_note("%s", e->text);
        *e = (struct err){0};
        code = 130;
    }
    sinks_close(&r);
    if (*ran && !r.answered)
        leave_at_once(code);
    results_free(&r.results);
    guards_close(r.guards);
    mem_free(r.stopped_ns);
    if (r.loop)
        loop_close(r.loop);
    return code;
}
