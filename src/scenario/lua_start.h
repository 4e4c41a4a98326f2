/* scenario/lua_start.h: calls that a user starts and goes on: call:start(vars) gives a handle,
 * p:wait() or weir.all(p, q) its outcome. Private to src/scenario. */
#ifndef WEIR_SCENARIO_LUA_START_H
#define WEIR_SCENARIO_LUA_START_H

#include "scenario/lua_call.h"

int lua_start(lua_State *L); /* the method of a call */

/* The user goes on behind a start, or has waited: leaves *results values on its stack. False: a
 * check of what it waited for ended in an error, with the sentence. */
bool lua_started_resume(struct vu *vu, int *results, struct err *e);

/* Of a call whose outcome the user got and whose bytes it can read; NULL: it is none of those. */
const struct made_call *lua_started_given(const struct vu *vu, uint64_t number);

void lua_started_take_back(struct script *s, struct vu *vu); /* all of these */
void lua_started_tidy(struct script *s, struct vu *vu);      /* its iteration is over */

/* scenario_type.done, .settled */
void lua_started_check(struct script *s, struct started *started);
void lua_started_settled(struct script *s, struct started *started);

void lua_started_free_all(struct script *s); /* none is under way */

#endif
