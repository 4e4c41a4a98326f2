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
    const void *request;    /* of the protocol's own type; NULL: each step brings one */
    unsigned client;        /* which of the plan's clients makes it */
    unsigned series_number; /* unique among the plan's prepared calls, from 0 */
    uint64_t timeout_ns;    /* from its due time; 0: the load's */
    bool detached;          /* its user does not wait for it */
};

/* A protocol and what it is opened with; each worker opens one client for each of these. */
struct client_spec {
    const struct protocol *protocol;
    const void *config; /* of the protocol's own type */
    bool sessions;      /* each user has a session with it */
};

enum step_kind {
    STEP_CALL,  /* make the call; step again with its outcome, or at once when it is detached */
    STEP_SLEEP, /* step again after sleep_ns of the user's own clock */
    STEP_WAIT,  /* step again when the scene wakes the user (host.h): its data is not there yet */
    STEP_DONE,  /* the iteration is complete */
    STEP_ERROR, /* the iteration ends as script_error */
    STEP_STOP,  /* the iteration is interrupted, and so is its scenario, everywhere: no data left */
    STEP_STOP_RUN, /* the same, and all scenarios with it */
};

struct step {
    enum step_kind kind;
    bool last;                        /* STEP_CALL: with this iteration its scenario ends */
    const struct prepared_call *call; /* STEP_CALL */
    const void *request;              /* STEP_CALL: rendered for this one, stays as long as
                                       * call.request (proto/protocol.h); NULL: the prepared one */
    struct reply *reply;              /* STEP_CALL: where the user wants the reply; NULL: nowhere */
    uint64_t sleep_ns;                /* STEP_SLEEP */
    const char *why;                  /* of an error or a stop: lives as long as the plan */
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
    /* MUST. Goes on: `last` is the call that was asked for, done (NULL after begin, after a sleep
     * and after a detached call). May turn an ok outcome into failed_check. */
    struct step (*step)(struct scene *scene, struct vu *vu, struct call *last);
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
