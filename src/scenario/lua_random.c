/* uuid, random, pick, sequence; math.random. */
#include "scenario/lua_random.h"

#include <math.h>
#include <stdio.h>

#include "scenario/lua_api.h"
#include "scenario/lua_user.h"

void random_uuid(struct rng *rng, char out[UUID_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    uint64_t bits[2] = {rng_u64(rng), rng_u64(rng)};
    bits[0] = (bits[0] & ~UINT64_C(0xf000)) | 0x4000;
    bits[1] = (bits[1] & ~(UINT64_C(3) << 62)) | UINT64_C(1) << 63;
    char *p = out;
    for (int i = 0; i < 32; i++) {
        if (i == 8 || i == 12 || i == 16 || i == 20)
            *p++ = '-';
        *p++ = digits[bits[i / 16] >> (60 - 4 * (i % 16)) & 15];
    }
    *p = 0;
}

/* That of the user who runs, or of the top level. */
static struct rng *rng_of(lua_State *L)
{
    struct script *s = script_of(L);
    return s->now ? &s->now->rng : &s->load_rng;
}

static int uuid(lua_State *L)
{
    char text[UUID_TEXT];
    random_uuid(rng_of(L), text);
    lua_pushstring(L, text);
    return 1;
}

/* A whole number of the range at arguments 1 and 2. */
static int whole_number(lua_State *L)
{
    double from = luaL_checknumber(L, 1), to = luaL_checknumber(L, 2);
    bool in_range = from >= -0x1p53 && to <= 0x1p53 && from <= to && to - from < 0x1p53;
    if (!in_range || from != floor(from) || to != floor(to))
        return luaL_error(L, "random(%f, %f): two whole numbers are wanted, the smaller first",
                          from, to);
    uint64_t many = (uint64_t)(to - from) + 1;
    lua_pushnumber(L, from + (double)rng_below(rng_of(L), many));
    return 1;
}

/* As Lua's math.random: (), (to), (from, to). */
static int any_random(lua_State *L)
{
    if (lua_gettop(L) == 0) {
        lua_pushnumber(L, rng_unit(rng_of(L)));
        return 1;
    }
    if (lua_gettop(L) == 1) {
        lua_pushnumber(L, 1);
        lua_insert(L, 1);
    }
    return whole_number(L);
}

static int no_seed(lua_State *L)
{
    return luaL_error(L, "math.randomseed: --seed N makes a run repeatable, for all users at once");
}

static int pick(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    size_t n = lua_objlen(L, 1);
    if (n == 0)
        return luaL_error(L, "weir.pick: the list is empty");
    lua_rawgeti(L, 1, (int)rng_below(rng_of(L), n) + 1);
    return 1;
}

/* Unique in the whole run: worker i of n gives i, i + n, i + 2n, … */
static int sequence(lua_State *L)
{
    struct script *s = script_of(L);
    luaL_checkstring(L, 1);
    script_user(L, "weir.sequence");
    lua_getfield(L, LUA_REGISTRYINDEX, "weir.sequences");
    lua_pushvalue(L, 1);
    lua_rawget(L, -2);
    double given = lua_tonumber(L, -1); /* nil: 0 */
    lua_pushvalue(L, 1);
    lua_pushnumber(L, given + 1);
    lua_rawset(L, -4);
    lua_pushnumber(L, (double)share_element(s->host->share, (uint64_t)given));
    return 1;
}

const struct lua_api_entry lua_random_api[] = {
    {"uuid", uuid, "(): string", "a random UUID (version 4)"},
    {"random", any_random, "(from?: integer, to?: integer): number",
     "a whole number from .. to, both included; without them a number in [0, 1)"},
    {"pick", pick, "(list: any[]): any", "one of the list's values, each equally likely"},
    {"sequence", sequence, "(name: string): integer",
     "0, 1, 2, … under this name: each number at most once in the whole run"},
    {.name = NULL},
};

void lua_random_replace(lua_State *L)
{
    lua_getglobal(L, "math");
    lua_pushcfunction(L, any_random);
    lua_setfield(L, -2, "random");
    lua_pushcfunction(L, no_seed);
    lua_setfield(L, -2, "randomseed");
    lua_pop(L, 1);
    lua_newtable(L);
    lua_setfield(L, LUA_REGISTRYINDEX, "weir.sequences");
}
