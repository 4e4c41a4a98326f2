/* From variables to a request on its way. */
#include "scenario/lua_call.h"

#include "base/mem.h"
#include "scenario/lua_parts.h"
#include "scenario/lua_scope.h"
#include "scenario/lua_start.h"
#include "scenario/lua_table.h"

enum {
    REPLY_MOST = 64 << 20, /* bytes of a body that scripts can read */
    ROOM_KEPT = 64 * 1024, /* for the next call */
};

/* ---- rooms ---- */

struct call_room *lua_call_take_room(struct script *s)
{
    struct call_room *r = s->rooms;
    if (r)
        s->rooms = r->next;
    else
        r = mem_zero(sizeof *r);
    r->bytes.n = r->body.n = r->headers.n = 0;
    r->reply.most = REPLY_MOST;
    return r;
}

void lua_call_give_room(struct script *s, struct call_room *room)
{
    if (!room)
        return;
    if (room->reply.bytes.capacity > ROOM_KEPT)
        buf_free(&room->reply.bytes);
    room->next = s->rooms;
    s->rooms = room;
}

/* ---- making ---- */

struct lua_call *lua_call_push(lua_State *L, const struct definer *definer,
                               struct call_definition *c, int index)
{
    struct lua_call *call = lua_api_new(L, &lua_call_class, sizeof *call);
    call->definition = c;
    call->client_checks = definer->checks;
    call->value = call->encode = call->decode = LUA_NOREF;
    int top = lua_gettop(L);
    bool own = lua_istable(L, index) && table_table(L, index, "checks");
    call->functions =
        lua_call_keep_functions(L, definer->checks, own ? lua_gettop(L) : 0, &call->n_functions);
    lua_settop(L, top);
    lua_pushvalue(L, -1);
    luaL_ref(L, LUA_REGISTRYINDEX); /* for good: one that was started may outlive all who know it */
    return call;
}

static const struct prepared_call *prepared(struct script *s, struct lua_call *call,
                                            unsigned context)
{
    unsigned instances = call->definition->client->instances;
    unsigned at = context * instances + call->next++ % instances;
    if (!call->in)
        call->in = arena_alloc(&s->arena, s->program->n_contexts * instances * sizeof *call->in);
    if (!call->in[at])
        call->in[at] = program_prepare(s->program, call->definition, at);
    return call->in[at];
}

static const void *render(lua_State *L, struct vu *vu, const struct lua_call *call, int vars,
                          struct call_room *room)
{
    const struct call_definition *c = call->definition;
    struct lua_scope scope = lua_scope_make(L, vu, call, vars);
    const void *request;
    struct err e;
    if (!c->kind->render(c, &scope.scope, room, &request, &e)) {
        err_wrap(&e, STR_FMT, STR_ARG(c->name));
        lua_state_fail(L, &e);
    }
    return request;
}

void lua_call_forget_functions(lua_State *L, struct vu *vu)
{
    if (vu->made.functions)
        luaL_unref(L, LUA_REGISTRYINDEX, vu->made.functions);
    vu->made.functions = 0;
}

struct step lua_call_step(lua_State *L, struct vu *vu, struct lua_call *call, int vars,
                          struct made_call *made)
{
    struct script *s = script_of(L);
    vu->readable++;
    if (vu->given)
        lua_started_take_back(s, vu);
    made->number = ++s->n_calls;
    made->call = NULL;
    made->request = render(L, vu, call, vars, made->room);
    made->prepared = prepared(s, call, vu->context);
    made->calling = made->prepared->detached ? NULL : call;
    return (struct step){
        .kind = STEP_CALL,
        .due_ns = call->definition->kind->awaits ? lua_take_due(L, vars) : 0,
        .call = made->prepared,
        .request = made->request,
        .reply = call->definition->kind->replies ? &made->room->reply : NULL,
    };
}

void lua_call_want_variables(lua_State *L, const struct lua_call *call, int vars)
{
    if (!lua_isnoneornil(L, vars) && !lua_istable(L, vars))
        luaL_error(L, "%s: variables are a table, not a %s", call->definition->name.p,
                   luaL_typename(L, vars));
}

int lua_call_make(lua_State *L, struct lua_call *call, int vars, int checks)
{
    unsigned n;
    struct vu *vu = script_user(L, "a call");
    if (vars)
        lua_call_want_variables(L, call, vars);
    lua_call_forget_functions(L, vu);
    if (checks)
        vu->made.functions = lua_call_keep_functions(L, call->client_checks, checks, &n);
    if (!vu->made.room)
        vu->made.room = lua_call_take_room(script_of(L));
    return script_yield(L, lua_call_step(L, vu, call, vars, &vu->made));
}

static int call_now(lua_State *L)
{
    struct lua_call *call = lua_api_check(L, 1, &lua_call_class);
    if (lua_gettop(L) < 2)
        return lua_call_make(L, call, 0, 0);
    return lua_call_make(L, call, 2, 0);
}

static const struct lua_api_entry entries[] = {
    {"start", lua_start, "(vars?: table): weir.Started",
     "makes it and goes on at once; its outcome may be waited for later"},
    {.name = NULL},
};

const struct lua_api_class lua_call_class = {
    .name = "weir.Call",
    .help = "a prepared call: call(vars) makes it, waits, and gives its outcome",
    .entries = entries,
    .call = call_now,
    .call_form = "(vars?: table): weir.Outcome",
};
