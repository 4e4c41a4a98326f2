/* One run: prepare → (held →) start → (stop) → finished, on the run's own loop. */
#include "engine/run.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/process.h"
#include "engine/run_inside.h"

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
    r->concluded = true;
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
    conclude(&r->plan, r->stopped_ns, &r->results, &s);
    if (!r->answered)
        conclude_unanswered(&r->results, &s);
    run_tell_conclude(r, &s);
    if (!r->answered)
        verdict_reason(&r->verdict, RUN_INVALID,
                       "a worker did not answer; its last second is missing");
    run_judge(r, &s);
    guards_judge(r->guards, &s, &arena);
    run_tell_end(r, &s);
    series_data_free(&total);
    arena_free(&arena);
    return r->verdict.exit_code;
}

static void turn_until_over(struct run *r)
{
    r->crew = crew_local_open(r->setup->plan, r->loop, &run_crew_events, r);
    seconds_init(&r->seconds, r->crew->members, run_on_second, r);
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
    int code = 1;
    struct run r = {.setup = setup};
    setup->info->weir = WEIR_VERSION;
    machine_look(&setup->info->machine, "");
    snprintf(setup->info->id, sizeof setup->info->id, "%016" PRIx64, setup->plan->id);
    *ran = false;
    run_open_control(&r);
    r.stopped_ns = mem_array(r.plan.n_loads, sizeof *r.stopped_ns);
    for (unsigned i = 0; i < r.plan.n_loads; i++)
        r.stopped_ns[i] = CONCLUDE_NOT_STOPPED;
    r.guards = guards_open(&r.plan, setup->thresholds, setup->n_thresholds);
    r.loop = loop_open(&(struct loop_options){.backend = "epoll"}, &r.failure);
    if (r.loop && run_catch_signals(&r)) {
        r.control.box = loop_mailbox(r.loop);
        r.control.loop = r.loop;
        run_tell_prepared(&r);
        turn_until_over(&r);
        *ran = !r.failure.kind;
        if (*ran)
            code = finish(&r);
        if (!*ran || r.answered)
            r.crew->table->close(r.crew);
        signals_close(&r.signals);
    }
    seconds_finish(&r.seconds);
    *e = r.failure;
    if (!*ran && r.interrupted_ns) { /* as the user wants it: no error */
        log_note("%s", e->text);
        *e = (struct err){0};
        code = 130;
    }
    run_close_sinks(&r);
    if (*ran && !r.answered)
        leave_at_once(code);
    results_free(&r.results);
    guards_close(r.guards);
    run_close_control(&r);
    mem_free(r.stopped_ns);
    if (r.loop)
        loop_close(r.loop);
    return code;
}
