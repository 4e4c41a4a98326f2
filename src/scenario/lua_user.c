/* Lua coroutines as a kind of scenario: a user's iteration is a coroutine, each resume of it a
 * step. */
#include "scenario/lua_user.h"

#include "base/mem.h"
#include "scenario/lua_call.h"
#include "scenario/lua_copy.h"
#include "scenario/lua_metrics.h"
#include "scenario/lua_prelude.h"
#include "scenario/lua_scenario.h"
#include "scenario/lua_start.h"
#include "scenario/lua_watch.h"

struct scene {
    struct script *script;
    const struct lua_program *program;
    const struct program_scenario *scenario; /* NULL: setup or teardown */
    const struct script_scenario *functions;
};

/* ---- opening and closing ---- */

static struct scene *scene_open(const struct scenario *s, struct host *host, struct err *e)
{
    const struct lua_program *p = s->program;
    if (!host->common)
        host->common = script_open(p->program, host, e);
    struct script *script = host->common;
    if (!script)
        return NULL;
    struct scene *scene = mem_zero(sizeof *scene);
    *scene = (struct scene){.script = script, .program = p};
    if (p->part == LUA_USERS) {
        scene->scenario = &p->program->scenarios[p->scenario];
        scene->functions = &script->scenarios[p->scenario];
    }
    script->scenes++;
    return scene;
}

static void scene_close(struct scene *scene)
{
    if (--scene->script->scenes == 0)
        script_close(scene->script);
    mem_free(scene);
}

/* ---- coroutines ---- */

static void take_coroutine(struct script *s, struct vu *vu)
{
    if (s->n_idle) {
        struct coroutine c = s->idle[--s->n_idle];
        vu->co = c.L;
        vu->co_ref = c.ref;
        return;
    }
    vu->co = lua_newthread(s->L);
    vu->co_ref = luaL_ref(s->L, LUA_REGISTRYINDEX);
}

/* It has ended: somebody else may use it. */
static void park_coroutine(struct script *s, struct vu *vu)
{
    s->idle = mem_room(s->idle, s->n_idle, &s->idle_room, sizeof *s->idle);
    s->idle[s->n_idle++] = (struct coroutine){vu->co, vu->co_ref};
    vu->co = NULL;
}

/* It stands in the middle of something, or died: the collector takes it. */
static void drop_coroutine(struct script *s, struct vu *vu)
{
    luaL_unref(s->L, LUA_REGISTRYINDEX, vu->co_ref);
    vu->co = NULL;
}

/* ---- iterations ---- */

static const struct lua_api_entry vu_entries[] = {
    {"id", NULL, "integer", "1, 2, 3, …: each user its own"},
    {"iteration", NULL, "integer", "which of its own this is, from 0"},
    {"scenario", NULL, "string", "the name of its scenario"},
    {"[string]", NULL, "any", "every other field is the script's, and lives as long as the user"},
    {.name = NULL},
};

const struct table_keys lua_vu_keys = {
    .known = vu_entries,
    .class = "weir.User",
    .help = "a virtual user: what its functions get as vu",
};

static void make_table(struct scene *scene, struct vu *vu)
{
    lua_State *L = scene->script->L;
    str name = scene->scenario ? scene->scenario->name : STR("");
    lua_createtable(L, 0, 4);
    lua_pushnumber(L, (double)vu->id);
    lua_setfield(L, -2, "id");
    lua_pushlstring(L, name.p, name.n);
    lua_setfield(L, -2, "scenario");
    vu->table = luaL_ref(L, LUA_REGISTRYINDEX);
}

static void welcome(struct scene *scene, struct vu *vu)
{
    struct script *s = scene->script;
    vu->id = share_element(s->host->share, s->n_users++) + 1;
    make_table(scene, vu);
}

/* Pushes the function of this iteration; sets its context. */
static void push_function(struct scene *scene, struct vu *vu)
{
    const struct script *s = scene->script;
    int ref;
    if (scene->program->part != LUA_USERS) {
        ref = scene->program->part == LUA_SETUP ? s->setup : s->teardown;
        vu->context = 0;
    } else if (scene->scenario->mix) {
        unsigned b = scene->scenario->cycle[vu->k % scene->scenario->n_cycle];
        ref = scene->functions->behaviours[b];
        vu->context = scene->scenario->mix[b].context;
    } else {
        ref = scene->functions->user;
        vu->context = scene->scenario->context;
    }
    vu->behind = ref;
    lua_rawgeti(vu->co, LUA_REGISTRYINDEX, ref);
}

static void push_on_start(const struct scene *scene, const struct vu *vu)
{
    int ref = scene->functions && !vu->started ? scene->functions->on_start : LUA_NOREF;
    if (ref != LUA_NOREF)
        lua_rawgeti(vu->co, LUA_REGISTRYINDEX, ref);
    else
        lua_pushnil(vu->co);
}

static void begin(struct scene *scene, struct vu *vu, struct iteration it)
{
    struct script *s = scene->script;
    lua_State *L = s->L;
    if (!vu->id)
        welcome(scene, vu);
    vu->k = it.k;
    vu->due_ns = vu->clock_ns = it.due_ns;
    vu->slept_ns = 0;
    vu->rng = rng_make(scene->scenario ? scene->scenario->load.seed : s->program->seed, it.k);
    lua_rawgeti(L, LUA_REGISTRYINDEX, vu->table);
    lua_pushnumber(L, (double)vu->iterations++);
    lua_setfield(L, -2, "iteration");
    lua_pop(L, 1);
    take_coroutine(s, vu);
    lua_rawgeti(vu->co, LUA_REGISTRYINDEX, s->iterate);
    push_on_start(scene, vu);
    push_function(scene, vu);
    vu->function = lua_isnil(vu->co, -2) ? vu->behind : scene->functions->on_start;
    if (scene->program->part == LUA_USERS)
        lua_rawgeti(vu->co, LUA_REGISTRYINDEX, vu->table);
    lua_rawgeti(vu->co, LUA_REGISTRYINDEX, s->data);
}

/* What an iteration held goes back. */
static void tidy(struct script *s, struct vu *vu)
{
    lua_spans_abandon(s, vu);
    lua_call_forget_functions(s->L, vu);
    lua_call_give_room(s, vu->made.room);
    vu->made.room = NULL;
    vu->readable++;
    lua_started_tidy(s, vu);
}

/* ---- steps ---- */

/* What the engine brought for the function that waits; the number of its results. */
static bool take_outcome(struct script *s, struct vu *vu, struct call *last, int *results,
                         struct err *e)
{
    *results = 0;
    vu->made.call = last;
    if (!last)
        return vu->starting || vu->n_asked ? lua_started_resume(vu, results, e) : true;
    if (last->outcome->done_ns > vu->clock_ns) /* it may have come before the user asked */
        vu->clock_ns = last->outcome->done_ns;
    if (!lua_call_check_all(s, &vu->made, e))
        return false;
    lua_outcome_push(vu->co, &vu->made, vu);
    *results = 1;
    return true;
}

static struct step script_error(struct script *s, const struct err *e)
{
    return (struct step){.kind = STEP_ERROR, .why = program_reason(s->program, str_from(e->text))};
}

/* The first resume gets what lies on the stack. */
static int arguments(const struct vu *vu, int results)
{
    return lua_status(vu->co) == LUA_YIELD ? results : lua_gettop(vu->co) - 1;
}

/* Lua keeps no place for an error of what a function called as its last thing, nor for memory that
 * is not there: then where the user's function is. */
static void add_place(struct script *s, const struct vu *vu, struct err *e)
{
    lua_Debug ar;
    str text = str_from(e->text), line;
    if (str_starts(text, STR(LUA_PRELUDE_NAME ":"))) /* which called it */
        str_cut(str_skip(text, sizeof LUA_PRELUDE_NAME), ':', &line, &text);
    else if (lua_state_has_place(text))
        return;
    struct err bare;
    err_set(&bare, e->kind, STR_FMT, STR_ARG(str_trim(text)));
    *e = bare;
    lua_rawgeti(s->L, LUA_REGISTRYINDEX, vu->function);
    lua_getinfo(s->L, ">S", &ar);
    err_wrap(e, "in the function at %s:%d", ar.short_src, ar.linedefined);
}

static struct step yielded(struct script *s, struct vu *vu)
{
    struct err e;
    struct step next = s->next;
    if (!s->asked) {
        err_set(&e, ERR_USAGE, "coroutine.yield outside of a coroutine of the script's own");
        add_place(s, vu, &e);
        next = script_error(s, &e);
    }
    if (next.kind > STEP_SLEEP) { /* it will not be resumed */
        drop_coroutine(s, vu);
        tidy(s, vu);
    }
    return next;
}

/* What setup gave, for all states to come. */
static bool keep_data(struct program *p, lua_State *co, struct err *e)
{
    struct buf data = {0};
    if (lua_gettop(co) == 0)
        return true;
    bool good = lua_copy_out(co, 1, COPY_NO_FUNCTIONS, &data, e);
    p->data = arena_dup(&p->arena, buf_view(&data));
    buf_free(&data);
    return good || err_wrap(e, "what setup gives back");
}

static struct step ended(struct scene *scene, struct vu *vu)
{
    struct script *s = scene->script;
    struct step done = {.kind = STEP_DONE};
    struct err e;
    if (scene->program->part == LUA_SETUP && !keep_data(s->program, vu->co, &e))
        done = script_error(s, &e);
    lua_settop(vu->co, 0);
    park_coroutine(s, vu);
    tidy(s, vu);
    return done;
}

static struct step failed(struct script *s, struct vu *vu)
{
    struct err e;
    lua_state_error(vu->co, &e);
    add_place(s, vu, &e);
    drop_coroutine(s, vu);
    tidy(s, vu);
    return script_error(s, &e);
}

static struct step resume(struct scene *scene, struct vu *vu, struct call *last)
{
    struct script *s = scene->script;
    struct err e;
    int results;
    if (!take_outcome(s, vu, last, &results, &e)) {
        drop_coroutine(s, vu);
        tidy(s, vu);
        return script_error(s, &e);
    }
    s->asked = false;
    switch (lua_state_resume(vu->co, arguments(vu, results))) {
    case LUA_YIELD:
        return yielded(s, vu);
    case 0:
        return ended(scene, vu);
    default:
        return failed(s, vu);
    }
}

static struct step step(struct scene *scene, struct vu *vu, struct call *last)
{
    struct script *s = scene->script;
    s->now = vu;
    lua_watch_begin(s);
    struct step next = resume(scene, vu, last);
    lua_watch_end(s);
    vu->made.call = NULL; /* its fate is settled */
    s->now = NULL;
    return next;
}

static void interrupt(struct scene *scene)
{
    lua_watch_interrupt(scene->script);
}

/* ---- the end of a user ---- */

static void drop(struct scene *scene, struct vu *vu)
{
    if (vu->co)
        drop_coroutine(scene->script, vu);
    tidy(scene->script, vu);
}

/* on_stop, for users that came to be. */
static bool leave(struct scene *scene, struct vu *vu, uint64_t due_ns)
{
    struct script *s = scene->script;
    if (!scene->functions || scene->functions->on_stop == LUA_NOREF || !vu->id)
        return false;
    vu->due_ns = vu->clock_ns = due_ns;
    vu->function = scene->functions->on_stop;
    take_coroutine(s, vu);
    lua_rawgeti(vu->co, LUA_REGISTRYINDEX, scene->functions->on_stop);
    lua_rawgeti(vu->co, LUA_REGISTRYINDEX, vu->table);
    lua_rawgeti(vu->co, LUA_REGISTRYINDEX, s->data);
    return true;
}

static void forget(struct scene *scene, struct vu *vu)
{
    if (vu->id)
        luaL_unref(scene->script->L, LUA_REGISTRYINDEX, vu->table);
}

/* ---- calls that users started ---- */

static void done(struct scene *scene, struct started *started)
{
    lua_watch_begin(scene->script);
    lua_started_check(scene->script, started);
    lua_watch_end(scene->script);
}

static void settled(struct scene *scene, struct started *started)
{
    lua_started_settled(scene->script, started);
}

bool lua_program_read(struct program *p, struct err *e)
{
    struct script *s = script_open(p, NULL, e);
    if (s)
        script_close(s);
    return s != NULL;
}

const struct scenario_type lua_scenario = {
    .vu_size = sizeof(struct vu),
    .open = scene_open,
    .close = scene_close,
    .begin = begin,
    .step = step,
    .done = done,
    .settled = settled,
    .interrupt = interrupt,
    .drop = drop,
    .leave = leave,
    .forget = forget,
};
