/* scenario/lua_metrics.h: what scripts count beside calls. Private to src/scenario. */
#ifndef WEIR_SCENARIO_LUA_METRICS_H
#define WEIR_SCENARIO_LUA_METRICS_H

#include "scenario/lua_user.h"

/* The iteration is over: spans that its script did not end are abandoned. */
void lua_spans_abandon(struct script *s, struct vu *vu);

/* Pushes group_begin and group_end of lua_prelude.h. */
void lua_group_push(lua_State *L);

#endif
