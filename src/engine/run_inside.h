/* engine/run_inside.h: the inside of a run, shared by the files run*.c: run.c (from opening to the
 * exit code), run_crew.c (what the crew says), run_sinks.c (telling the sinks), run_ends.c (ends
 * before their time), run_control.c (orders of people). Private to src/engine; everything belongs
 * to the run's thread. */
#ifndef WEIR_ENGINE_RUN_INSIDE_H
#define WEIR_ENGINE_RUN_INSIDE_H

#include "engine/conclude.h"
#include "engine/control.h"
#include "engine/guards.h"
#include "engine/health.h"
#include "engine/run.h"
#include "engine/seconds.h"
#include "engine/stages.h"
#include "loop/signals.h"

enum run_phase { RUN_PREPARING, RUN_HELD, RUN_RUNNING, RUN_STOPPING, RUN_ABORTING };

struct run {
    const struct run_setup *setup;
    struct plan plan;   /* as it is now: a change of the load is a change of this */
    struct load *loads; /* its loads */
    struct loop *loop;
    struct crew *crew;
    struct control control;
    struct signals signals;
    struct timer abort_timer;
    uint8_t phase;           /* enum run_phase */
    bool over;               /* leave the loop */
    bool concluded;          /* the books are closed */
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

    struct arena changes;  /* stages of changed profiles */
    struct profile *rests; /* while paused: what each load goes on with; n is 0: nothing */
    bool paused;
    unsigned n_changes;  /* of the load, by people */
    uint64_t changed_ns; /* when the last one holds, from the start of the plan */
};

/* A moment as ns of the plan. */
static inline uint64_t run_plan_ns(const struct run *r, uint64_t at_ns)
{
    return at_ns > r->start_ns ? at_ns - r->start_ns : 0;
}

/* ---- run_sinks.c ---- */
void run_tell_prepared(struct run *r);
void run_tell_begin(struct run *r);
void run_tell_second(struct run *r, const struct second *row);
void run_tell_calls(struct run *r, struct call_batch *batch);
void run_tell_shown(struct run *r, const struct shown_call *call);
void run_tell_failed(struct run *r, const struct shown_call *call);
/* Fits struct stages; `run` is a struct run. */
void run_tell_event(void *run, uint64_t at_ns, const char *kind, const char *text);
void run_tell_changed(struct run *r); /* what control_look says is another thing now */
void run_ask_doubts(const struct run *r, struct summary *summary);
void run_tell_end(struct run *r,
                  struct summary *summary); /* doubt, settle, finish; the exit code */
void run_tell_conclude(struct run *r, struct summary *summary);
void run_tell_vanish(struct run *r); /* the process ends at once */
void run_close_sinks(struct run *r);

/* ---- run_ends.c ---- */
/* When the last of the loads was stopped; CONCLUDE_NOT_STOPPED: one goes on. */
uint64_t run_all_stopped_ns(const struct run *r);
void run_stop(struct run *r, unsigned load, uint64_t at_ns);
/* Something in the run asks for it; why: a note for the verdict, or NULL. */
void run_stop_asked(struct run *r, unsigned load, uint64_t at_ns, const char *why);
void run_abort_by(struct run *r, const struct threshold *t);
/* The drain ends too; nobody is waited for longer than a moment. */
void run_abort_drain(struct run *r);
bool run_catch_signals(struct run *r);

/* ---- run_crew.c ---- */
extern const struct crew_events run_crew_events;
void run_on_second(void *run, const struct second *row); /* fits struct seconds */
void run_start(struct run *r);                           /* everybody is ready */

/* ---- run_judge.c ---- */
/* What stands in the summary, whose figures are all there, gets its verdict: of the whole run at
 * its end, of the run so far before. Thresholds are judged elsewhere. */
void run_judge(struct run *r, struct summary *s);

/* ---- run_control.c ---- */
void run_open_control(struct run *r);
void run_close_control(struct run *r);

#endif
