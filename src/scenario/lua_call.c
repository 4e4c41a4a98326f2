/* From variables to a request on its way. */
#include "scenario/lua_call.h"

#include "base/mem.h"
#include "scenario/lua_scope.h"
#include "scenario/lua_table.h"

enum { REPLY_MOST = 64 << 20 }; /* bytes of a body that scripts can read */

/* ---- rooms ---- */

static struct call_room *take_room(struct script *s)
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

/* ---- making ---- */

struct lua_call *lua_call_push(lua_State *L, struct call_definition *c, int index)
{
    struct lua_call *call = lua_api_new(L, &lua_call_class, sizeof *call);
    call->definition = c;
    call->functions = call->value = call->encode = LUA_NOREF;
    if (lua_istable(L, index) && table_table(L, index, "checks")) {
        call->functions = lua_call_keep_functions(L, lua_gettop(L), &call->n_functions);
        lua_pop(L, 1);
    }
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

static const void *render(lua_State *L, struct vu *vu, const struct lua_call *call, int vars)
{
    const struct call_definition *c = call->definition;
    struct lua_scope scope = lua_scope_make(L, vu, call, vars);
    const void *request;
    struct err e;
    if (!c->kind->render(c, &scope.scope, vu->room, &request, &e)) {
        err_wrap(&e, STR_FMT, STR_ARG(c->name));
        lua_state_fail(L, &e);
    }
    return request;
}

void lua_call_forget_functions(lua_State *L, struct vu *vu)
{
    if (vu->functions)
        luaL_unref(L, LUA_REGISTRYINDEX, vu->functions);
    vu->functions = 0;
}

int lua_call_make(lua_State *L, struct lua_call *call, int vars, int checks)
{
    unsigned n;
    struct script *s = script_of(L);
    struct vu *vu = script_user(L, "a call");
    if (vars && !lua_isnoneornil(L, vars) && !lua_istable(L, vars))
        return luaL_error(L, "%s: variables are a table, not a %s", call->definition->name.p,
                          luaL_typename(L, vars));
    lua_call_forget_functions(L, vu);
    if (checks)
        vu->functions = lua_call_keep_functions(L, checks, &n);
    if (!vu->room)
        vu->room = take_room(s);
    vu->calls++;
    vu->last = NULL;
    vu->request = render(L, vu, call, vars);
    const struct prepared_call *p = prepared(s, call, vu->context);
    vu->calling = p->detached ? NULL : call;
    vu->prepared = p;
    return script_yield(L, (struct step){
                               .kind = STEP_CALL,
                               .call = p,
                               .request = vu->request,
                               .reply = p->detached ? NULL : &vu->room->reply,
                           });
}

static int call_now(lua_State *L)
{
    struct lua_call *call = lua_api_check(L, 1, &lua_call_class);
    if (lua_gettop(L) < 2)
        return lua_call_make(L, call, 0, 0);
    return lua_call_make(L, call, 2, 0);
}

static const struct lua_api_entry entries[] = {{.name = NULL}};

const struct lua_api_class lua_call_class = {
    .name = "weir.Call",
    .help = "a prepared call: call(vars) makes it, waits, and gives its outcome",
    .entries = entries,
    .call = call_now,
    .call_form = "(vars?: table): weir.Outcome",
};
