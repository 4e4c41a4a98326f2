/* A load of the command line takes the place of the file's; limits do so one by one. */
#include "cli/script_loads.h"

const struct load_habits script_habits = {.users = 1};

static bool says_load(const struct args *a)
{
    return args_given(a, "users") || args_given(a, "rate") || args_given(a, "gap") ||
           args_given(a, "stages");
}

static uint64_t duration_over(const struct args *a, const char *name, uint64_t of_file,
                              uint64_t otherwise)
{
    if (args_given(a, name))
        return args_duration(a, name, 0);
    return of_file != otherwise ? of_file : args_duration(a, name, otherwise);
}

/* The limits of the file, where no option says something else. */
static void take_limits(const struct args *a, const struct load *file, struct load *l)
{
    l->timeout_ns = duration_over(a, "timeout", file->timeout_ns, 0);
    l->warmup_ns = duration_over(a, "warmup", file->warmup_ns, 0);
    l->drain_ns = duration_over(a, "drain", file->drain_ns, UINT64_MAX);
    if (l->drain_ns == UINT64_MAX)
        l->drain_ns = l->timeout_ns;
    l->max_in_flight = args_count(a, "max-in-flight", file->max_in_flight);
    l->overload = file->overload;
    if (args_given(a, "overload"))
        l->overload = args_choice(a, "overload") == 1 ? OVERLOAD_SKIP : OVERLOAD_QUEUE;
    l->fresh_users = file->fresh_users;
    l->name = file->name;
}

static bool refuse_options(const struct args *a, const char *const *names, const char *why,
                           struct err *e)
{
    for (; *names; names++) {
        if (!args_given(a, *names))
            continue;
        struct buf name = {0};
        args_name(a, *names, &name);
        err_set(e, ERR_USAGE, STR_FMT ": %s", STR_ARG(buf_view(&name)), why);
        buf_free(&name);
        return false;
    }
    return true;
}

/* The profile of the file. */
static bool take_file_load(const struct program_scenario *s, const struct args *a, struct load *l,
                           struct err *e)
{
    static const char *const lengths[] = {"duration", NULL};
    *l = s->load;
    if (args_given(a, "count"))
        l->count = args_count(a, "count", UINT64_MAX);
    if (args_given(a, "arrivals"))
        l->law = args_choice(a, "arrivals") == 1 ? ARRIVALS_POISSON : ARRIVALS_UNIFORM;
    return refuse_options(
        a, lengths, "the load of the file has its own durations (beside -c or -r it has not)", e);
}

/* Neither the file nor the options: one user. */
static void take_one_user(const struct args *a, struct arena *arena, struct load *l)
{
    bool bounded = args_given(a, "duration") || args_given(a, "count");
    uint64_t length = args_duration(a, "duration", UINT64_MAX);
    l->profile = profile_constant(LOAD_CLOSED, 1, length, arena);
    l->count = bounded ? args_count(a, "count", UINT64_MAX) : 1;
}

static bool overload_has_a_limit(const struct args *a, const struct load *l, struct err *e)
{
    if (!args_given(a, "overload") || l->max_in_flight != UINT64_MAX)
        return true;
    return err_set(e, ERR_USAGE,
                   "--overload says what happens at --max-in-flight, which is not set");
}

static bool read_one(struct program *p, unsigned i, const struct args *a, struct arena *arena,
                     struct script_loads *out, struct err *e)
{
    const struct program_scenario *s = &p->scenarios[i];
    struct load *l = &out->list[i];
    uint64_t cap = UINT64_MAX;
    if (says_load(a)) {
        if (!load_plan_read(a, &script_habits, arena, l, &cap, e))
            return false;
    } else if (s->has_load) {
        if (!take_file_load(s, a, l, e))
            return false;
    } else {
        take_one_user(a, arena, l);
        out->try_out = out->try_out || l->count == 1;
    }
    take_limits(a, &s->load, l);
    if (!load_plan_fits(a, l, e) || !overload_has_a_limit(a, l, e))
        return false;
    out->may_grow = out->may_grow || load_plan_may_grow(a, l);
    if (l->profile.model == LOAD_CLOSED)
        cap = (uint64_t)profile_highest_level(&l->profile);
    bool bounded = out->users_cap != UINT64_MAX && cap != UINT64_MAX;
    out->users_cap = bounded ? out->users_cap + cap : UINT64_MAX;
    return true;
}

/* Draws of scenarios that run together must not be the same. */
static uint64_t seed_of(uint64_t seed, unsigned scenario)
{
    return seed + scenario * UINT64_C(0x9e3779b97f4a7c15);
}

static void take_scenario(struct program *p, unsigned i, struct arena *arena, struct load *l)
{
    struct lua_program *program = arena_alloc(arena, sizeof *program);
    l->scenario = arena_alloc(arena, sizeof *l->scenario);
    *program = (struct lua_program){.program = p, .part = LUA_USERS, .scenario = i};
    *l->scenario = (struct scenario){.type = &lua_scenario, .program = program};
    l->seed = p->scenarios[i].load.seed = seed_of(p->seed, i);
}

bool script_loads_read(struct program *p, const struct args *a, struct arena *arena,
                       struct script_loads *out, struct err *e)
{
    static const char *const loads[] = {"users", "rate",     "gap",      "stages",
                                        "count", "duration", "arrivals", NULL};
    *out = (struct script_loads){.n = p->n_scenarios};
    out->list = arena_alloc(arena, out->n * sizeof *out->list);
    if (p->n_scenarios > 1 &&
        !refuse_options(a, loads, "the file has several scenarios, each with a load of its own", e))
        return false;
    for (unsigned i = 0; i < p->n_scenarios; i++) {
        if (!read_one(p, i, a, arena, out, e))
            return false;
        take_scenario(p, i, arena, &out->list[i]);
    }
    return true;
}
