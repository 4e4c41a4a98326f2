/* Fields by kind, and sentences for what is none. */
#include "scenario/lua_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "base/units.h"

static bool is_in(const char *key, const char *const *list)
{
    for (; list && *list; list++)
        if (strcmp(key, *list) == 0)
            return true;
    return false;
}

/* The entries of a definition one after the other; NULL: there are no more. */
static const struct lua_api_entry *entry_at(const struct table_keys *keys, size_t i)
{
    const struct lua_api_entry *const lists[] = {keys->known, keys->also};
    for (size_t l = 0; l < 2; l++)
        for (const struct lua_api_entry *e = lists[l]; e && e->name; e++)
            if (i-- == 0)
                return e;
    return NULL;
}

static bool is_known(const struct table_keys *keys, const char *key)
{
    const struct lua_api_entry *e;
    for (size_t i = 0; (e = entry_at(keys, i)); i++)
        if (strcmp(key, e->name) == 0)
            return true;
    return false;
}

static void refuse_key(lua_State *L, const char *key, const struct table_keys *keys)
{
    const struct lua_api_entry *e;
    struct nearest nearest = {0};
    if (is_in(key, keys->later))
        luaL_error(L, "%s: '%s' is not in this version of weir", keys->what, key);
    for (size_t i = 0; (e = entry_at(keys, i)); i++)
        nearest_try(&nearest, str_from(key), str_from(e->name));
    if (nearest.best.n)
        luaL_error(L, "%s has no key '%s'; did you mean '%s'?", keys->what, key, nearest.best.p);
    luaL_error(L, "%s has no key '%s'", keys->what, key);
}

static void check_key(lua_State *L, int at, const struct table_keys *keys)
{
    if (lua_type(L, at) == LUA_TNUMBER) {
        double i = lua_tonumber(L, at);
        if (!(i >= 1 && i <= keys->items))
            luaL_error(L, "%s: there is no place for value %f without a key", keys->what, i);
    } else if (lua_type(L, at) != LUA_TSTRING) {
        luaL_error(L, "%s: keys are words, not a %s", keys->what, luaL_typename(L, at));
    } else if (!is_known(keys, lua_tostring(L, at))) {
        refuse_key(L, lua_tostring(L, at), keys);
    }
}

void table_check(lua_State *L, int index, const struct table_keys *keys)
{
    if (!lua_istable(L, index))
        luaL_error(L, "%s: a table is wanted, not a %s", keys->what, luaL_typename(L, index));
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1))
        check_key(L, lua_gettop(L) - 1, keys);
}

size_t table_size(lua_State *L, int index)
{
    size_t n = 0;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1))
        n++;
    return n;
}

size_t table_list(lua_State *L, int index, const char *what, const struct lua_api_entry *known)
{
    size_t n = lua_objlen(L, index), members = 0;
    const struct table_keys keys = {.what = what, .known = known, .items = (unsigned)n};
    table_check(L, index, &keys);
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1))
        members += lua_type(L, -2) == LUA_TNUMBER;
    if (n == 0 || members != n)
        luaL_error(L, n ? "%s has a gap" : "%s is empty", what);
    return n;
}

bool table_push(lua_State *L, int index, const char *key)
{
    lua_pushstring(L, key);
    lua_rawget(L, index);
    if (!lua_isnil(L, -1))
        return true;
    lua_pop(L, 1);
    return false;
}

/* The field of this type is on top; else an error. */
static bool push_typed(lua_State *L, int index, const char *key, int type)
{
    if (!table_push(L, index, key))
        return false;
    if (lua_type(L, -1) != type)
        luaL_error(L, "'%s' is a %s, not a %s", key, lua_typename(L, type), luaL_typename(L, -1));
    return true;
}

bool table_text(lua_State *L, int index, const char *key, str *out)
{
    if (!push_typed(L, index, key, LUA_TSTRING))
        return false;
    *out = lua_view(L, -1);
    lua_pop(L, 1);
    return true;
}

bool table_bool(lua_State *L, int index, const char *key, bool *out)
{
    if (!push_typed(L, index, key, LUA_TBOOLEAN))
        return false;
    *out = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return true;
}

static bool table_number(lua_State *L, int index, const char *key, double *out)
{
    if (!push_typed(L, index, key, LUA_TNUMBER))
        return false;
    *out = lua_tonumber(L, -1);
    lua_pop(L, 1);
    return true;
}

bool table_count(lua_State *L, int index, const char *key, uint64_t *out)
{
    double v;
    if (!table_number(L, index, key, &v))
        return false;
    if (!(v >= 0 && v <= 0x1p53) || v != (double)(uint64_t)v)
        luaL_error(L, "'%s' is a whole number, not %f", key, v);
    *out = (uint64_t)v;
    return true;
}

uint64_t value_duration(lua_State *L, int index, const char *what)
{
    uint64_t ns = 0;
    struct err e;
    if (lua_type(L, index) == LUA_TNUMBER) {
        double seconds = lua_tonumber(L, index);
        if (!(seconds >= 0 && seconds <= 366.0 * 24 * 3600))
            luaL_error(L, "%s: %f is no length of time", what, seconds);
        return (uint64_t)(seconds * 1e9 + 0.5);
    }
    if (lua_type(L, index) != LUA_TSTRING)
        luaL_error(L,
                   "%s: a length of time is wanted, like \"10s\" or a number of seconds, not a %s",
                   what, luaL_typename(L, index));
    if (!units_duration(lua_view(L, index), &ns, &e)) {
        err_wrap(&e, "%s", what);
        lua_state_fail(L, &e);
    }
    return ns;
}

bool table_duration(lua_State *L, int index, const char *key, uint64_t *ns)
{
    if (!table_push(L, index, key))
        return false;
    *ns = value_duration(L, lua_gettop(L), key);
    lua_pop(L, 1);
    return true;
}

bool table_timeout(lua_State *L, int index, uint64_t *ns)
{
    bool there = table_duration(L, index, "timeout", ns);
    if (there && *ns == 0)
        luaL_error(L, "'timeout' is longer than 0");
    return there;
}

bool table_function(lua_State *L, int index, const char *key, int *ref)
{
    if (!push_typed(L, index, key, LUA_TFUNCTION))
        return false;
    *ref = luaL_ref(L, LUA_REGISTRYINDEX);
    return true;
}

bool table_table(lua_State *L, int index, const char *key)
{
    return push_typed(L, index, key, LUA_TTABLE);
}

bool table_choice(lua_State *L, int index, const char *key, const char *const *words, unsigned *out)
{
    str text;
    if (!table_text(L, index, key, &text))
        return false;
    for (unsigned i = 0; words[i]; i++)
        if (str_eq(text, str_from(words[i]))) {
            *out = i;
            return true;
        }
    luaL_error(L, "'%s' is \"%s\" or \"%s\", not \"%s\"", key, words[0], words[1], text.p);
    return false;
}

static int by_text(const void *a, const void *b)
{
    const str *x = a, *y = b;
    int order = memcmp(x->p, y->p, x->n < y->n ? x->n : y->n);
    return order ? order : (x->n > y->n) - (x->n < y->n);
}

void table_each_sorted(lua_State *L, int index, void (*each)(lua_State *L, str key, void *to),
                       void *to)
{
    luaL_checkstack(L, 4, "too deep");
    size_t n = table_size(L, index);
    str *keys = lua_newuserdata(L, (n + 1) * sizeof *keys); /* the collector frees it */
    n = 0;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING)
            luaL_error(L, "keys are words here, not a %s", luaL_typename(L, -2));
        keys[n++] = lua_view(L, -2);
    }
    if (n)
        qsort(keys, n, sizeof *keys, by_text);
    for (size_t i = 0; i < n; i++) {
        lua_pushlstring(L, keys[i].p, keys[i].n);
        lua_pushvalue(L, -1);
        lua_rawget(L, index);
        each(L, keys[i], to);
        lua_pop(L, 2);
    }
    lua_pop(L, 1);
}
