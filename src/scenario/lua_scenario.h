/* scenario/lua_scenario.h: scenario files as plans: read once here, then by each worker. */
#ifndef WEIR_SCENARIO_LUA_SCENARIO_H
#define WEIR_SCENARIO_LUA_SCENARIO_H

#include "scenario/program.h"

/* Users whose steps a Lua coroutine says. */
extern const struct scenario_type lua_scenario;

/* The program of a scenario of this type. */
struct lua_program {
    struct program *program;
    enum lua_part { LUA_USERS, LUA_SETUP, LUA_TEARDOWN } part;
    unsigned scenario; /* LUA_USERS: which of the file's */
};

/* Runs the top level of the file that program_read has read: fills clients, calls and scenarios.
 * Settings, seed and memory_limit are set. False with a sentence that names file and line. */
bool lua_program_read(struct program *p, struct err *e);

/* The order of rows, before the workers are there; and after they are gone. */
void feeds_begin(struct program *p, unsigned workers, uint64_t seed);
void feeds_end(struct program *p);

/* What scripts can use and write: as a Lua file for editors, and as a chapter of the reference. */
void lua_reference_annotations(struct buf *out); /* LuaLS, also read by EmmyLua */
void lua_reference_markdown(struct buf *out);

#endif
