/* engine/worker.h: the inside of one worker: a thread with a loop, clients, users and a recorder of
 * its own. It alone steps its users; other threads reach it by mail only. Private to src/engine;
 * every field belongs to the worker's thread unless it says otherwise. */
#ifndef WEIR_ENGINE_WORKER_H
#define WEIR_ENGINE_WORKER_H

#include <pthread.h>

#include "engine/sink.h"
#include "loop/loop.h"
#include "loop/offload.h"

struct worker;

/* ---- reports: recorders on their way (worker.c) ---- */

/* Belongs to the worker while it is filled, to the crew's thread from the mail to its return. */
struct report {
    struct mail mail;
    struct worker *worker;
    struct report *next; /* in the worker's free list */
    struct recorder recorder;
};

/* A call in full on its way to the sinks; the crew's thread frees it. */
struct shown_mail {
    struct mail mail;
    struct worker *worker;
    struct shown_call call;
    char text[]; /* request and reply */
};

/* ---- users (user.c) ---- */

/* A virtual user: steps through iterations, one after the other. */
struct user {
    struct worker *worker;
    struct list link;         /* in worker.running */
    struct user *next;        /* in worker.parked */
    struct active_call *call; /* that it waits for; NULL: none */
    struct timer timer;       /* sleeping, or its call is held */
    uint64_t clock_ns;        /* when things should happen (spec/measure.md, "due") */
    uint64_t taken_ns;        /* when the worker took up what it does now */
    bool measured;            /* its iteration was due at or after t = 0 */
    bool waited;              /* its iteration made a call or slept */
    struct vu *vu;            /* the scenario's own state, behind this struct */
};

/* An arrival that was taken off the schedule. */
struct start {
    uint64_t k;
    uint64_t due_ns, taken_ns; /* monotonic */
};

/* Starts that wait because max_in_flight users are busy. */
struct start_queue {
    struct start *items; /* a ring */
    size_t first, n, capacity;
};

/* ---- calls (calls.c) ---- */

/* A call with what the engine needs around it; the protocol's bytes stand behind. */
struct active_call {
    struct timeout timeout;
    struct user *user;
    const struct prepared_call *what;
    struct active_call *next; /* in the free list of its client */
    bool settled_early;       /* its fate was set by us (timeout, abandoned), done_ns too */
    bool held;                /* its user waited for so long that it is not sent at all */
    uint64_t done_ns;
    struct call call; /* last */
};

/* A client and the memory of its finished calls. */
struct worker_client {
    struct client *client;
    struct active_call *free_calls;
    bool degraded_told;
};

enum worker_phase {
    WORKER_PREPARING,
    WORKER_READY,
    WORKER_RUNNING,
    WORKER_DRAINING, /* no new arrivals */
    WORKER_CLOSING,  /* nothing is in flight; clients close */
    WORKER_FINISHED, /* said so; waits for the exit */
};

struct local_crew;

struct worker {
    struct local_crew *crew;                /* the boss's */
    struct mailbox *boss;                   /* where its mails go; any thread posts */
    const struct plan *plan;                /* shared, constant */
    struct offload *offload;                /* shared */
    void (*deliver_report)(struct mail *m); /* on the boss's thread, as the others here */
    void (*deliver_calls)(struct mail *m);
    void (*deliver_shown)(struct mail *m);
    pthread_t thread;
    struct share share; /* which part of the plan is its own */

    struct loop *loop;
    struct worker_client *clients; /* one for each of the scenario's */
    unsigned n_ready, n_open;      /* of them */
    uint8_t phase;                 /* enum worker_phase */
    bool exit;                     /* leave the loop when finished */

    uint64_t start_ns; /* t = 0 of the plan, monotonic */
    uint64_t end_ns;   /* of the plan, monotonic; UINT64_MAX while only the count ends it */
    uint64_t cut_ns;   /* Ctrl-C: arrivals from then on are not wanted; else UINT64_MAX */
    struct timer arrival_timer, users_timer, more_users_timer, end_timer, drain_timer, second_timer;

    struct arrivals arrivals;      /* open model: of the warm-up first, then of the plan */
    struct profile warmup_profile; /* one stage */
    struct stage warmup_stage;
    uint64_t arrivals_base_ns;   /* monotonic time of their zero */
    bool warming;                /* the arrivals are those of the warm-up */
    struct arrival next_arrival; /* not yet taken; due_ns from arrivals_base_ns */
    struct start_queue queue;
    uint64_t most_running; /* its share of max_in_flight */

    uint64_t n_users, users_wanted; /* closed model: are there, should be there */
    uint64_t users_change_ns;       /* closed model: of the plan, when that number changes next */
    uint64_t users_due_ns;          /* closed model: when those that are not there yet were due */
    uint64_t iterations, skipped;   /* of the plan, not of the warm-up */
    uint64_t most_iterations;       /* closed model: its share of -n */
    bool given_up;                  /* the drain is over: nobody goes on */

    struct list running;         /* users with an iteration under way */
    uint64_t n_running, n_calls; /* of them; calls in flight */
    struct user *parked;         /* users without */

    struct report *report; /* being filled */
    struct report *free_reports;
    struct call_batch *batch;   /* being filled; NULL: none yet */
    unsigned shown, most_shown; /* calls kept for --show */

    struct mail born_mail, ready_mail, finished_mail;         /* to the boss */
    struct mail start_mail, stop_mail, abort_mail, exit_mail; /* from the boss */
    struct err failure;                                       /* with ready_mail: why not */
    bool failed;
    uint64_t asked_start_ns, asked_stop_ns; /* the boss's, read when the mail is delivered */
    struct err degraded; /* with finished_mail: a client's limit, if kind is set */
};

static inline struct recorder *worker_recorder(struct worker *w)
{
    return &w->report->recorder;
}

/* Monotonic time as ns of the plan. Only for times at or after its start. */
static inline uint64_t worker_plan_ns(const struct worker *w, uint64_t monotonic_ns)
{
    return monotonic_ns - w->start_ns;
}

/* ---- worker.c ---- */
void *worker_main(void *worker);
void worker_look_for_the_end(struct worker *w); /* draining and nothing is left: close */

/* ---- starts.c: who begins an iteration when ---- */
void starts_open(struct worker *w); /* arms the timers of warm-up and plan */
void starts_end(struct worker *w);  /* nothing due from end_ns on starts; what is owed still does */
void starts_give_up(struct worker *w);         /* what is owed is skipped, what is queued ends */
bool starts_exhausted(const struct worker *w); /* no iteration will begin any more */
void starts_user_free(struct user *u); /* its iteration is over, or it can begin its first */

/* ---- user.c ---- */
struct user *user_take(struct worker *w); /* a parked one, or a new one */
void user_park(struct user *u);
void user_begin(struct user *u, struct start s);
void user_go_on(struct user *u, struct step s);
void user_begin_next_turn(struct user *u); /* starts_user_free again, from a timer */
void user_interrupt(struct user *u);       /* the end of the drain */
void user_free_all(struct worker *w);

/* ---- calls.c ---- */
void calls_start(struct user *u, const struct prepared_call *what);
void calls_expire(struct active_call *c); /* held: the turn after its start */
void calls_abandon(struct active_call *c);
void calls_client_done(struct client *client, struct call *call); /* client_events.done */
void calls_free_all(struct worker *w);

/* ---- report.c ---- */
void report_open(struct worker *w);
void report_call(struct worker *w, struct active_call *c); /* settled: into recorder, log, show */
void report_close(struct worker *w);                       /* mails what is left */
void report_return(struct report *r);   /* the boss's thread: back to its worker */
void report_free_all(struct worker *w); /* those that have come back */

#endif
