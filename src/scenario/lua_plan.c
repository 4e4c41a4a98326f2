/* weir.scenario, weir.plan and weir.mix only mark their tables; what is in them is read when the
 * file has returned them. */
#include "scenario/lua_plan.h"

#include <string.h>

#include "base/mem.h"
#include "scenario/lua_api.h"
#include "scenario/lua_lag.h"
#include "scenario/lua_load.h"
#include "scenario/lua_table.h"

/* ---- marks ---- */

static int mark(lua_State *L, const char *name, const struct table_keys *keys)
{
    script_top_level(L, name);
    if (keys)
        table_check(L, 1, keys);
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    luaL_newmetatable(L, name);
    lua_setmetatable(L, 1);
    return 1;
}

static int scenario(lua_State *L)
{
    return mark(L, "weir.scenario", &lua_scenario_keys);
}

static int plan(lua_State *L)
{
    return mark(L, "weir.plan", &lua_plan_keys);
}

static int mix(lua_State *L)
{
    return mark(L, "weir.mix", NULL);
}

const struct lua_api_entry lua_plan_api[] = {
    {"scenario", scenario, "(scenario: weir.Scenario): weir.Scenario",
     "what the file returns: what users do, and with what load"},
    {"plan", plan, "(plan: weir.Plan): weir.Plan", "several scenarios that run together"},
    {"mix", mix, "(behaviours: table<string, table>): weir.Mix",
     "user = weir.mix { browse = {80, f}, buy = {20, g} }: exact shares"},
    {.name = NULL},
};

static bool is_marked(lua_State *L, int index, const char *name)
{
    if (!lua_istable(L, index) || !lua_getmetatable(L, index))
        return false;
    luaL_getmetatable(L, name);
    bool same = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    return same;
}

/* ---- mix ---- */

enum { MIX_MOST = 1000 };

struct mix_reader {
    struct script *script;
    struct behaviour *behaviours;
    int *functions;
    unsigned n;
};

/* {80, f} is on top. */
static void read_behaviour(lua_State *L, str key, void *to)
{
    struct mix_reader *r = to;
    int at = lua_gettop(L);
    if (!lua_istable(L, at))
        luaL_error(L, "weir.mix: '%s' is a weight and a function: %s = {80, f}", key.p, key.p);
    lua_rawgeti(L, at, 1);
    lua_rawgeti(L, at, 2);
    double weight = lua_tonumber(L, at + 1);
    if (r->n == MIX_MOST)
        luaL_error(L, "weir.mix: at most %d behaviours", MIX_MOST);
    if (!(weight >= 1 && weight <= 1e4) || weight != (double)(uint64_t)weight ||
        !lua_isfunction(L, at + 2) || table_size(L, at) != 2)
        luaL_error(L,
                   "weir.mix: '%s' is a weight, a whole number from 1, and a function: %s = {80, "
                   "f}",
                   key.p, key.p);
    r->functions[r->n] = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_pop(L, 1);
    r->behaviours[r->n++] = (struct behaviour){.name = key, .weight = (uint64_t)weight};
}

static unsigned add_context(struct program *p, const struct tag *tags, unsigned n)
{
    p->contexts = mem_room(p->contexts, p->n_contexts, &p->contexts_room, sizeof *p->contexts);
    p->contexts[p->n_contexts] = (struct context){tags, n};
    return p->n_contexts++;
}

/* The tags of a scenario with one more. */
static unsigned tagged_context(struct program *p, const struct context *base, str name, str value)
{
    struct tag *tags = arena_alloc(&p->arena, (base->n_tags + 1) * sizeof *tags);
    if (base->n_tags)
        memcpy(tags, base->tags, base->n_tags * sizeof *tags);
    tags[base->n_tags] = (struct tag){name, arena_dup(&p->arena, value)};
    return add_context(p, tags, base->n_tags + 1);
}

static uint64_t common_divisor(uint64_t a, uint64_t b)
{
    while (b) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Exact shares, spread as evenly as they can be: smooth weighted round robin (nginx, 2012). */
static void fill_cycle(const struct program_scenario *s, uint64_t divisor, uint16_t *cycle)
{
    int64_t *current = mem_array(s->n_mix, sizeof *current);
    for (unsigned at = 0; at < s->n_cycle; at++) {
        unsigned best = 0;
        for (unsigned i = 0; i < s->n_mix; i++) {
            current[i] += (int64_t)(s->mix[i].weight / divisor);
            best = current[i] > current[best] ? i : best;
        }
        current[best] -= s->n_cycle;
        cycle[at] = (uint16_t)best;
    }
    mem_free(current);
}

static void make_cycle(struct program *p, struct program_scenario *s)
{
    uint64_t divisor = 0, total = 0;
    for (unsigned i = 0; i < s->n_mix; i++) {
        divisor = common_divisor(divisor, s->mix[i].weight);
        total += s->mix[i].weight;
    }
    s->n_cycle = (unsigned)(total / divisor);
    uint16_t *cycle = arena_alloc(&p->arena, s->n_cycle * sizeof *cycle);
    fill_cycle(s, divisor, cycle);
    s->cycle = cycle;
}

static void keep_mix(struct program *p, struct program_scenario *s, const struct mix_reader *r)
{
    struct behaviour *kept = arena_alloc(&p->arena, r->n * sizeof *kept);
    for (unsigned i = 0; i < r->n; i++) {
        kept[i] = r->behaviours[i];
        kept[i].name = arena_dup(&p->arena, kept[i].name);
        kept[i].context = tagged_context(
            p, &(struct context){p->contexts[s->context].tags, p->contexts[s->context].n_tags},
            STR("behaviour"), kept[i].name);
    }
    s->mix = kept;
    s->n_mix = r->n;
    make_cycle(p, s);
}

static void read_mix(lua_State *L, int index, struct script_scenario *own,
                     struct program_scenario *s)
{
    struct script *script = script_of(L);
    size_t n = table_size(L, index);
    struct mix_reader r = {.script = script};
    r.behaviours = arena_alloc(&script->arena, (n + 1) * sizeof *r.behaviours);
    r.functions = arena_alloc(&script->arena, (n + 1) * sizeof *r.functions);
    table_each_sorted(L, index, read_behaviour, &r);
    if (r.n == 0)
        luaL_error(L, "weir.mix: there is no behaviour in it");
    own->behaviours = r.functions;
    if (!script->program->sealed)
        keep_mix(script->program, s, &r);
}

/* ---- scenarios ---- */

static void read_user(lua_State *L, int index, struct script_scenario *own,
                      struct program_scenario *s)
{
    if (!table_push(L, index, "user"))
        luaL_error(L, "weir.scenario: 'user' is missing: the function of one virtual user");
    if (is_marked(L, lua_gettop(L), "weir.mix"))
        read_mix(L, lua_gettop(L), own, s);
    else if (!lua_isfunction(L, -1))
        luaL_error(L, "'user' is a function or a weir.mix, not a %s", luaL_typename(L, -1));
    else
        table_function(L, index, "user", &own->user);
    lua_pop(L, 1);
}

static void read_functions(lua_State *L, int index, struct script_scenario *own,
                           struct program_scenario *s)
{
    *own = (struct script_scenario){LUA_NOREF, LUA_NOREF, LUA_NOREF, NULL};
    read_user(L, index, own, s);
    table_function(L, index, "on_start", &own->on_start);
    table_function(L, index, "on_stop", &own->on_stop);
}

static void read_limits(lua_State *L, int index, struct load *l)
{
    static const char *const overloads[] = {"queue", "skip", NULL};
    static const char *const users[] = {"reused", "fresh", NULL};
    unsigned overload = 0, fresh = 0;
    l->max_in_flight = UINT64_MAX;
    bool limited = table_count(L, index, "max_in_flight", &l->max_in_flight);
    if (l->max_in_flight == 0)
        luaL_error(L, "'max_in_flight' is at least 1");
    if (limited && l->profile.n && l->profile.model == LOAD_CLOSED)
        luaL_error(L, "'max_in_flight' is for loads that do not say users: here each user waits "
                      "for its own reply");
    if (table_choice(L, index, "overload", overloads, &overload) && !limited)
        luaL_error(L, "'overload' says what happens at 'max_in_flight', which is not set");
    table_choice(L, index, "users", users, &fresh);
    l->overload = overload ? OVERLOAD_SKIP : OVERLOAD_QUEUE;
    l->fresh_users = fresh == 1;
    l->timeout_ns = 0;
    l->drain_ns = UINT64_MAX;
    table_timeout(L, index, &l->timeout_ns);
    table_duration(L, index, "drain", &l->drain_ns);
    table_duration(L, index, "warmup", &l->warmup_ns);
}

static enum arrival_law law_of(const struct profile *p)
{
    unsigned drawn = 0;
    for (unsigned i = 0; i < p->n; i++)
        drawn += p->stages[i].poisson;
    return drawn == 0 ? ARRIVALS_UNIFORM : drawn == p->n ? ARRIVALS_POISSON : ARRIVALS_BY_STAGE;
}

static void read_load(lua_State *L, int index, struct program_scenario *s)
{
    uint64_t start = 0;
    table_duration(L, index, "start", &start);
    s->load.count = UINT64_MAX;
    if (!table_push(L, index, "load")) {
        if (start)
            luaL_error(L, "'start' says when the load begins, and there is no 'load'");
        return;
    }
    load_read(L, lua_gettop(L), start, &s->load.profile);
    lua_pop(L, 1);
    s->load.law = law_of(&s->load.profile);
    s->has_load = true;
}

struct tag_reader {
    struct arena *arena;
    struct tag *tags;
    unsigned n;
};

static void add_tag(lua_State *L, str key, void *to)
{
    struct tag_reader *r = to;
    if (lua_type(L, -1) != LUA_TSTRING)
        luaL_error(L, "tags are texts by name");
    r->tags[r->n++] = (struct tag){arena_dup(r->arena, key), arena_dup(r->arena, lua_view(L, -1))};
}

/* The scenario's own tags; its name too, where there are several. */
static void read_tags(lua_State *L, int index, bool several, struct program_scenario *s)
{
    enum { MOST = 16 };
    struct program *p = script_of(L)->program;
    struct tag_reader r = {.arena = &p->arena};
    r.tags = arena_alloc(&p->arena, (MOST + 1) * sizeof *r.tags);
    if (table_table(L, index, "tags")) {
        int table = lua_gettop(L);
        if (table_size(L, table) > MOST)
            luaL_error(L, "at most %d tags", MOST);
        table_each_sorted(L, table, add_tag, &r);
        lua_pop(L, 1);
    }
    if (several)
        r.tags[r.n++] = (struct tag){STR("scenario"), s->name};
    s->context = add_context(p, r.tags, r.n);
}

static void read_name(lua_State *L, int index, bool several, struct program_scenario *s)
{
    struct program *p = script_of(L)->program;
    str name = STR("");
    if (!table_text(L, index, "name", &name) && several)
        luaL_error(L, "each scenario of a plan has a 'name'");
    for (unsigned i = 0; i < s->number; i++)
        if (str_eq(p->scenarios[i].name, name))
            luaL_error(L, "two scenarios are called '%s'", name.p);
    s->name = arena_dup(&p->arena, name);
}

/* The table of scenario number i is on top. */
static void read_scenario(lua_State *L, unsigned i, bool several)
{
    struct script *script = script_of(L);
    struct program_scenario *s = &script->program->scenarios[i];
    int index = lua_gettop(L);
    if (several)
        table_check(L, index, &lua_part_keys);
    if (!script->program->sealed) {
        s->number = i;
        read_name(L, index, several, s);
        read_tags(L, index, several, s);
        read_load(L, index, s);
        read_limits(L, index, &s->load);
        table_bool(L, index, "log", &s->log);
        s->load.name = s->name;
        s->has_leave = table_push(L, index, "on_stop");
        lua_settop(L, index);
    }
    read_functions(L, index, &script->scenarios[i], s);
}

/* ---- what holds for the run ---- */

static void read_thresholds(lua_State *L, int index, struct program *p)
{
    if (!table_table(L, index, "thresholds"))
        return;
    size_t n = table_size(L, lua_gettop(L));
    if (n)
        n = table_list(L, lua_gettop(L), "thresholds", NULL);
    p->thresholds = arena_alloc(&p->arena, (n + 1) * sizeof *p->thresholds);
    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(L, -1, (int)i + 1);
        if (lua_type(L, -1) != LUA_TSTRING)
            luaL_error(L, "thresholds are texts, like \"response_time.p99 < 250ms\"");
        p->thresholds[p->n_thresholds++] = arena_dup(&p->arena, lua_view(L, -1));
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

static void read_run(lua_State *L, int index)
{
    struct script *s = script_of(L);
    s->setup = s->teardown = LUA_NOREF;
    bool setup = table_function(L, index, "setup", &s->setup);
    bool teardown = table_function(L, index, "teardown", &s->teardown);
    if (s->program->sealed)
        return;
    s->program->has_setup = setup;
    s->program->has_teardown = teardown;
    read_thresholds(L, index, s->program);
    read_watch(L, index);
}

static void make_room(struct script *s, size_t n)
{
    struct program *p = s->program;
    if (p->sealed && p->n_scenarios != n)
        luaL_error(s->L, "the file has another number of scenarios each time it is read");
    if (!p->sealed) {
        p->scenarios = arena_alloc(&p->arena, n * sizeof *p->scenarios);
        p->n_scenarios = (unsigned)n;
    }
    s->scenarios = arena_alloc(&s->arena, n * sizeof *s->scenarios);
}

static void read_plan(lua_State *L, int index)
{
    size_t n = lua_objlen(L, index);
    if (n == 0)
        luaL_error(L, "weir.plan: there is no scenario in it");
    make_room(script_of(L), n);
    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(L, index, (int)i + 1);
        if (!is_marked(L, lua_gettop(L), "weir.scenario"))
            luaL_error(L, "weir.plan: value %d is a %s, not a weir.scenario", (int)i + 1,
                       luaL_typename(L, -1));
        read_scenario(L, (unsigned)i, true);
        lua_pop(L, 1);
    }
}

void plan_read(lua_State *L)
{
    int index = lua_gettop(L);
    if (is_marked(L, index, "weir.plan")) {
        read_run(L, index);
        read_plan(L, index);
    } else if (is_marked(L, index, "weir.scenario")) {
        read_run(L, index);
        make_room(script_of(L), 1);
        lua_pushvalue(L, index);
        read_scenario(L, 0, false);
    } else {
        luaL_error(L,
                   "the file does not end with return weir.scenario { user = function(vu) … end }");
    }
    lua_settop(L, index - 1);
}
