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
        *in;       /* by context and instance of the client; NULL until asked for */
    unsigned next; /* instance */
    int functions; /* reference: its checks that are Lua functions, a list */
    unsigned n_functions;
    bool json;  /* the variable `value` is written as JSON */
    int encode; /* reference: or by this function */
    int value;  /* reference: what is given to it where there is no variable; LUA_NOREF: none */
    const regex_t **expressions; /* of its checks, in this state; NULL until asked for */
};

/* Pushes the object for a definition that was read from the value at `index`, whose functions it
 * keeps when that is a table. */
struct lua_call *lua_call_push(lua_State *L, struct call_definition *c, int index);

/* Makes the call now with the variables at index `vars` (0: none): the end of a function of the
 * API. `checks`: the index of a table of checks whose functions take the place of the call's for
 * this once (0: none does). */
int lua_call_make(lua_State *L, struct lua_call *call, int vars, int checks);

/* The functions of a call that was made at once are not needed any more. */
void lua_call_forget_functions(lua_State *L, struct vu *vu);

/* ---- outcomes (lua_outcome.c) ---- */

/* Pushes the outcome of the user's last call, which is done: vu->last. */
void lua_outcome_push(lua_State *L, struct vu *vu);

/* A check of the outcome at `index`, whose name is at `name`, was made by the script: counts it,
 * may turn the fate. */
void lua_outcome_checked(lua_State *L, int index, int name, bool passed);

/* The same for any check of the user's last call; `why`: what is said when it failed. */
void lua_call_checked(struct vu *vu, struct script *s, const struct name *check, const char *why,
                      bool passed);

/* ---- declared checks (lua_checking.c) ---- */

/* A reference to a list of the functions among the checks in the table at `index`; *n: how many. */
int lua_call_keep_functions(lua_State *L, int index, unsigned *n);
/* Makes all declared checks of the user's last call. False: one of them ended in an error. */
bool lua_call_check_all(struct script *s, struct vu *vu, struct err *e);

#endif
