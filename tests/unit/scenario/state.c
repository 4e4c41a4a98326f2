/* A script that has only what values need. */
#include "state.h"

#include <string.h>

#include "base/mem.h"

struct script *state_open(void)
{
    struct script *s = mem_zero(sizeof *s);
    struct err e;
    s->memory.limit = 1 << 30;
    s->L = lua_state_open(&s->memory, &e);
    assert_non_null(s->L);
    lua_newtable(s->L);
    s->pointers = luaL_ref(s->L, LUA_REGISTRYINDEX);
    lua_newtable(s->L);
    lua_pushlightuserdata(s->L, NULL);
    lua_setfield(s->L, -2, "null");
    lua_setglobal(s->L, "weir");
    return s;
}

void state_close(struct script *s)
{
    assert_int_equal(lua_gettop(s->L), 0);
    lua_state_close(s->L);
    assert_int_equal(s->memory.used, 0);
    arena_free(&s->arena);
    mem_free(s);
}

void state_push(struct script *s, const char *expression)
{
    struct buf chunk = {0};
    buf_printf(&chunk, "return %s", expression);
    int wrong = luaL_loadbuffer(s->L, chunk.p, chunk.n, "=test") || lua_pcall(s->L, 0, 1, 0);
    buf_free(&chunk);
    if (wrong)
        fail_msg("%s", lua_tostring(s->L, -1));
}

const char *state_raised(struct script *s, int (*f)(lua_State *L), void *with)
{
    return lua_cpcall(s->L, f, with) == 0 ? NULL : lua_tostring(s->L, -1);
}
