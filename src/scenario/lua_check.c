/* Checks that the script makes (weir.check), and those that its calls declare (weir.is): tables
 * that say what is wanted, read here. */
#include "scenario/lua_check.h"

#include <math.h>

#include "scenario/lua_call.h"
#include "scenario/lua_table.h"

/* ---- weir.is: each gives a table {kind, …} ---- */

/* Pushes a table of this kind with the function's arguments behind it. */
static int describe(lua_State *L, enum check_kind kind, int least, int most)
{
    int n = lua_gettop(L);
    if (n < least || n > most)
        return luaL_error(L, "this check takes %d to %d values, not %d", least, most, n);
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
    return describe(L, CHECK_MATCHES, 1, 1);
}

static int is_not_empty(lua_State *L)
{
    return describe(L, CHECK_NOT_EMPTY, 0, 0);
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
    size_t n = lua_istable(L, index) ? lua_objlen(L, index) : 1;
    if (n == 0)
        luaL_error(L, "the list that a check compares with is empty");
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

static void read_pointer(lua_State *L, int check, struct arena *arena, struct check *c)
{
    struct err e;
    str text = lua_view(L, push_argument(L, check, 1));
    if (!json_pointer_parse(text, arena, &c->pointer, &e))
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
        read_pointer(L, index, r->arena, c);
        read_operator(L, index, 2, r->arena, c);
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
static void add_check(lua_State *L, str name, struct check_reader *r)
{
    struct check_parts *out = r->out;
    struct check *c = &out->checks[out->list.n];
    *c = (struct check){.op = CHECK_EQ};
    out->names[out->list.n++] = name;
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

static void add_named(lua_State *L, str key, void *to)
{
    add_check(L, key, to);
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

void checks_read(lua_State *L, int index, struct arena *arena, struct check_parts *out)
{
    struct check_reader r = {out, arena};
    size_t n = 0;
    luaL_checktype(L, index, LUA_TTABLE);
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1))
        n++;
    *out = (struct check_parts){.checks = arena_alloc(arena, n * sizeof *out->checks),
                                .names = arena_alloc(arena, n * sizeof *out->names)};
    split(L, index);
    int list = lua_gettop(L) - 1;
    for (size_t i = 1; i <= lua_objlen(L, list); i++) {
        lua_rawgeti(L, list, (int)i);
        add_check(L, (str){NULL, 0}, &r);
        lua_pop(L, 1);
    }
    table_each_sorted(L, list + 1, add_named, &r);
    lua_pop(L, 2);
}

/* ---- making them ---- */

/* A list of functions, below the tables that are walked over. */
struct function_list {
    int at; /* its index */
    unsigned n;
};

/* In the order in which checks_read meets them. */
static void keep_function(lua_State *L, str key, void *to)
{
    struct function_list *list = to;
    (void)key;
    if (!lua_isfunction(L, -1))
        return;
    lua_pushvalue(L, -1);
    lua_rawseti(L, list->at, (int)++list->n);
}

int lua_call_keep_functions(lua_State *L, int index, unsigned *n)
{
    lua_newtable(L);
    struct function_list kept = {.at = lua_gettop(L)};
    split(L, index);
    int list = kept.at + 1;
    for (size_t i = 1; i <= lua_objlen(L, list); i++) {
        lua_rawgeti(L, list, (int)i);
        keep_function(L, (str){NULL, 0}, &kept);
        lua_pop(L, 1);
    }
    table_each_sorted(L, list + 1, keep_function, &kept);
    lua_pop(L, 2);
    *n = kept.n;
    return luaL_ref(L, LUA_REGISTRYINDEX);
}

/* Compiled once in each state: an expression belongs to one thread. */
static const regex_t *expression_of(lua_State *L, struct lua_call *call, const struct check *c)
{
    const struct check_list *list = call->definition->checks;
    if (!call->expressions)
        call->expressions =
            arena_alloc(&script_of(L)->arena, list->n_expressions * sizeof *call->expressions);
    if (!call->expressions[c->number])
        call->expressions[c->number] = script_expression(L, c->text);
    return call->expressions[c->number];
}

/* Calls the script's function (request, reply); its `why`, NULL: passed. */
static const struct name *call_function(lua_State *L, struct vu *vu, const struct check *c)
{
    const struct name *why = NULL;
    int top = lua_gettop(L);
    lua_rawgeti(L, LUA_REGISTRYINDEX, vu->functions ? vu->functions : vu->calling->functions);
    lua_rawgeti(L, -1, (int)c->number + 1);
    lua_outcome_push(L, vu);
    lua_getfield(L, -1, "request");
    lua_insert(L, -2);
    lua_call(L, 2, 1);
    if (lua_type(L, -1) == LUA_TSTRING)
        why = script_name(L, lua_gettop(L));
    else if (!lua_isnil(L, -1))
        luaL_error(L, "check '%s' gives nil, or a text that says why it failed, not a %s",
                   c->name->text.p, luaL_typename(L, -1));
    lua_settop(L, top);
    return why;
}

static void make(lua_State *L, struct vu *vu, const struct check *c)
{
    const struct name *why = c->name;
    bool passed;
    if (c->kind == CHECK_FUNCTION) {
        const struct name *said = call_function(L, vu, c);
        passed = !said;
        why = said ? said : why;
    } else {
        const regex_t *expression =
            c->kind == CHECK_MATCHES ? expression_of(L, vu->calling, c) : NULL;
        passed = check_passes(c, &vu->last->outcome, expression, &vu->room->body);
    }
    lua_call_checked(vu, script_of(L), c->name, why, passed);
}

static int make_all(lua_State *L)
{
    struct vu *vu = lua_touserdata(L, 1);
    const struct check_list *list = vu->calling->definition->checks;
    for (unsigned i = 0; i < list->n; i++)
        make(L, vu, &list->checks[i]);
    return 0;
}

bool lua_call_check_all(struct script *s, struct vu *vu, struct err *e)
{
    const struct check_list *list = vu->calling->definition->checks;
    enum fate fate = vu->last->outcome.fate;
    if (!list || (fate != FATE_OK && fate != FATE_FAILED_CHECK))
        return true;
    if (list->n_functions + list->n_expressions > 0) { /* these may raise errors */
        if (lua_cpcall(s->L, make_all, vu) == 0)
            return true;
        lua_state_error(s->L, e);
        return false;
    }
    for (unsigned i = 0; i < list->n; i++)
        make(s->L, vu, &list->checks[i]);
    return true;
}

/* ---- weir.check ---- */

static int check_many(lua_State *L)
{
    bool all = true;
    for (lua_pushnil(L); lua_next(L, 2); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING)
            return luaL_error(L, "weir.check: the table has texts as keys and booleans as values");
        bool passed = lua_toboolean(L, -1);
        lua_outcome_checked(L, 1, lua_gettop(L) - 1, passed);
        all = all && passed;
    }
    lua_pushboolean(L, all);
    return 1;
}

static int check(lua_State *L)
{
    if (lua_istable(L, 2))
        return check_many(L);
    luaL_checkstring(L, 2);
    if (lua_gettop(L) < 3)
        return luaL_error(L, "weir.check(r, \"text\", bool): the bool is missing");
    lua_outcome_checked(L, 1, 2, lua_toboolean(L, 3));
    lua_pushboolean(L, lua_toboolean(L, 3));
    return 1;
}

const struct lua_api_entry lua_check_api[] = {
    {"check", check,
     "(r: weir.Outcome, text: string|table<string, boolean>, passed?: boolean): boolean",
     "counts a check of the call; a failed one makes an ok call failed_check"},
    {.name = NULL},
};
