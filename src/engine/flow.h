/* engine/flow.h: one worker's part of one load: its arrivals, its users, their end. A worker has a
 * flow for each load of the plan; they share its loop, clients and recorder. Private to src/engine;
 * everything belongs to the worker's thread unless it says otherwise. */
#ifndef WEIR_ENGINE_FLOW_H
#define WEIR_ENGINE_FLOW_H

#include "base/list.h"
#include "base/pool.h"
#include "engine/plan.h"
#include "loop/mailbox.h"

struct worker;
struct active_call;

/* A virtual user: steps through iterations, one after the other. */
struct user {
    /* A cache line of what each iteration needs, ... */
    struct flow *flow;
    struct list link;         /* in flow.running */
    struct active_call *call; /* that it waits for; NULL: none */
    uint64_t clock_ns;        /* when things should happen (spec/measure.md, "due") */
    uint64_t k;               /* of its iteration */
    uint64_t taken_ns;        /* when the worker took up what it does now */
    bool measured;            /* its iteration was due at or after t = 0 */
    bool waited;              /* its iteration waited for a call or slept */
    bool hungry;              /* it waits for its scene to wake it */
    bool leaving;             /* what it does is no iteration: the last that it does at all */
    bool starts;              /* its iteration has started calls that are not settled … */
    bool awaits; /* … and waits for some, or is about to be told that they are done */

    /* ... and what some do. */
    struct timer timer;       /* sleeping, or its call is held */
    void **sessions;          /* one for each client, NULL where it has none; NULL: no session */
    struct user *next;        /* in flow.parked */
    struct open_calls *calls; /* that it started (started.c); NULL: none yet */
    struct reply *reply;      /* where it wants that of the call that it waits for */
};

/* The scenario's own state of a user stands behind it. */
enum { USER_BYTES = (sizeof(struct user) + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE };

static inline struct vu *user_vu(struct user *u)
{
    return (struct vu *)((char *)u + USER_BYTES);
}

static inline struct user *user_of_vu(struct vu *vu)
{
    return (struct user *)((char *)vu - USER_BYTES);
}

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

enum flow_state {
    FLOW_READY,
    FLOW_RUNNING,
    FLOW_DRAINING, /* no new arrivals */
    FLOW_OVER,     /* nothing is in flight */
};

/* From the boss: the load goes on differently. */
struct change_mail {
    struct mail mail;
    struct flow *flow;
    struct profile profile;
    uint64_t at_ns; /* monotonic */
};

struct flow {
    struct worker *worker;
    const struct load *load;
    struct profile profile; /* as it is now; what load has is how it began */
    unsigned index;         /* among the plan's loads */
    struct scene *scene;
    struct iteration_book *book; /* of the report that the worker fills */
    uint8_t state;               /* enum flow_state */

    uint64_t end_ns; /* of the load, monotonic; UINT64_MAX while only the count ends it */
    uint64_t cut_ns; /* stopped: arrivals from then on are not wanted; else UINT64_MAX */
    struct timer arrival_timer, users_timer, more_users_timer, end_timer, drain_timer;

    struct arrivals arrivals;      /* open model: of the warm-up first, then of the load */
    struct profile warmup_profile; /* one stage */
    struct stage warmup_stage;
    uint64_t arrivals_base_ns;   /* monotonic time of their zero */
    bool warming;                /* the arrivals are those of the warm-up */
    struct arrival next_arrival; /* not yet taken; due_ns from arrivals_base_ns */
    struct arrivals before_next; /* the arrivals when it was still to come */
    struct start_queue queue;
    uint64_t most_running; /* its share of max_in_flight */

    uint64_t n_hungry;              /* users that wait for the scene */
    uint64_t n_users, users_wanted; /* closed model: are there, should be there */
    uint64_t users_change_ns;       /* closed model: of the plan, when that number changes next */
    uint64_t users_due_ns;          /* closed model: when those that are not there yet were due */
    uint64_t users_asked;           /* closed model: iterations when more were asked for last */
    uint64_t iterations, skipped;   /* of the load, not of the warm-up */
    uint64_t most_iterations;       /* closed model: its share of -n */
    bool given_up;                  /* the drain is over: nobody goes on */

    struct list running;  /* users with an iteration under way */
    uint64_t n_running;   /* of them */
    struct user *parked;  /* users without */
    uint64_t n_pausing;   /* users without that begin again in the next turn */
    struct pool users;    /* their memory */
    struct list detached; /* active_call.link: calls that no user has … */
    struct list left;     /* started.link: … that their user's iteration has left behind */
    uint64_t n_detached;  /* of both */

    struct mail ask_stop_mail; /* to the boss: its scenario has ended itself */
    const char *stop_why;      /* with it */
    bool stop_all;             /* with it: the whole run */
    uint64_t stop_at_ns;       /* with it */
    bool asked_stop;

    struct mail stop_mail; /* from the boss, whose the next two are until it is delivered */
    uint64_t stop_mail_at_ns;
    bool stop_posted;
};

/* ---- flow.c ---- */

/* On the worker's thread; false with a sentence in *e. The rest of *f is {0} but for the mails. */
bool flow_open(struct flow *f, struct worker *w, unsigned load, struct err *e);
void flow_start(struct flow *f); /* worker.start_ns is known */
void flow_stop(struct flow *f, uint64_t at_ns);
void flow_deliver_change(struct mail *m); /* of a change_mail */
void flow_abort(struct flow *f);
/* Its scenario has no more to do; `all`: the whole run has not. */
void flow_ask_stop(struct flow *f, bool all, const char *why);
void flow_is_fed_up(struct flow *f);        /* what its users wait for was all: they are the last */
void flow_end_with_this(struct flow *f);    /* the iteration that is under way is its last */
void flow_look_for_the_end(struct flow *f); /* draining and nothing is left: over */
void flow_close(struct flow *f);

static inline bool flow_is_open(const struct flow *f)
{
    return f->load->profile.model == LOAD_OPEN; /* that does not change */
}

/* ---- starts.c: who begins an iteration when ---- */
void starts_open(struct flow *f);   /* arms the timers of warm-up and plan */
void starts_change(struct flow *f); /* flow.profile is another one from now on */
void starts_end(struct flow *f);    /* nothing due from end_ns on starts; what is owed still does */
void starts_give_up(struct flow *f);         /* what is owed is skipped, what is queued ends */
bool starts_exhausted(const struct flow *f); /* no iteration will begin any more */
void starts_user_free(struct user *u);       /* its iteration is over, or it can begin its first */
void starts_fed(struct flow *f);             /* nobody is hungry any more */

/* ---- user.c ---- */
struct user *user_take(struct flow *f); /* a parked one, or a new one */
/* Its session with a client that has sessions, made when first asked for. */
void *user_session(struct user *u, unsigned client);
void user_park(struct user *u);
void user_dismiss(struct user *u); /* it rests, and leaves for good */
void user_begin(struct user *u, const struct start *s);
void user_go_on(struct user *u, const struct step *s);
void user_resume(struct user *u);          /* what it waited for is there */
void user_begin_next_turn(struct user *u); /* starts_user_free again, from a timer */
void user_interrupt(struct user *u);       /* the end of the drain */
void user_wake(struct vu *vu);             /* host_table.wake */
void user_leave_call(struct user *u);      /* its final call goes on without it … */
void user_end_for(struct active_call *c);  /* … and is done: any user ends the iteration */
/* What that call asked for, once more, to be given to `tell` with it. */
void user_ask_again(struct active_call *c, void (*tell)(struct active_call *c));
void user_forget(struct user *u);   /* it is gone, and so is the last call that it started */
void user_free_all(struct flow *f); /* all rest; clients are still there */

#endif
