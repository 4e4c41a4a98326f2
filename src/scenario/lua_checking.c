/* Making checks: those that calls declare, when their reply is there, and weir.check. */
#include "scenario/lua_call.h"
#include "scenario/lua_check.h"
#include "scenario/lua_table.h"
#include "scenario/script_texts.h"

/* ---- functions among them ---- */

/* A list of functions, below the tables that are walked over. */
struct function_list {
    int at; /* its index */
    unsigned n;
};

static void keep_function(lua_State *L, void *to)
{
    struct function_list *list = to;
    lua_pushvalue(L, -1);
    lua_rawseti(L, list->at, (int)++list->n);
}

int lua_call_keep_functions(lua_State *L, int client, int index, unsigned *n)
{
    lua_newtable(L);
    struct function_list kept = {.at = lua_gettop(L)};
    if (client != LUA_NOREF) {
        lua_rawgeti(L, LUA_REGISTRYINDEX, client);
        checks_each_function(L, lua_gettop(L), keep_function, &kept);
        lua_pop(L, 1);
    }
    if (index)
        checks_each_function(L, index, keep_function, &kept);
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

/* Calls the script's function (request, reply), and pushes what it gives. */
static void call_function(lua_State *L, const struct made_call *m, const struct check *c)
{
    int top = lua_gettop(L);
    lua_rawgeti(L, LUA_REGISTRYINDEX, m->functions ? m->functions : m->calling->functions);
    lua_rawgeti(L, -1, (int)c->number + 1);
    lua_outcome_push(L, m, NULL);
    lua_getfield(L, -1, "request");
    lua_insert(L, -2);
    lua_call(L, 2, 1);
    lua_replace(L, top + 1);
    lua_settop(L, top + 1);
}

/* What a check compares the reply with, when it does. */
static str sent_body(const struct made_call *m, const struct check *c)
{
    struct sent_view sent = {.partition = -1};
    const struct call_definition *d = m->calling->definition;
    if (check_wants_request(c))
        d->kind->view(d, m->request, &sent);
    return sent.body;
}

/* Of a reply that came: its own, or its protocol's for those that are ok. */
static unsigned status_of(const struct made_call *m)
{
    const uint16_t *codes = m->calling->definition->client->spec.protocol->codes;
    unsigned own = m->call->outcome->status;
    return own || !codes ? own : codes[FATE_OK];
}

static bool passes(lua_State *L, const struct made_call *m, const struct check *c)
{
    const struct call_definition *d = m->calling->definition;
    struct checked reply = {
        .outcome = m->call->outcome,
        .status = status_of(m),
        .is_record = d->kind->replies == REPLY_RECORD,
        .sent = sent_body(m, c),
    };
    const regex_t *expression = c->kind == CHECK_MATCHES ? expression_of(L, m->calling, c) : NULL;
    return check_passes(c, &reply, expression, &script_of(L)->text);
}

/* The condition of a weir.is.when; a function gives true or false. */
static bool holds(lua_State *L, const struct made_call *m, const struct check *c)
{
    const struct check *condition = c->condition;
    if (condition->kind != CHECK_FUNCTION)
        return passes(L, m, condition);
    call_function(L, m, condition);
    bool truth = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return truth;
}

/* Its `why`, NULL: passed. */
static const char *judge(lua_State *L, const struct made_call *m, const struct check *c,
                         const char *name)
{
    const char *why = NULL;
    if (c->kind != CHECK_FUNCTION)
        return passes(L, m, c) ? NULL : name;
    call_function(L, m, c);
    if (lua_type(L, -1) == LUA_TSTRING)
        why = script_reason(L, -1);
    else if (!lua_isnil(L, -1))
        luaL_error(L, "check '%s' gives nil, or a text that says why it failed, not a %s", name,
                   luaL_typename(L, -1));
    lua_pop(L, 1);
    return why;
}

/* One whose condition does not hold is not made. */
static void make(lua_State *L, const struct made_call *m, const struct check *c)
{
    const struct name *name = c->name;
    for (; c->kind == CHECK_WHEN; c = c->then)
        if (!holds(L, m, c))
            return;
    const char *why = judge(L, m, c, name->text.p);
    lua_call_checked(script_of(L), m, name, why ? why : name->text.p, !why);
}

static void make_all(lua_State *L, const struct made_call *m)
{
    const struct check_list *list = m->calling->definition->checks;
    for (unsigned i = 0; i < list->n; i++)
        make(L, m, &list->checks[i]);
}

static int make_all_with_functions(lua_State *L)
{
    make_all(L, script_of(L)->checking);
    return 0;
}

bool lua_call_check_all(struct script *s, const struct made_call *m, struct err *e)
{
    const struct check_list *list = m->calling->definition->checks;
    enum fate fate = m->call->outcome->fate;
    if (!list || (fate != FATE_OK && fate != FATE_FAILED_CHECK))
        return true;
    if (list->n_functions + list->n_expressions == 0) {
        make_all(s->L, m);
        return true;
    }
    s->checking = m;
    bool good = lua_state_cpcall(s->L, make_all_with_functions, NULL) == 0;
    s->checking = NULL;
    if (!good)
        lua_state_error(s->L, e);
    return good;
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
