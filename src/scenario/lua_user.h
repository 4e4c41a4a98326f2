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

    struct call_room *room;               /* of its last call; NULL: none in this iteration */
    struct lua_call *calling;             /* it waits for this call's outcome … */
    const struct prepared_call *prepared; /* … which was made as this */
    int functions;       /* reference: checks of a call made at once; 0: those of calling */
    struct call *last;   /* the last call, while its fate is not settled: within the step */
    uint64_t calls;      /* made so far: the number of the last */
    const void *request; /* of the last call */
    struct open_span *spans;
    uint64_t n_spans;
};

#endif
