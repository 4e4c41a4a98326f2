/* scenario/lua_state.h: a LuaJIT state as scenario files get it: a memory limit, no compiler (its
 * loops cannot be interrupted), no input and output, strict globals, errors that name file and
 * line. One thread at a time. */
#ifndef WEIR_SCENARIO_LUA_STATE_H
#define WEIR_SCENARIO_LUA_STATE_H

#include <lauxlib.h>
#include <lua.h>

#include "base/err.h"
#include "base/str.h"

/* The common head of what belongs to a state; its owner embeds it. Does not move. */
struct lua_memory {
    size_t used, limit; /* bytes */
    bool limited;       /* scripts run, which can be told; what weir itself needs, it gets */
    bool full;          /* the limit was reached since scripts began to run */
    struct err world;   /* the last failure of the world (ERR_RUN) that was raised: of which kind a
                         * sentence is, Lua does not remember */
};

/* A state with the libraries that scripts may use. `memory` outlives it. NULL with a sentence. */
lua_State *lua_state_open(struct lua_memory *memory, struct err *e);
void lua_state_close(lua_State *L);

/* The memory that the state was opened with: its owner finds itself from it. */
struct lua_memory *lua_state_memory(lua_State *L);

/* Globals are closed: reading an unknown one and making a new one are errors from now on. */
void lua_state_lock_globals(lua_State *L);

/* The error on top of the stack as a sentence for people, "file:line: what", popped. `file` is what
 * scripts are called in messages. */
void lua_state_error(lua_State *L, struct err *e);

/* Does a sentence begin with "file:12:"? */
bool lua_state_has_place(str text);

/* lua_pcall with that error: false with the sentence (ERR_USAGE, or ERR_RUN when it is that of a
 * lua_state_fail). */
bool lua_state_call(lua_State *L, int arguments, int results, struct err *e);

/* lua_resume and lua_cpcall, within the limit of memory. */
int lua_state_resume(lua_State *L, int arguments);
int lua_state_cpcall(lua_State *L, lua_CFunction f, void *with);

/* Raises an error with the position of the running function before the text. */
int lua_state_fail(lua_State *L, const struct err *e);

/* Views of values on the stack, valid while these are there. */
str lua_view(lua_State *L, int index); /* of a string; p is NULL for anything else */

#endif
