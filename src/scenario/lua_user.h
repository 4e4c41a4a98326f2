/* scenario/lua_user.h: a virtual user whose steps a Lua coroutine says. Private to src/scenario. */
#ifndef WEIR_SCENARIO_LUA_USER_H
#define WEIR_SCENARIO_LUA_USER_H

#include "scenario/script.h"

/* A call of the script's own (weir.span). */
struct open_span {
    struct span span;
    uint64_t number; /* unique in its user */
    struct open_span *next;
};

/* A call that a user has made: what its checks and its outcome need. */
struct made_call {
    uint64_t number;                      /* unique in this state; 0: none yet */
    struct call_room *room;               /* NULL: none */
    struct lua_call *calling;             /* whose outcome is wanted; NULL: nobody waits for it */
    const struct prepared_call *prepared; /* as which it was made */
    const void *request;                  /* as it was rendered */
    int functions;     /* reference: checks of a call made at once; 0: those of calling */
    struct call *call; /* while it is done and its fate is not settled; else NULL */
};

struct started_call; /* lua_start.h */

struct vu {
    lua_State *co; /* its coroutine while it does something; NULL: it rests */
    int co_ref;    /* keeps it, in the registry */
    int table;     /* reference: vu of the script; LUA_NOREF: not made yet */
    bool started;  /* on_start is behind it */
    bool leaving;  /* on_stop runs */
    int function;  /* reference, borrowed: what it does … */
    int behind;    /* … and what behind it, when that is on_start */
    unsigned context;
    uint64_t id, iterations;
    uint64_t k, due_ns; /* of its iteration */
    uint64_t clock_ns;  /* when things should happen (spec/measure.md) */
    uint64_t slept_ns;  /* in this iteration */
    struct rng rng;     /* random values of this iteration */

    struct made_call made;         /* the last call that it waited for */
    uint64_t readable;             /* changes when the bytes of all outcomes so far are gone */
    struct started_call *starting; /* the last one, until the engine has it; NULL: none */
    struct started_call *given;    /* whose outcomes it got, and may still read */
    unsigned n_asked;              /* values on its stack for which it gets outcomes */
    struct open_span *spans;
    uint64_t n_spans;
};

#endif
