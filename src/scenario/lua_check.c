/* weir.is, and reading the checks that a call declares: tables that say what is wanted. */
#include "scenario/lua_check.h"

#include <math.h>

#include "scenario/lua_api.h"
#include "scenario/lua_table.h"

/* ---- weir.is: each gives a table {kind, …} ---- */

/* Pushes a table of this kind with the function's arguments behind it. */
static int describe(lua_State *L, enum check_kind kind, int least, int most)
{
    int n = lua_gettop(L);
    if (n < least || n > most)
        return luaL_error(L, "this check takes %d%s value%s, not %d", most,
                          least == most ? "" : " or less", most == 1 ? "" : "s", n);
    lua_createtable(L, n + 1, 0);
    lua_pushinteger(L, kind);
    lua_rawseti(L, -2, 1);
    for (int i = 1; i <= n; i++) {
        lua_pushvalue(L, i);
        lua_rawseti(L, -2, i + 1);
    }
    luaL_getmetatable(L, "weir.Check");
    lua_setmetatable(L, -2);
    return 1;
}

static int is_status(lua_State *L)
{
    return describe(L, CHECK_STATUS, 1, 1);
}

static int is_json(lua_State *L)
{
    luaL_checkstring(L, 1);
    return describe(L, CHECK_JSON, 2, 3);
}

static int is_header(lua_State *L)
{
    luaL_checkstring(L, 1);
    return describe(L, CHECK_HEADER, 2, 3);
}

static int is_size(lua_State *L)
{
    luaL_checktype(L, 2, LUA_TNUMBER);
    return describe(L, CHECK_SIZE, 2, 2);
}

static int is_contains(lua_State *L)
{
    luaL_checkstring(L, 1);
    return describe(L, CHECK_CONTAINS, 1, 1);
}

static int is_equals(lua_State *L)
{
    luaL_checkstring(L, 1);
    return describe(L, CHECK_EQUALS, 1, 1);
}

static int is_matches(lua_State *L)
{
    luaL_checkstring(L, 1);
    script_expression(L, lua_view(L, 1)); /* is it one? */
    return describe(L, CHECK_MATCHES, 1, 1);
}

static int is_not_empty(lua_State *L)
{
    return describe(L, CHECK_NOT_EMPTY, 0, 0);
}

static int is_echo(lua_State *L)
{
    return describe(L, CHECK_ECHO, 0, 0);
}

static int is_contains_request(lua_State *L)
{
    return describe(L, CHECK_CONTAINS_REQUEST, 0, 0);
}

static int is_json_same(lua_State *L)
{
    luaL_checkstring(L, 1);
    luaL_checkstring(L, 2);
    return describe(L, CHECK_JSON_SAME, 2, 2);
}

const struct lua_api_entry lua_is_api[] = {
    {"status", is_status, "(status: integer|integer[]): weir.Check",
     "the status is this, or one of these"},
    {"json", is_json, "(pointer: string, operator: string, value?: any): weir.Check",
     "the value at \"/a/b/0\" of a JSON body: == ~= < <= > >= in exists count"},
    {"header", is_header, "(name: string, operator: string, value?: any): weir.Check",
     "the reply's header of this name"},
    {"size", is_size, "(operator: string, bytes: integer): weir.Check", "bytes of the body"},
    {"contains", is_contains, "(text: string): weir.Check", "the body contains the text"},
    {"equals", is_equals, "(text: string): weir.Check", "the body is the text"},
    {"matches", is_matches, "(expression: string): weir.Check",
     "a regular expression (POSIX extended) finds something in the body"},
    {"not_empty", is_not_empty, "(): weir.Check", "there is a body"},
    {"echo", is_echo, "(): weir.Check", "the body is that of the request"},
    {"contains_request", is_contains_request, "(): weir.Check",
     "the body contains that of the request"},
    {"json_same", is_json_same, "(reply: string, request: string): weir.Check",
     "the value at a pointer into the body is that at another into the request's"},
    {.name = NULL},
};

/* ---- reading them ---- */

/* Where the checks of one call are read to. */
struct check_reader {
    struct check_parts *out;
    struct arena *arena;
};

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
        read_operator(L, index, 1, r->arena, c);
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

/* The value on top; `name`: its key, p NULL when it has none. */
static void add_check(lua_State *L, str name, void *to)
{
    struct check_reader *r = to;
    struct check_parts *out = r->out;
    struct check *c = &out->checks[out->list.n];
    *c = (struct check){.op = CHECK_EQ};
    out->names[out->list.n++] = name;
    if (name.p && name.n == 0)
        luaL_error(L, "checks: the name of a check is empty");
    if (lua_isfunction(L, -1)) {
        c->kind = CHECK_FUNCTION;
        c->number = out->list.n_functions++;
    } else if (is_check(L, lua_gettop(L))) {
        read_check(L, lua_gettop(L), r, c);
    } else {
        luaL_error(L,
                   "a check is one of weir.is, like weir.is.status(201), or a function, not a %s",
                   luaL_typename(L, -1));
    }
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

void checks_each(lua_State *L, int index, void (*each)(lua_State *L, str name, void *to), void *to)
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

void checks_read(lua_State *L, int index, struct arena *arena, struct check_parts *out)
{
    struct check_reader r = {out, arena};
    luaL_checktype(L, index, LUA_TTABLE);
    size_t n = table_size(L, index);
    *out = (struct check_parts){.checks = arena_alloc(arena, n * sizeof *out->checks),
                                .names = arena_alloc(arena, n * sizeof *out->names)};
    checks_each(L, index, add_check, &r);
    if (out->list.n != n)
        luaL_error(L, "checks: the list has a gap, or a key that is neither a word nor 1, 2, …");
}
