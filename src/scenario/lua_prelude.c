/* What is simpler in Lua than in C, because users may wait within it. */
#include "scenario/lua_prelude.h"

const char lua_prelude[] =
    "local started, group_begin, group_end = ...\n"
    "local function iterate(on_start, user, vu, data)\n"
    "  if on_start then\n"
    "    on_start(vu, data)\n"
    "    started()\n"
    "  end\n"
    "  return user(vu, data)\n"
    "end\n"
    "local function finish(name, clock, slept, ...)\n"
    "  group_end(name, clock, slept)\n"
    "  return ...\n"
    "end\n"
    "local function group(name, f, ...)\n"
    "  local clock, slept = group_begin()\n"
    "  return finish(name, clock, slept, f(...))\n"
    "end\n"
    "return iterate, group\n";
