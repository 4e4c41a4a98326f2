/* Making checks: those that calls declare, when their reply is there, and weir.check. */
#include "scenario/lua_call.h"
#include "scenario/lua_check.h"
#include "scenario/lua_table.h"

/* ---- functions among them ---- */

/* A list of functions, below the tables that are walked over. */
struct function_list {
    int at; /* its index */
    unsigned n;
};

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
    checks_each(L, index, keep_function, &kept);
    *n = kept.n;
    return luaL_ref(L, LUA_REGISTRYINDEX);
}

/* ---- making them ---- */

/* That of this state: an expression belongs to one thread. */
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
static const char *call_function(lua_State *L, struct vu *vu, const struct check *c)
{
    const char *why = NULL;
    int top = lua_gettop(L);
    lua_rawgeti(L, LUA_REGISTRYINDEX, vu->functions ? vu->functions : vu->calling->functions);
    lua_rawgeti(L, -1, (int)c->number + 1);
    lua_outcome_push(L, vu);
    lua_getfield(L, -1, "request");
    lua_insert(L, -2);
    lua_call(L, 2, 1);
    if (lua_type(L, -1) == LUA_TSTRING)
        why = script_reason(L, -1);
    else if (!lua_isnil(L, -1))
        luaL_error(L, "check '%s' gives nil, or a text that says why it failed, not a %s",
                   c->name->text.p, luaL_typename(L, -1));
    lua_settop(L, top);
    return why;
}

/* What a check compares the reply with, when it does. */
static str sent_body(const struct vu *vu, const struct check *c)
{
    struct sent_view sent = {.partition = -1};
    const struct call_definition *d = vu->calling->definition;
    if (check_wants_request(c))
        d->kind->view(d, vu->request, &sent);
    return sent.body;
}

static void make(lua_State *L, struct vu *vu, const struct check *c)
{
    struct script *s = script_of(L);
    const char *why = c->name->text.p;
    bool passed;
    if (c->kind == CHECK_FUNCTION) {
        const char *said = call_function(L, vu, c);
        passed = !said;
        why = said ? said : why;
    } else {
        const regex_t *expression =
            c->kind == CHECK_MATCHES ? expression_of(L, vu->calling, c) : NULL;
        passed = check_passes(c, &vu->last->outcome, sent_body(vu, c), expression, &s->text);
    }
    lua_call_checked(vu, s, c->name, why, passed);
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
        if (lua_state_cpcall(s->L, make_all, vu) == 0)
            return true;
        lua_state_error(s->L, e);
        return false;
    }
    for (unsigned i = 0; i < list->n; i++)
        make(s->L, vu, &list->checks[i]);
    return true;
}

/* ---- weir.check ---- */

/* The outcome is at 1. */
struct many {
    bool all; /* passed so far */
};

static void check_one(lua_State *L, str name, void *to)
{
    struct many *m = to;
    bool passed = lua_toboolean(L, -1);
    (void)name;
    lua_outcome_checked(L, 1, lua_gettop(L) - 1, passed);
    m->all = m->all && passed;
}

/* By name, so that the same one is the first to fail in each state. */
static int check_many(lua_State *L)
{
    struct many m = {true};
    table_each_sorted(L, 2, check_one, &m);
    lua_pushboolean(L, m.all);
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
