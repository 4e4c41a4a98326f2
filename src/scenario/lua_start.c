/* Handles are userdata; what is under way stands in memory of its own, since neither the handle nor
 * the iteration that started the call need outlive it. */
#include "scenario/lua_start.h"

#include <string.h>

#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"

struct started_call {
    struct started started;
    struct made_call made;
    unsigned holders;          /* the engine, and the user that got its outcome */
    const char *error;         /* that a function among its checks raised; NULL: none */
    struct started_call *next; /* in vu.given, or in the script's free ones */
};

/* What scripts hold. */
struct lua_started {
    struct started_call *call; /* as long as that has the same number */
    uint64_t number;
    uint64_t user, iteration; /* who may wait for it */
    const struct call_definition *of;
    bool given; /* its outcome stands in its environment, at 1 */
};

/* ---- memory ---- */

static struct started_call *take(struct script *s)
{
    struct started_call *c = s->free_calls;
    if (c)
        s->free_calls = c->next;
    else
        c = mem_alloc(sizeof *c);
    *c = (struct started_call){.holders = 1, .made = {.room = lua_call_take_room(s)}};
    return c;
}

static void release(struct script *s, struct started_call *c)
{
    if (--c->holders > 0)
        return;
    lua_call_give_room(s, c->made.room);
    c->made = (struct made_call){0};
    c->next = s->free_calls;
    s->free_calls = c;
}

void lua_started_take_back(struct script *s, struct vu *vu)
{
    while (vu->given) {
        struct started_call *c = vu->given;
        vu->given = c->next;
        release(s, c);
    }
}

void lua_started_tidy(struct script *s, struct vu *vu)
{
    lua_started_take_back(s, vu);
    if (vu->starting && !vu->starting->started.call) /* the engine never got it */
        release(s, vu->starting);
    vu->starting = NULL;
    vu->n_asked = 0;
}

void lua_started_free_all(struct script *s)
{
    while (s->free_calls) {
        struct started_call *c = s->free_calls;
        s->free_calls = c->next;
        mem_free(c);
    }
}

/* ---- the engine's ---- */

static struct started_call *call_of(struct started *started)
{
    return CONTAINER_OF(started, struct started_call, started);
}

void lua_started_check(struct script *s, struct started *started)
{
    struct started_call *c = call_of(started);
    struct err e;
    c->made.call = started->call;
    if (!lua_call_check_all(s, &c->made, &e))
        c->error = program_reason(s->program, str_from(e.text));
}

/* An error has nobody's iteration to end when nobody waits. */
static void warn(struct script *s, const struct started_call *c)
{
    if (c->error == s->warned)
        return;
    s->warned = c->error;
    log_warn("a check of '" STR_FMT "', for which nobody waited: %s",
             STR_ARG(c->made.calling->definition->name), c->error);
}

void lua_started_settled(struct script *s, struct started *started)
{
    struct started_call *c = call_of(started);
    if (c->error && !started->awaited)
        warn(s, c);
    c->made.call = NULL;
    release(s, c);
}

/* ---- starting ---- */

int lua_start(lua_State *L)
{
    struct lua_call *call = lua_api_check(L, 1, &lua_call_class);
    struct script *s = script_of(L);
    struct vu *vu = script_user(L, "a call");
    int vars = lua_gettop(L) < 2 ? 0 : 2;
    if (call->definition->detached)
        luaL_error(L, "'%s' has wait = \"none\": nobody can wait for it; call it without start",
                   call->definition->name.p);
    if (vars)
        lua_call_want_variables(L, call, vars);
    if (!vu->starting) /* else it was not made: an error came up in it */
        vu->starting = take(s);
    struct step step = lua_call_step(L, vu, call, vars, &vu->starting->made);
    step.started = &vu->starting->started;
    struct lua_started *p = lua_api_new(L, &lua_started_class, sizeof *p);
    *p = (struct lua_started){.call = vu->starting,
                              .number = vu->starting->made.number,
                              .user = vu->id,
                              .iteration = vu->iterations,
                              .of = call->definition};
    return script_yield_with(L, step, 1);
}

/* ---- waiting ---- */

static bool can_be_awaited(const struct lua_started *p, const struct vu *vu)
{
    if (p->user != vu->id || p->iteration != vu->iterations)
        return false;
    return p->given || (p->call->made.number == p->number && !p->call->started.left);
}

static void want_own(lua_State *L, const struct lua_started *p, const struct vu *vu)
{
    if (!can_be_awaited(p, vu))
        luaL_error(L, "'%s' was started in another iteration: only that one can wait for it",
                   p->of->name.p);
}

/* Puts the outcome that it gave before in the place of the handle at `index`. */
static void give_again(lua_State *L, int index)
{
    lua_getfenv(L, index);
    lua_rawgeti(L, -1, 1);
    lua_replace(L, index);
    lua_pop(L, 1);
}

/* The handles at 1, 2, …: their outcomes, when all are done. */
static int wait_for(lua_State *L, struct vu *vu)
{
    struct script *s = script_of(L);
    int n = lua_gettop(L);
    s->n_awaited = 0;
    for (int i = 1; i <= n; i++) {
        struct lua_started *p = lua_touserdata(L, i);
        want_own(L, p, vu);
        if (p->given)
            continue;
        s->awaited = mem_room(s->awaited, s->n_awaited, &s->awaited_room, sizeof *s->awaited);
        s->awaited[s->n_awaited++] = &p->call->started;
    }
    luaL_checkstack(L, 2, "too many calls to wait for");
    for (int i = 1; i <= n && s->n_awaited == 0; i++)
        give_again(L, i);
    if (s->n_awaited == 0)
        return n;
    vu->n_asked = (unsigned)n;
    return script_yield_with(L,
                             (struct step){.kind = STEP_AWAIT,
                                           .awaited = s->awaited,
                                           .n_awaited = (unsigned)s->n_awaited},
                             n);
}

static int wait(lua_State *L)
{
    lua_api_check(L, 1, &lua_started_class);
    lua_settop(L, 1);
    return wait_for(L, script_user(L, "wait"));
}

static int all(lua_State *L)
{
    struct vu *vu = script_user(L, "weir.all");
    for (int i = 1; i <= lua_gettop(L); i++)
        if (!lua_api_test(L, i, &lua_started_class))
            return luaL_error(L,
                              "weir.all(p, q, …): number %d is a %s, not what call:start() gives",
                              i, lua_api_kind(L, i));
    return wait_for(L, vu);
}

/* ---- going on ---- */

/* Puts its outcome in the place of the handle at `index`; the handle keeps it too. */
static void give(lua_State *L, int index, struct lua_started *p, struct vu *vu)
{
    struct started_call *c = p->call;
    lua_outcome_push(L, &c->made, vu);
    lua_createtable(L, 1, 0);
    lua_pushvalue(L, -2);
    lua_rawseti(L, -2, 1);
    lua_setfenv(L, index);
    lua_replace(L, index);
    p->given = true;
    c->holders++;
    c->next = vu->given;
    vu->given = c;
}

static bool take_outcome(struct vu *vu, int index, struct err *e)
{
    struct lua_started *p = lua_touserdata(vu->co, index);
    struct started_call *c = p->call;
    if (p->given) {
        give_again(vu->co, index);
        return true;
    }
    if (c->error)
        return err_set(e, ERR_USAGE, "%s", c->error);
    if (c->made.call->outcome->done_ns > vu->clock_ns)
        vu->clock_ns = c->made.call->outcome->done_ns;
    give(vu->co, index, p, vu);
    return true;
}

/* The handle of what it started stands on its stack. */
static int go_on_behind_start(struct vu *vu)
{
    if (!vu->starting->started.call)
        return 0; /* it did something else, after an error of a start that it caught */
    vu->starting = NULL;
    return 1;
}

bool lua_started_resume(struct vu *vu, int *results, struct err *e)
{
    bool good = true;
    unsigned n = vu->n_asked;
    *results = n ? (int)n : go_on_behind_start(vu);
    vu->n_asked = 0;
    for (int i = 1; good && i <= (int)n; i++)
        good = take_outcome(vu, i, e);
    return good;
}

const struct made_call *lua_started_given(const struct vu *vu, uint64_t number)
{
    const struct started_call *c = vu->given;
    while (c && c->made.number != number)
        c = c->next;
    return c ? &c->made : NULL;
}

/* ---- the API ---- */

/* __index; methods are upvalue 1. */
static int get_field(lua_State *L)
{
    lua_pushvalue(L, 2);
    lua_rawget(L, lua_upvalueindex(1));
    if (!lua_isnil(L, -1))
        return 1;
    const char *name = lua_tostring(L, 2);
    return luaL_error(L, "a started call has no '%s': local r = p:wait() gives its outcome",
                      name ? name : "?");
}

static const struct lua_api_entry entries[] = {
    {"wait", wait, "(): weir.Outcome",
     "waits until it is done, in the iteration that started it; later again: the same outcome"},
    {.name = NULL},
};

const struct lua_api_class lua_started_class = {
    .name = "weir.Started",
    .help = "a call that was started: it stays in the books, also when nobody waits for it",
    .entries = entries,
    .index = get_field,
};

const struct lua_api_entry lua_start_api[] = {
    {"all", all, "(...: weir.Started): weir.Outcome ...",
     "waits until all of these are done; their outcomes in this order"},
    {.name = NULL},
};
