/* scenario/scenario.h: what a virtual user does, as the engine sees it: a machine that is stepped.
 * It says which call to make or how long to sleep, and is stepped again with what came of it.
 * Compiled step lists (steps.c) and, later, Lua coroutines stand behind the same table. */
#ifndef WEIR_SCENARIO_SCENARIO_H
#define WEIR_SCENARIO_SCENARIO_H

#include "proto/protocol.h"
#include "stats/series.h"

/* A call that is ready to be made, any number of times, by any user. Made once per plan. */
struct prepared_call {
    const struct series *series;
    const void *request;    /* of the protocol's own type */
    unsigned client;        /* which of the scenario's clients makes it */
    unsigned series_number; /* unique among the plan's prepared calls, from 0 */
};

/* A protocol and what it is opened with; each worker opens one client for each of these. */
struct client_spec {
    const struct protocol *protocol;
    const void *config; /* of the protocol's own type */
};

enum step_kind {
    STEP_CALL,  /* make the call; step again with its outcome */
    STEP_SLEEP, /* step again after sleep_ns of the user's own clock */
    STEP_DONE,  /* the iteration is complete */
    STEP_ERROR, /* the iteration ends as script_error */
};

struct step {
    enum step_kind kind;
    const struct prepared_call *call; /* STEP_CALL */
    uint64_t sleep_ns;                /* STEP_SLEEP */
    const char *why;                  /* STEP_ERROR: lives as long as the plan */
};

/* A virtual user's own state; its real type is the scenario type's. */
struct vu;

struct scenario;

struct scenario_type {
    size_t vu_size; /* bytes of a user, zeroed before its first iteration */
    /* MUST. A new iteration begins; its number in the whole run is k. */
    void (*begin)(const struct scenario *s, struct vu *vu, uint64_t k);
    /* MUST. Goes on: `last` is the outcome of the call that was asked for (NULL after begin and
     * after a sleep). May turn an ok outcome into failed_check. */
    struct step (*step)(const struct scenario *s, struct vu *vu, struct outcome *last);
};

struct scenario {
    const struct scenario_type *type;
    const struct client_spec *clients;
    unsigned n_clients;
    const void *program; /* of the type's own: the step list, the Lua file */
};

#endif
