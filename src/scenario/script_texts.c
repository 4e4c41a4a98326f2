/* Each text is looked up in a table of the state first; what it stands for is made once. */
#include "scenario/script_texts.h"

#include <string.h>

#include "base/mem.h"

struct expression {
    regex_t compiled;
    struct expression *next;
};

void script_push_name(lua_State *L, const struct name *name)
{
    struct script *s = script_of(L);
    if (name->number >= s->n_names) {
        unsigned n = name->number + 64;
        s->names = mem_grow(s->names, n * sizeof *s->names);
        memset(s->names + s->n_names, 0, (n - s->n_names) * sizeof *s->names);
        s->n_names = n;
    }
    if (!s->names[name->number]) {
        lua_pushlstring(L, name->text.p, name->text.n);
        s->names[name->number] = luaL_ref(L, LUA_REGISTRYINDEX);
    }
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->names[name->number]);
}

const struct name *script_name(lua_State *L, int index)
{
    struct script *s = script_of(L);
    lua_pushvalue(L, index);
    int text = lua_gettop(L);
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->texts);
    lua_pushvalue(L, text);
    lua_rawget(L, -2);
    const struct name *name = lua_touserdata(L, -1);
    if (!name) {
        name = names_add(&s->program->names, lua_view(L, text));
        if (!name)
            luaL_error(L,
                       "the scripts have made up more than %d different texts; the one too many "
                       "is '%s'",
                       PROGRAM_NAMES_MOST, lua_tostring(L, text));
        lua_pushvalue(L, text);
        lua_pushlightuserdata(L, (void *)(uintptr_t)name);
        lua_rawset(L, -4);
    }
    lua_settop(L, text - 1);
    return name;
}

const char *script_reason(lua_State *L, int index)
{
    return program_reason(script_of(L)->program, lua_view(L, index));
}

static regex_t *compile(lua_State *L, str text)
{
    struct script *s = script_of(L);
    struct expression *x = mem_zero(sizeof *x);
    char why[100];
    int code = regcomp(&x->compiled, arena_z(&s->arena, text), REG_EXTENDED);
    if (code != 0) {
        regerror(code, &x->compiled, why, sizeof why);
        mem_free(x);
        luaL_error(L, "'%s' is no regular expression: %s", text.p, why);
    }
    x->next = s->expressions;
    s->expressions = x;
    return &x->compiled;
}

const regex_t *script_expression(lua_State *L, str text)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, script_of(L)->compiled);
    lua_pushlstring(L, text.p, text.n);
    lua_rawget(L, -2);
    regex_t *expression = lua_touserdata(L, -1);
    if (!expression) {
        expression = compile(L, text);
        lua_pushlstring(L, text.p, text.n);
        lua_pushlightuserdata(L, expression);
        lua_rawset(L, -4);
    }
    lua_pop(L, 2);
    return expression;
}

void script_texts_free(struct script *s)
{
    while (s->expressions) {
        struct expression *x = s->expressions;
        s->expressions = x->next;
        regfree(&x->compiled);
        mem_free(x);
    }
}
