/* scenario/lua_watch.h: ending a step that does not end by itself (`while true do end`): another
 * thread asks, a signal on the state's own thread sets a hook, the hook raises an error with file
 * and line, again and again until no pcall is left to catch it. LuaJIT can only be hooked so while
 * its compiler is off, as it is in scripts' states. A function of C that never returns
 * (string.find with a bad pattern) cannot be ended. Private to src/scenario. */
#ifndef WEIR_SCENARIO_LUA_WATCH_H
#define WEIR_SCENARIO_LUA_WATCH_H

#include "scenario/script.h"

void lua_watch_begin(struct script *s); /* a step begins, on the state's thread */
void lua_watch_end(struct script *s);   /* it has ended: the hook, if there is one, goes */

/* Any thread. Harmless when no step is under way. */
void lua_watch_interrupt(struct script *s);

#endif
