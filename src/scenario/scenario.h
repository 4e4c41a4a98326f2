/* scenario/scenario.h: what a virtual user does, as the engine sees it: a machine that is stepped.
 * It says which call to make or how long to sleep, and is stepped again with what came of it.
 * Compiled step lists (steps.c), generated records (records.c) and Lua coroutines (lua_user.c)
 * stand behind the same table. */
#ifndef WEIR_SCENARIO_SCENARIO_H
#define WEIR_SCENARIO_SCENARIO_H

#include "proto/protocol.h"
#include "scenario/host.h"

/* A call that is ready to be made, any number of times, by any user. Made once per plan. */
struct prepared_call {
    const struct series *series;
    const void *request;     /* of the protocol's own type; NULL: each step brings one */
    unsigned client;         /* which of the plan's clients makes it */
    unsigned series_number;  /* unique among the plan's prepared calls, from 0 */
    const struct part *part; /* where its acknowledgement is counted; NULL: nowhere */
    uint64_t timeout_ns;     /* from its due time; 0: the load's */
    bool detached;           /* its user does not wait for it */
};

/* A protocol and what it is opened with; each worker opens one client for each of these. */
struct client_spec {
    const struct protocol *protocol;
    const void *config; /* of the protocol's own type */
    bool sessions;      /* each user has a session with it */
};

/* A call that its user starts and goes on. In memory of the scenario type's, from the step that
 * starts it until its `settled`; what is in it is the engine's to set. */
struct started {
    struct call *call;   /* its views are valid until it is settled; its outcome: once done */
    struct list link;    /* among its user's, then among those that were left */
    struct reply *reply; /* as step.reply */
    bool done;
    bool awaited; /* its user waits for it, or is being told that it is done */
    bool left;    /* its iteration is over: nobody will wait for it any more */
};

enum step_kind {
    STEP_CALL,  /* make the call; step again with its outcome, or at once when it is detached or
                 * started */
    STEP_AWAIT, /* step again, without a call, when all that it names are done: its fate settles
                 * behind that step */
    STEP_SLEEP, /* step again after sleep_ns of the user's own clock */
    STEP_WAIT,  /* step again when the scene wakes the user (host.h): its data is not there yet */
    STEP_DONE,  /* the iteration is complete */
    STEP_ERROR, /* the iteration ends as script_error */
    STEP_STOP,  /* the iteration is interrupted, and so is its scenario, everywhere: no data left */
    STEP_STOP_RUN, /* the same, and all scenarios with it */
};

struct step {
    enum step_kind kind;
    bool last;  /* STEP_CALL: with this iteration its scenario ends */
    bool final; /* STEP_CALL that the user waits for: its iteration is complete when it is done, of
                 * which the scenario need not be told. The user may be in another iteration before
                 * that: the same one begun anew, by any user, brings the same request */
    const struct prepared_call *call; /* STEP_CALL */
    const void *request;              /* STEP_CALL: rendered for this one, stays as long as
                                       * call.request (proto/protocol.h); NULL: the prepared one */
    struct reply *reply;              /* STEP_CALL: where the user wants the reply; NULL: nowhere */
    uint64_t due_ns;                  /* STEP_CALL: monotonic; 0: by the user's clock */
    struct started *started;        /* STEP_CALL: the user goes on, and may wait for it later; what
                                     * request and reply point to stays until it is done. NULL: it waits */
    struct started *const *awaited; /* STEP_AWAIT: not settled, of this user's iteration; the list
                                     * is read before anybody is stepped again */
    unsigned n_awaited;
    uint64_t sleep_ns; /* STEP_SLEEP */
    const char *why;   /* of an error or a stop: lives as long as the plan */
};

/* An iteration that begins. */
struct iteration {
    uint64_t k;      /* its number in the whole run */
    uint64_t due_ns; /* monotonic */
};

/* A virtual user's own state; its real type is the scenario type's. */
struct vu;

/* What a worker has of a scenario: its Lua state, its generators. Real type as above. */
struct scene;

struct scenario;

struct scenario_type {
    size_t vu_size; /* bytes of a user, zeroed before its first iteration */
    /* MUST. On the worker's thread. NULL with a sentence when it cannot be had. */
    struct scene *(*open)(const struct scenario *s, struct host *host, struct err *e);
    /* MUST. No users are left. */
    void (*close)(struct scene *scene);
    /* MUST. A new iteration begins. */
    void (*begin)(struct scene *scene, struct vu *vu, struct iteration it);
    /* MUST. Goes on: `last` is the call that was asked for, done (NULL after begin, after a sleep,
     * after a detached or started call, and when all that were awaited are done). May turn an ok
     * outcome into failed_check, also those of what was awaited. */
    struct step (*step)(struct scene *scene, struct vu *vu, struct call *last);
    /* MUST, where calls are started. It is done (not within a step), whatever its user does
     * meanwhile; may turn an ok outcome into failed_check. */
    void (*done)(struct scene *scene, struct started *s);
    /* MUST, where calls are started. Its fate is settled and its call's memory goes: *s is the
     * scenario type's again. Behind the step that was told of it; nobody having waited for it, at
     * the end of its iteration, or when it is done after that. */
    void (*settled)(struct scene *scene, struct started *s);
    /* MAY. Any thread. A step has been under way for too long: ends it with an error, if it can. */
    void (*interrupt)(struct scene *scene);
    /* MAY. The iteration was interrupted where it stands. */
    void (*drop)(struct scene *scene, struct vu *vu);
    /* MAY. The user leaves the run: begins what it does then, which is no iteration. False:
     * nothing. */
    bool (*leave)(struct scene *scene, struct vu *vu, uint64_t due_ns);
    /* MAY. The user goes for good; it has no iteration under way. */
    void (*forget)(struct scene *scene, struct vu *vu);
};

struct scenario {
    const struct scenario_type *type;
    const void *program; /* of the type's own: the step list, the Lua file */
};

#endif
