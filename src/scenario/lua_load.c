/* One table a stage, all of one model. */
#include "scenario/lua_load.h"

#include <math.h>

#include "base/clock.h"
#include "scenario/lua_table.h"

enum kind { KIND_NONE, KIND_RATE, KIND_COUNT, KIND_AT_ONCE, KIND_GAP, KIND_PAUSE, KIND_USERS };

static const char *const kind_keys[] = {
    [KIND_NONE] = "",   [KIND_RATE] = "rate",   [KIND_COUNT] = "count", [KIND_AT_ONCE] = "at_once",
    [KIND_GAP] = "gap", [KIND_PAUSE] = "pause", [KIND_USERS] = "users",
};
enum { KINDS = sizeof kind_keys / sizeof *kind_keys };

static const struct lua_api_entry stage_entries[] = {
    {"rate", NULL, "number|number[]|nil", "starts per second, or {0, 500}: a ramp"},
    {"users", NULL, "integer|integer[]|nil", "how many, or {0, 50}: a ramp; the closed model"},
    {"count", NULL, "integer?", "how many starts: spread over `over`, or `gap` apart"},
    {"at_once", NULL, "integer?", "how many starts at this moment"},
    {"gap", NULL, "string|number|nil", "the time between two starts"},
    {"pause", NULL, "string|number|nil", "how long nothing starts"},
    {"over", NULL, "string|number|nil", "how long the stage lasts: \"30s\", a number of seconds"},
    {"arrivals", NULL, "\"uniform\"|\"poisson\"|nil", "of rate and count; else uniform"},
    {.name = NULL},
};
enum { STAGE_ENTRIES = sizeof stage_entries / sizeof *stage_entries };

const struct table_keys lua_stage_keys = {
    .what = "a stage of load",
    .known = stage_entries,
    .class = "weir.Stage",
    .help = "a stage of load: rate, users, count, at_once, gap or pause, and what goes with it",
};

static bool has(lua_State *L, int index, const char *key)
{
    if (!table_push(L, index, key))
        return false;
    lua_pop(L, 1);
    return true;
}

/* What a stage is; `count` also stands beside `gap`. */
static enum kind kind_of(lua_State *L, int index)
{
    enum kind kind = KIND_NONE;
    for (int k = KIND_RATE; k < KINDS; k++) {
        if (!has(L, index, kind_keys[k]))
            continue;
        if (kind == KIND_COUNT && k == KIND_GAP)
            kind = KIND_NONE;
        if (kind != KIND_NONE)
            luaL_error(L, "a stage of load has '%s' and '%s'; each is a stage of its own",
                       kind_keys[kind], kind_keys[k]);
        kind = (enum kind)k;
    }
    if (kind == KIND_NONE)
        luaL_error(L, "a stage of load says rate, users, count, at_once, gap or pause");
    return kind;
}

static const char *stage_key(str key)
{
    const struct lua_api_entry *e = stage_entries;
    while (!str_eq(key, str_from(e->name)))
        e++;
    return e->name;
}

/* What stands beside it. */
static void check_keys(lua_State *L, int index, enum kind kind)
{
    static const struct {
        const char *what, *keys;
    } kinds[KINDS] = {
        [KIND_RATE] = {"a stage with 'rate'", "rate over arrivals"},
        [KIND_COUNT] = {"a stage with 'count'", "count over arrivals"},
        [KIND_AT_ONCE] = {"a stage with 'at_once'", "at_once"},
        [KIND_GAP] = {"a stage with 'gap'", "gap count"},
        [KIND_PAUSE] = {"a stage with 'pause'", "pause"},
        [KIND_USERS] = {"a stage with 'users'", "users over"},
    };
    struct lua_api_entry known[STAGE_ENTRIES] = {{.name = NULL}};
    str keys = str_from(kinds[kind].keys), key;
    size_t n = 0;
    while (str_next(&keys, ' ', &key))
        known[n++].name = stage_key(key);
    table_check(L, index, &(struct table_keys){.what = kinds[kind].what, .known = known});
}

/* `rate = 500` or `rate = {0, 500}`. */
static void read_levels(lua_State *L, int index, const char *key, struct stage *s)
{
    double *levels[] = {&s->from, &s->to};
    table_push(L, index, key);
    if (lua_istable(L, -1) && table_size(L, lua_gettop(L)) != 2)
        luaL_error(L, "'%s' is a number, or two of them: %s = {0, 500}", key, key);
    for (int i = 0; i < 2; i++) {
        bool list = lua_istable(L, -1);
        if (list)
            lua_rawgeti(L, -1, i + 1);
        if (lua_type(L, -1) != LUA_TNUMBER || !(lua_tonumber(L, -1) >= 0))
            luaL_error(L, "'%s' is a number, or two of them: %s = {0, 500}", key, key);
        *levels[i] = lua_tonumber(L, -1);
        lua_pop(L, list);
    }
    lua_pop(L, 1);
}

static uint64_t duration(lua_State *L, int index, const char *key)
{
    uint64_t ns = 0;
    if (!table_duration(L, index, key, &ns))
        luaL_error(L, "a stage of load needs '%s': how long it lasts", key);
    if (ns == 0)
        luaL_error(L, "'%s': a stage lasts some time", key);
    return ns;
}

static uint64_t count(lua_State *L, int index, const char *key)
{
    uint64_t n = 0;
    if (!table_count(L, index, key, &n) || n == 0)
        luaL_error(L, "'%s' is a whole number above 0", key);
    return n;
}

static void read_users(lua_State *L, int index, struct stage *s)
{
    read_levels(L, index, "users", s);
    if (s->from != floor(s->from) || s->to != floor(s->to))
        luaL_error(L, "'users' are whole");
    s->duration_ns = duration(L, index, "over");
}

static void read_spread(lua_State *L, int index, struct stage *s)
{
    uint64_t n = count(L, index, "count");
    s->duration_ns = duration(L, index, "over");
    s->from = s->to = (double)n * 1e9 / (double)s->duration_ns;
}

static void read_gap(lua_State *L, int index, struct stage *s)
{
    uint64_t gap = duration(L, index, "gap");
    if (__builtin_mul_overflow(gap, count(L, index, "count"), &s->duration_ns))
        luaL_error(L, "a stage with 'gap' is longer than a year");
    s->from = s->to = 1e9 / (double)gap;
}

static void read_law(lua_State *L, int index, struct stage *s)
{
    static const char *const laws[] = {"uniform", "poisson", NULL};
    unsigned law = 0;
    table_choice(L, index, "arrivals", laws, &law);
    s->poisson = law == 1;
}

static enum kind read_stage(lua_State *L, int index, struct stage *s)
{
    table_check(L, index, &lua_stage_keys);
    enum kind kind = kind_of(L, index);
    check_keys(L, index, kind);
    read_law(L, index, s);
    switch (kind) {
    case KIND_RATE:
        read_levels(L, index, "rate", s);
        s->duration_ns = duration(L, index, "over");
        break;
    case KIND_USERS:
        read_users(L, index, s);
        break;
    case KIND_COUNT:
        read_spread(L, index, s);
        break;
    case KIND_GAP:
        read_gap(L, index, s);
        break;
    case KIND_AT_ONCE:
        s->at_once = count(L, index, "at_once");
        break;
    default:
        s->duration_ns = duration(L, index, "pause");
    }
    return kind;
}

static void same_model(lua_State *L, enum kind kind, enum kind *plan)
{
    if (kind == KIND_PAUSE)
        return;
    if (*plan != KIND_NONE && (*plan == KIND_USERS) != (kind == KIND_USERS))
        luaL_error(L, "load: all stages are in users, or none");
    *plan = kind;
}

static void read_list(lua_State *L, int index, struct arena *arena, struct profile *out)
{
    enum kind plan = KIND_NONE;
    bool single = lua_objlen(L, index) == 0;
    size_t n = single ? 1 : table_list(L, index, "load", NULL);
    out->stages = arena_alloc(arena, n * sizeof *out->stages);
    for (out->n = 0; out->n < n; out->n++) {
        if (single)
            lua_pushvalue(L, index);
        else
            lua_rawgeti(L, index, (int)out->n + 1);
        same_model(L, read_stage(L, lua_gettop(L), &out->stages[out->n]), &plan);
        lua_pop(L, 1);
    }
    out->model = plan == KIND_USERS ? LOAD_CLOSED : LOAD_OPEN;
}

static void start_later(struct profile *p, uint64_t start_ns, struct arena *arena)
{
    if (start_ns == 0)
        return;
    struct stage *stages = arena_alloc(arena, (p->n + 1) * sizeof *stages);
    stages[0] = (struct stage){.duration_ns = start_ns};
    for (unsigned i = 0; i < p->n; i++)
        stages[i + 1] = p->stages[i];
    p->stages = stages;
    p->n++;
}

void load_read(lua_State *L, int index, uint64_t start_ns, struct profile *out)
{
    struct arena *arena = &script_of(L)->program->arena;
    struct err e;
    *out = (struct profile){.n = 0};
    if (lua_type(L, index) == LUA_TSTRING) {
        if (!profile_parse(lua_view(L, index), arena, out, &e))
            lua_state_fail(L, &e);
    } else if (lua_istable(L, index)) {
        read_list(L, index, arena, out);
        if (!profile_check(out, &e))
            lua_state_fail(L, &e);
    } else {
        luaL_error(L,
                   "load is a text like \"0..1k over 30s, 1k for 2m\", or a list of stages, not a "
                   "%s",
                   luaL_typename(L, index));
    }
    start_later(out, start_ns, arena);
}
