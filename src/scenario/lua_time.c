/* sleep, pace, now; fail and stop. */
#include "base/clock.h"
#include "scenario/lua_api.h"
#include "scenario/lua_table.h"
#include "scenario/lua_user.h"
#include "scenario/script_texts.h"

static int sleep_for(lua_State *L, struct vu *vu, uint64_t ns)
{
    vu->slept_ns += ns;
    vu->clock_ns += ns;
    return script_yield(L, (struct step){.kind = STEP_SLEEP, .sleep_ns = ns});
}

static int weir_sleep(lua_State *L)
{
    struct vu *vu = script_user(L, "weir.sleep");
    uint64_t from = value_duration(L, 1, "weir.sleep"), to = from;
    if (!lua_isnoneornil(L, 2))
        to = value_duration(L, 2, "weir.sleep");
    if (to < from)
        return luaL_error(L, "weir.sleep(from, to): the shorter time comes first");
    return sleep_for(L, vu, from + (to > from ? rng_below(&vu->rng, to - from + 1) : 0));
}

/* Until T after this iteration was due; when that is over already, not at all. */
static int pace(lua_State *L)
{
    struct vu *vu = script_user(L, "weir.pace");
    uint64_t until = vu->due_ns + value_duration(L, 1, "weir.pace");
    return sleep_for(L, vu, until > vu->clock_ns ? until - vu->clock_ns : 0);
}

static int now(lua_State *L)
{
    lua_pushnumber(L, (double)clock_wall_ns() / 1e9);
    return 1;
}

static int end_with(lua_State *L, enum step_kind kind, const char *what)
{
    luaL_checkstring(L, 1);
    if (script_of(L)->loading)
        return luaL_error(L, "%s", lua_tostring(L, 1));
    script_user(L, what);
    return script_yield(L, (struct step){.kind = kind, .why = script_reason(L, 1)});
}

static int fail(lua_State *L)
{
    return end_with(L, STEP_ERROR, "weir.fail");
}

static int stop(lua_State *L)
{
    return end_with(L, STEP_STOP_RUN, "weir.stop");
}

const struct lua_api_entry lua_time_api[] = {
    {"sleep", weir_sleep, "(time: string|number, to?: string|number)",
     "waits: \"500ms\", \"2s\", a number of seconds; with two, a random time between them"},
    {"pace", pace, "(time: string|number)",
     "waits until this time after the iteration was due: one iteration each time T"},
    {"now", now, "(): number", "seconds since 1970"},
    {"fail", fail, "(why: string)", "ends the iteration as a script error"},
    {"stop", stop, "(why: string)", "ends the run: no new iterations, what is in flight finishes"},
    {.name = NULL},
};
