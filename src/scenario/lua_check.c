/* Reading the checks that a call or a client declares: tables of weir.is that say what is wanted,
 * and functions. */
#include "scenario/lua_check.h"

#include <math.h>

#include "scenario/check_names.h"
#include "scenario/lua_api.h"
#include "scenario/lua_table.h"

/* Where the checks of one call are read to. */
struct check_reader {
    struct check_parts *out;
    struct arena *arena;
    unsigned depth; /* of weir.is.when in others */
};

enum { DEPTH_MOST = 10 };

static struct check_value value_at(lua_State *L, int index)
{
    switch (lua_type(L, index)) {
    case LUA_TSTRING:
        return (struct check_value){.kind = VALUE_TEXT, .text = lua_view(L, index)};
    case LUA_TNUMBER:
        if (!isfinite(lua_tonumber(L, index)))
            luaL_error(L, "a check compares with numbers, and %f is none", lua_tonumber(L, index));
        return (struct check_value){.kind = VALUE_NUMBER, .number = lua_tonumber(L, index)};
    case LUA_TBOOLEAN:
        return (struct check_value){.kind = lua_toboolean(L, index) ? VALUE_TRUE : VALUE_FALSE};
    case LUA_TLIGHTUSERDATA:
        return (struct check_value){.kind = VALUE_NULL};
    default:
        luaL_error(L,
                   "a check compares with texts, numbers, true, false or weir.null, not with a %s",
                   luaL_typename(L, index));
        return (struct check_value){.kind = VALUE_NONE};
    }
}

/* One value, or a list of them, at the index. */
static void read_values(lua_State *L, int index, struct arena *arena, struct check *c)
{
    size_t n = lua_istable(L, index) ? table_list(L, index, "the list of a check", NULL) : 1;
    struct check_value *values = arena_alloc(arena, n * sizeof *values);
    if (!lua_istable(L, index)) {
        values[0] = value_at(L, index);
    } else {
        for (size_t i = 0; i < n; i++) {
            lua_rawgeti(L, index, (int)i + 1);
            values[i] = value_at(L, lua_gettop(L));
            lua_pop(L, 1);
        }
        c->op = CHECK_IN;
    }
    c->values = values;
    c->n_values = (unsigned)n;
}

/* Pushes value i behind the kind; its index. */
static int push_argument(lua_State *L, int check, int i)
{
    lua_rawgeti(L, check, i + 1);
    return lua_gettop(L);
}

static void read_operator(lua_State *L, int check, int i, struct arena *arena, struct check *c)
{
    struct err e;
    int at = push_argument(L, check, i);
    if (!check_op_read(lua_type(L, at) == LUA_TSTRING ? lua_view(L, at) : STR(""), &c->op, &e))
        lua_state_fail(L, &e);
    enum check_op said = c->op;
    int value = push_argument(L, check, i + 1);
    bool has_value = !lua_isnil(L, value);
    if (has_value == (said == CHECK_EXISTS))
        luaL_error(L, "'%s' is written with%s a value behind it", lua_tostring(L, at),
                   has_value ? "out" : "");
    if (has_value)
        read_values(L, value, arena, c);
    if (said != CHECK_IN && c->op == CHECK_IN)
        luaL_error(L, "a list is compared by 'in', not by '%s'", lua_tostring(L, at));
    if (said == CHECK_COUNT && (c->kind != CHECK_JSON || c->values[0].kind != VALUE_NUMBER))
        luaL_error(L, "'count' is for weir.is.json and compares with a number");
    lua_pop(L, 2);
}

static void read_statuses(lua_State *L, int check, struct arena *arena, struct check *c)
{
    read_values(L, push_argument(L, check, 1), arena, c);
    for (unsigned i = 0; i < c->n_values; i++)
        if (c->values[i].kind != VALUE_NUMBER)
            luaL_error(L, "weir.is.status: a status is a number, like 201");
    lua_pop(L, 1);
}

static void read_text(lua_State *L, int check, struct check *c)
{
    c->text = lua_view(L, push_argument(L, check, 1));
    lua_pop(L, 1);
}

static void read_any(lua_State *L, int index, struct check_reader *r, struct check *c);

/* The condition, then the check: in the order of their functions' numbers. */
static void read_when(lua_State *L, int index, struct check_reader *r, struct check *c)
{
    struct check *parts = arena_alloc(r->arena, 2 * sizeof *parts);
    if (++r->depth > DEPTH_MOST)
        luaL_error(L, "weir.is.when stands in more than %d others", DEPTH_MOST);
    luaL_checkstack(L, 10, "weir.is.when");
    for (int i = 0; i < 2; i++) {
        read_any(L, push_argument(L, index, i + 1), r, &parts[i]);
        lua_pop(L, 1);
    }
    if (parts[0].kind == CHECK_WHEN)
        luaL_error(L, "the condition of weir.is.when is a check or a function, not a weir.is.when");
    c->condition = &parts[0];
    c->then = &parts[1];
    r->depth--;
}

static void read_pointer(lua_State *L, int check, int i, struct arena *arena,
                         struct json_pointer *out)
{
    struct err e;
    str text = lua_view(L, push_argument(L, check, i));
    if (!json_pointer_parse(text, arena, out, &e))
        lua_state_fail(L, &e);
    lua_pop(L, 1);
}

static void read_check(lua_State *L, int index, struct check_reader *r, struct check *c)
{
    lua_rawgeti(L, index, 1);
    c->kind = (enum check_kind)lua_tointeger(L, -1);
    lua_pop(L, 1);
    switch (c->kind) {
    case CHECK_JSON:
        read_pointer(L, index, 1, r->arena, &c->pointer);
        read_operator(L, index, 2, r->arena, c);
        break;
    case CHECK_JSON_SAME:
        read_pointer(L, index, 1, r->arena, &c->pointer);
        read_pointer(L, index, 2, r->arena, &c->of_request);
        break;
    case CHECK_HEADER:
        read_text(L, index, c);
        read_operator(L, index, 2, r->arena, c);
        break;
    case CHECK_SIZE:
    case CHECK_KEY:
        read_operator(L, index, 1, r->arena, c);
        break;
    case CHECK_WHEN:
        read_when(L, index, r, c);
        break;
    case CHECK_STATUS:
        read_statuses(L, index, r->arena, c);
        break;
    case CHECK_MATCHES:
        c->number = r->out->list.n_expressions++;
        read_text(L, index, c);
        break;
    case CHECK_NOT_EMPTY:
    case CHECK_ECHO:
    case CHECK_CONTAINS_REQUEST:
        break;
    default:
        read_text(L, index, c);
    }
}

static bool is_check(lua_State *L, int index)
{
    if (!lua_istable(L, index) || !lua_getmetatable(L, index))
        return false;
    luaL_getmetatable(L, "weir.Check");
    bool same = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    return same;
}

static void read_any(lua_State *L, int index, struct check_reader *r, struct check *c)
{
    *c = (struct check){.op = CHECK_EQ};
    if (lua_isfunction(L, index)) {
        c->kind = CHECK_FUNCTION;
        c->number = r->out->list.n_functions++;
    } else if (is_check(L, index)) {
        read_check(L, index, r, c);
    } else {
        luaL_error(L,
                   "a check is one of weir.is, like weir.is.status(201), or a function, not a %s",
                   luaL_typename(L, index));
    }
}

/* The value on top; `name`: its key, p NULL when it has none. */
static void add_check(lua_State *L, str name, void *to)
{
    struct check_reader *r = to;
    struct check_parts *out = r->out;
    if (name.p && name.n == 0)
        luaL_error(L, "checks: the name of a check is empty");
    read_any(L, lua_gettop(L), r, &out->checks[out->list.n]);
    out->names[out->list.n++] = name;
}

/* Copies of the table's parts: its list at the top of the stack, its named ones above. */
static void split(lua_State *L, int index)
{
    lua_newtable(L);
    lua_newtable(L);
    int list = lua_gettop(L) - 1;
    for (lua_pushnil(L); lua_next(L, index);) {
        lua_pushvalue(L, -2);
        lua_insert(L, -2); /* key key value */
        lua_rawset(L, lua_type(L, -2) == LUA_TNUMBER ? list : list + 1);
    }
}

/* Calls `each` for every check in the table at `index`, which is on top: first its list (without a
 * name), then its named ones in the order of their names. */
static void each_check(lua_State *L, int index, void (*each)(lua_State *L, str name, void *to),
                       void *to)
{
    luaL_checktype(L, index, LUA_TTABLE);
    split(L, index);
    int list = lua_gettop(L) - 1;
    size_t n = lua_objlen(L, list);
    for (size_t i = 1; i <= n; i++) {
        lua_rawgeti(L, list, (int)i);
        each(L, (str){NULL, 0}, to);
        lua_pop(L, 1);
    }
    table_each_sorted(L, list + 1, each, to);
    lua_pop(L, 2);
}

/* ---- functions among them ---- */

struct function_walk {
    void (*each)(lua_State *L, void *to);
    void *to;
};

/* The value on top. */
static void walk(lua_State *L, str name, void *to)
{
    struct function_walk *w = to;
    int top = lua_gettop(L);
    if (lua_isfunction(L, top))
        w->each(L, w->to);
    if (!is_check(L, top))
        return;
    lua_rawgeti(L, top, 1);
    bool when = lua_tointeger(L, -1) == CHECK_WHEN;
    lua_pop(L, 1);
    for (int i = 1; when && i <= 2; i++) {
        push_argument(L, top, i);
        walk(L, name, to);
        lua_pop(L, 1);
    }
}

void checks_each_function(lua_State *L, int index, void (*each)(lua_State *L, void *to), void *to)
{
    struct function_walk w = {each, to};
    each_check(L, index, walk, &w);
}

void checks_read(lua_State *L, int index, struct arena *arena, struct check_parts *out)
{
    struct check_reader r = {.out = out, .arena = arena};
    luaL_checktype(L, index, LUA_TTABLE);
    size_t n = table_size(L, index), before = out->list.n;
    struct check *checks = arena_alloc(arena, (before + n) * sizeof *checks);
    str *names = arena_alloc(arena, (before + n) * sizeof *names);
    for (size_t i = 0; i < before; i++) {
        checks[i] = out->checks[i];
        names[i] = out->names[i];
    }
    out->checks = checks;
    out->names = names;
    each_check(L, index, add_check, &r);
    if (out->list.n != before + n)
        luaL_error(L, "checks: the list has a gap, or a key that is neither a word nor 1, 2, …");
}
