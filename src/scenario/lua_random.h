/* scenario/lua_random.h: random values for scripts, seeded by (seed, scenario, iteration), so that
 * a run repeats whatever the number of threads. Private to src/scenario. */
#ifndef WEIR_SCENARIO_LUA_RANDOM_H
#define WEIR_SCENARIO_LUA_RANDOM_H

#include <lua.h>

#include "base/rng.h"

enum { UUID_TEXT = 37 };

/* A version 4 UUID (RFC 9562) as text with its zero. */
void random_uuid(struct rng *rng, char out[UUID_TEXT]);

/* Puts seeded ones in the place of math.random and math.randomseed. */
void lua_random_replace(lua_State *L);

#endif
