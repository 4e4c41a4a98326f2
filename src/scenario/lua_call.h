/* scenario/lua_call.h: a call as scripts hold it: called like a function, it makes the call and
 * gives its outcome. Private to src/scenario. */
#ifndef WEIR_SCENARIO_LUA_CALL_H
#define WEIR_SCENARIO_LUA_CALL_H

#include "scenario/checks.h"
#include "scenario/lua_api.h"
#include "scenario/lua_user.h"

struct lua_call {
    struct call_definition *definition;
    const struct prepared_call *
        *in;           /* by context and instance of the client; NULL until asked for */
    unsigned next;     /* instance */
    int client_checks; /* reference, the client's: LUA_NOREF: none */
    int functions;     /* reference: its checks that are Lua functions, a list */
    unsigned n_functions;
    bool json;  /* the variable `value` is written as JSON */
    int encode; /* reference: or by this function */
    int decode; /* reference: what makes a value of the bytes of a reply; LUA_NOREF: none */
    int value;  /* reference: what is given to it where there is no variable; LUA_NOREF: none */
    const regex_t **expressions; /* of its checks, in this state; NULL until asked for */
};

struct definer;

/* Pushes the object for a definition that was read from the value at `index`, whose functions it
 * keeps when that is a table, behind those of its client. */
struct lua_call *lua_call_push(lua_State *L, const struct definer *definer,
                               struct call_definition *c, int index);

/* Makes the call now with the variables at index `vars` (0: none): the end of a function of the
 * API. `checks`: the index of a table of checks whose functions take the place of the call's for
 * this once (0: none does). */
int lua_call_make(lua_State *L, struct lua_call *call, int vars, int checks);

/* Raises an error unless there is a table at `vars`, or nothing. */
void lua_call_want_variables(lua_State *L, const struct lua_call *call, int vars);

/* The step that makes it, rendered into made->room. The bytes of earlier outcomes are gone. */
struct step lua_call_step(lua_State *L, struct vu *vu, struct lua_call *call, int vars,
                          struct made_call *made);

/* The functions of a call that was made at once are not needed any more. */
void lua_call_forget_functions(lua_State *L, struct vu *vu);

struct call_room *lua_call_take_room(struct script *s);
void lua_call_give_room(struct script *s, struct call_room *room); /* MAY be NULL */

/* When a call that awaits a record is due, monotonic: with the variables at `vars` (0: none); 0: by
 * its user's clock. Raises an error for variables that mean nothing to it (lua_kafka_take.c). */
uint64_t lua_take_due(lua_State *L, int vars);

/* ---- outcomes (lua_outcome.c) ---- */

/* Pushes the outcome of a call that is done (made->call). `reader` can read its bytes until its
 * next call; NULL: who makes its checks, during these. */
void lua_outcome_push(lua_State *L, const struct made_call *made, const struct vu *reader);

/* A check of the outcome at `index`, whose name is at `name`, was made by the script: counts it,
 * may turn the fate. */
void lua_outcome_checked(lua_State *L, int index, int name, bool passed);

/* The same for any check of a call that is done; `why`: what is said when it failed. */
void lua_call_checked(struct script *s, const struct made_call *made, const struct name *check,
                      const char *why, bool passed);

/* ---- declared checks (lua_checking.c) ---- */

/* A reference to a list of the functions among the checks of a client (a reference to their table;
 * LUA_NOREF: none) and of a call (the index of theirs; 0: none), in the order of their numbers; *n:
 * how many. */
int lua_call_keep_functions(lua_State *L, int client, int index, unsigned *n);
/* Makes all declared checks of a call that is done. False: one of them ended in an error. */
bool lua_call_check_all(struct script *s, const struct made_call *made, struct err *e);

#endif
