/* engine/worker.h: the inside of one worker: a thread with a loop, clients, users and a recorder of
 * its own. It alone steps its users; other threads reach it by mail only. Private to src/engine;
 * every field belongs to the worker's thread unless it says otherwise. */
#ifndef WEIR_ENGINE_WORKER_H
#define WEIR_ENGINE_WORKER_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/pool.h"
#include "engine/flow.h"
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

/* A call on its way to the sinks, in full or not; the crew's thread frees it. */
struct shown_mail {
    struct mail mail;
    struct worker *worker;
    struct shown_call call;
    char text[]; /* request and reply */
};

/* ---- calls (calls.c) ---- */

/* What a call sent and got, for --show or because it failed: its user may be making another one
 * when it is told. */
struct shown_texts {
    struct reply reply; /* unless the user has one of its own */
    struct buf request, head, body;
    uint64_t request_bytes; /* before cutting */
};

/* A call with what the engine needs around it; the protocol's bytes stand behind. */
struct active_call {
    union {
        struct list link; /* in flow.detached: no user has it */
        struct {          /* call_has_user */
            struct user *user;
            struct started *started; /* its user goes on; NULL: waits */
        };
    };
    struct flow *flow;
    struct call call; /* last */
};

static inline bool call_has_user(const struct active_call *c)
{
    return !c->call.detached && !c->call.alone;
}

static inline const struct prepared_call *call_what(const struct active_call *c)
{
    return c->call.as;
}

static inline struct active_call *call_of_started(struct started *s)
{
    return CONTAINER_OF(s->call, struct active_call, call);
}

/* What is known of a call when it is over, or known to be wanted then. */
struct ending {
    struct outcome outcome;    /* first */
    struct shown_texts *shown; /* it is shown in full when it is done; NULL: it is not */
    bool failing;              /* not shown: it is one of the first that failed */
    bool cancelled;            /* its time or the run's was over: `done` is on its way */
};

/* NULL: there is none yet. */
static inline struct ending *call_ending(const struct active_call *c)
{
    return (struct ending *)c->call.outcome;
}

/* A client and the memory of its finished calls. */
struct worker_client {
    struct client *client;
    const struct protocol *protocol; /* the client's */
    size_t call_bytes;               /* of an active_call, with the protocol's own behind it */
    struct pool calls;
};

/* A sample that came many times in a row, as the records of one answer do: not yet in its
 * histogram. */
struct repeat {
    struct hist *hist; /* of the report that is being filled; NULL: none */
    uint64_t ns, times;
};

/* Series that clients made up while they measured themselves. */
struct worker_measures {
    const struct series **list; /* in the order of first use */
    unsigned n, next;           /* next: where the next one probably is */
    size_t capacity;
    struct arena arena; /* holds them; stays until the crew is closed, for results refer to it */
};

enum worker_phase {
    WORKER_PREPARING,
    WORKER_READY,
    WORKER_RUNNING,
    WORKER_CLOSING,  /* all flows are over; clients close */
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
    void (*deliver_failed)(struct mail *m);
    void (*deliver_ask_stop)(struct mail *m);
    pthread_t thread;
    struct share share; /* which part of the plan is its own */
    struct host host;   /* what it gives to its scenes */

    struct loop *loop;
    struct worker_client *clients; /* one for each of the plan's */
    struct pool endings;           /* of their calls */
    struct flow *flows;            /* one for each of the plan's loads */
    unsigned n_ready, n_open;      /* of the clients */
    unsigned n_flowing;            /* of the flows: not over */
    uint8_t phase;                 /* enum worker_phase */
    bool exit;                     /* leave the loop when finished */

    _Atomic(struct flow *) stepping; /* whose user is being stepped; any thread reads */
    _Atomic uint32_t steps;          /* that have ended; any thread reads */
    uint32_t steps_seen;             /* the boss's: at its last look … */
    uint64_t stuck_since_ns;         /* … and since when they have not changed within a step */

    uint64_t start_ns; /* t = 0 of the plan, monotonic */
    struct timer begin_timer, second_timer;
    struct timer rest_timer; /* asks clients whether they are busy still … */
    uint64_t drain_ends_ns;  /* … until then: of the flow that ends last */

    struct report *report; /* being filled */
    struct repeat response, service, wait;
    struct worker_measures measures;
    struct report *free_reports;
    struct call_batch *batch;       /* being filled; NULL: none yet */
    unsigned n_shown, most_shown;   /* calls kept for --show */
    unsigned n_failed, most_failed; /* calls that failed and were told */

    struct mail born_mail, ready_mail, failed_mail, finished_mail; /* to the boss */
    struct mail start_mail, abort_mail, exit_mail;                 /* from the boss */
    struct err failure;                                            /* with ready_mail: why not */
    bool failed;
    uint64_t asked_start_ns; /* the boss's, read when the mail is delivered */
    struct err broken;       /* with failed_mail: a client's */
    struct err degraded;     /* with finished_mail: a client's limit, if kind is set */
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

/* Does it belong to the plan, not to the warm-up? */
static inline bool worker_measures(const struct worker *w, const struct active_call *c)
{
    return c->call.adopted || c->call.due_ns >= w->start_ns;
}

/* When a measured call was due, and when it was done, as ns of the plan. */
static inline uint64_t worker_due_ns(const struct worker *w, const struct active_call *c)
{
    return c->call.adopted ? 0 : worker_plan_ns(w, c->call.due_ns);
}

static inline uint64_t worker_done_ns(const struct worker *w, const struct active_call *c)
{
    uint64_t at_ns = c->call.adopted ? loop_now(w->loop) : c->call.outcome->done_ns;
    return worker_plan_ns(w, at_ns > w->start_ns ? at_ns : w->start_ns);
}

/* Around all that a scenario does: the boss looks whether it comes back. */
static inline void worker_steps_into(struct flow *f)
{
    atomic_store_explicit(&f->worker->stepping, f, memory_order_relaxed);
}

static inline void worker_is_back(struct worker *w)
{
    atomic_store_explicit(&w->stepping, NULL, memory_order_relaxed);
    atomic_store_explicit(&w->steps, w->steps + 1, memory_order_relaxed);
}

/* What a user does next. Inline, so that the step is written once, where the caller wants it. */
static inline struct step user_step(struct user *u, struct call *last)
{
    struct flow *f = u->flow;
    worker_steps_into(f);
    struct step s = f->load->scenario->type->step(f->scene, user_vu(u), last);
    worker_is_back(f->worker);
    return s;
}

/* ---- worker.c ---- */
void *worker_main(void *worker);
void worker_flow_over(struct worker *w);

/* ---- calls.c ---- */
void calls_start(struct user *u, const struct step *s);
struct call *calls_adopt(struct worker *w, const struct prepared_call *as, uint64_t due_ns);
void calls_expire(struct active_call *c); /* held: the turn after its start */
void calls_abandon(struct active_call *c);
void calls_settle(struct active_call *c); /* done: into the books, its memory goes */
void calls_client_done(struct client *client, struct call *call);        /* client_events.done */
struct outcome *calls_outcome(struct client *client, struct call *call); /* …outcome */
void calls_handed_over(struct client *client, struct call *call); /* client_events.handed_over */
void calls_failing(struct call *call);                            /* host_table.failing */
void calls_open(struct worker_client *wc);                        /* its client is there */
void calls_free_all(struct worker *w);

/* ---- started.c ---- */
void started_add(struct user *u, struct active_call *c, struct started *s);
void started_done(struct active_call *c);
bool started_await(struct user *u, const struct step *s); /* true: all are done already */
struct step started_step(struct user *u);                 /* they are: on, and settles them */
void started_leave(struct user *u, bool abandon);         /* the user's iteration is over */
bool started_keep_alive(struct user *u); /* it goes, but a call of its does not: user_forget then */

/* ---- measured.c ---- */
void measured_add(struct worker *w, const struct measured *m);
void measured_part(struct worker *w, const struct client_part *p);
void measured_free(struct worker *w); /* the boss's thread, when nobody needs results any more */

/* ---- host.c ---- */
void host_open(struct worker *w); /* worker.host */

/* ---- report.c ---- */
void report_open(struct worker *w);
void report_call(struct worker *w, struct active_call *c); /* settled: into recorder, log, show */
void report_span(struct worker *w, const struct span *s);  /* the same of a script's own call */
void report_part(struct worker *w, const struct part *part, const struct call *c);
void report_reply(struct worker *w, enum reply_class class, uint64_t due_ns, uint64_t late_ns);
void report_awaited(struct worker *w, unsigned seen, unsigned taken);
void report_records(struct worker *w, const struct record_batch *b);
void report_shown_record(struct worker *w, const struct shown_record *r);
void report_close(struct worker *w);    /* mails what is left; what clients still say is kept … */
void report_last(struct worker *w);     /* … until they are closed */
void report_return(struct report *r);   /* the boss's thread: back to its worker */
void report_free_all(struct worker *w); /* those that have come back */

#endif
