/* scenario/script.h: a scenario file in one Lua state: of a worker, or of the main thread while it
 * is read for the first time. Private to src/scenario. One thread at a time, that of its worker. */
#ifndef WEIR_SCENARIO_SCRIPT_H
#define WEIR_SCENARIO_SCRIPT_H

#include <signal.h>

#include "base/rng.h"
#include "scenario/data.h"
#include "scenario/lua_state.h"
#include "scenario/program.h"

struct vu;
struct made_call;
struct started_call;

/* Functions of a scenario in this state: references into Lua's registry. */
struct script_scenario {
    int user, on_start, on_stop; /* LUA_NOREF: there is none */
    int *behaviours;             /* of a mix */
};

struct script {
    struct lua_memory memory; /* first: lua_state_memory finds the script by it */
    lua_State *L;
    struct program *program;
    struct host *host;    /* NULL on the main thread: nothing can run there */
    struct arena arena;   /* what lives as long as the state */
    struct arena scratch; /* what lives while a definition is read */
    bool loading;         /* the file's top level runs */
    struct rng load_rng;  /* random values of the top level: the same in every state */

    int *names; /* the program's names as Lua strings: references, 0 where not yet asked for */
    unsigned n_names;
    int modules;               /* reference: results of require, by name */
    int texts;                 /* reference: struct name by text */
    int pointers;              /* reference: compiled JSON pointers, by text */
    int data;                  /* reference: what setup gave */
    int iterate;               /* reference: on_start, then user (lua_prelude.h) */
    unsigned n_feeds;          /* made so far: they are known by their order */
    struct data_reader reader; /* of rows */
    struct buf text;           /* room for a text that a check reads */
    struct script_scenario *scenarios;
    int setup, teardown;
    uint64_t sequence; /* of ${seq}, this worker's */

    struct vu *now;                   /* the user whose step is under way; NULL: none */
    struct step next;                 /* what it asked for */
    bool asked;                       /* it did */
    uint64_t n_users;                 /* made so far */
    uint64_t n_calls;                 /* the same */
    const struct made_call *checking; /* its checks are being made */

    unsigned scenes;         /* that share this state */
    struct call_room *rooms; /* free ones */
    struct started_call *free_calls;
    struct started **awaited; /* room for the list of a step */
    size_t n_awaited, awaited_room;
    const char *warned;     /* of an error in a check of a call that nobody waited for: the last */
    struct coroutine *idle; /* coroutines that nobody uses */
    size_t n_idle, idle_room;
    struct expression *expressions;    /* compiled ones, to be freed */
    int compiled;                      /* reference: them by their texts */
    uint64_t load_until_ns;            /* the top level must have ended by then */
    char load_source[64];              /* where it is: the file … */
    int load_line;                     /* … and its line; 0: not begun */
    pthread_t thread;                  /* that steps its users */
    volatile sig_atomic_t interrupted; /* a hook is set that ends the step */
};

/* A Lua thread with its reference in the registry. */
struct coroutine {
    lua_State *L;
    int ref;
};

/* Makes a state and reads the file in it. NULL with a sentence (ERR_USAGE). On the main thread
 * (host is NULL) this fills the program; it is sealed then. */
struct script *script_open(struct program *p, struct host *host, struct err *e);
void script_close(struct script *s);

static inline struct script *script_of(lua_State *L)
{
    return (struct script *)lua_state_memory(L);
}

/* For functions of the API: the user that runs. Raises an error when none does, or when a coroutine
 * of the script's own does, from which nothing can wait. `what` is done by the function, which was
 * called `level` levels (1: directly) below the script. */
struct vu *script_user_of(lua_State *L, int level, const char *what);

static inline struct vu *script_user(lua_State *L, const char *what)
{
    return script_user_of(L, 1, what);
}

/* Raises an error unless the file's top level runs. */
void script_top_level(lua_State *L, const char *what);

/* Ends a function of the API by asking the engine for this step; what the engine brings comes back
 * as the function's results. */
int script_yield(lua_State *L, struct step step);

/* The same, while the n values on top stay on the user's stack. */
int script_yield_with(lua_State *L, struct step step, int n);

#endif
