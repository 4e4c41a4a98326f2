/* The load options as a load: which model, which profile, which limits. */
#include "cli/load_plan.h"

#include <unistd.h>

#include "base/clock.h"

enum { ONE_THREAD_BELOW = 20000 }; /* starts per second; spec/cli.md, --threads */
static const uint64_t default_duration_ns = 10 * NS_PER_S;

/* The first of `names` that was given; NULL: none. */
static const char *first_given(const struct args *a, const char *const *names)
{
    for (; *names; names++)
        if (args_given(a, *names))
            return *names;
    return NULL;
}

static bool exclude(const struct args *a, const char *one, const char *other, const char *why,
                    struct err *e)
{
    struct buf left = {0}, right = {0};
    if (!args_given(a, one) || !args_given(a, other))
        return true;
    args_name(a, one, &left);
    args_name(a, other, &right);
    err_set(e, ERR_USAGE, STR_FMT " and " STR_FMT " exclude each other: %s",
            STR_ARG(buf_view(&left)), STR_ARG(buf_view(&right)), why);
    buf_free(&left);
    buf_free(&right);
    return false;
}

bool load_plan_fits(const struct args *a, const struct load *p, struct err *e)
{
    static const char *const names[] = {"arrivals", "max-in-flight", "overload", NULL};
    struct buf name = {0};
    const char *given = first_given(a, names);
    if (p->profile.model == LOAD_OPEN || !given)
        return true;
    args_name(a, given, &name);
    err_set(e, ERR_USAGE,
            STR_FMT " is for the open model (-r, --gap, --stages without users): here %s",
            STR_ARG(buf_view(&name)), "each user waits for its own reply");
    buf_free(&name);
    return false;
}

static bool consistent(const struct args *a, struct err *e)
{
    static const char *const two_loads = "each is a load of its own";
    return exclude(a, "rate", "gap", two_loads, e) && exclude(a, "rate", "stages", two_loads, e) &&
           exclude(a, "gap", "stages", two_loads, e) &&
           exclude(a, "duration", "stages", "the stages have their durations", e) &&
           exclude(a, "gap", "arrivals", "a fixed gap leaves nothing to spread", e);
}

static uint64_t duration_of(const struct args *a, const struct load_habits *habits)
{
    if ((args_given(a, "count") || habits->ends_itself) && !args_given(a, "duration"))
        return UINT64_MAX; /* the count alone ends it, or the data do */
    return args_duration(a, "duration", default_duration_ns);
}

static bool read_profile(const struct args *a, const struct load_habits *habits,
                         struct arena *arena, struct profile *out, struct err *e)
{
    if (args_given(a, "stages"))
        return profile_parse(args_text(a, "stages"), arena, out, e);
    uint64_t gap = args_duration(a, "gap", 0);
    double rate = gap ? 1e9 / (double)gap : args_rate(a, "rate", 0);
    uint64_t users = args_count(a, "users", habits->users);
    *out = profile_constant(rate > 0 ? LOAD_OPEN : LOAD_CLOSED, rate > 0 ? rate : (double)users,
                            duration_of(a, habits), arena);
    return profile_duration_ns(out) == UINT64_MAX || profile_check(out, e);
}

static bool stages_without_users_option(const struct args *a, const struct load *p, struct err *e)
{
    if (!args_given(a, "stages") || p->profile.model == LOAD_OPEN)
        return true;
    return exclude(a, "users", "stages", "the stages say how many users there are", e);
}

static bool skip_has_a_limit(const struct args *a, struct err *e)
{
    if (args_given(a, "overload") && !args_given(a, "max-in-flight"))
        return err_set(e, ERR_USAGE,
                       "--overload says what happens at --max-in-flight, which is "
                       "not set");
    return true;
}

bool load_plan_read(const struct args *a, const struct load_habits *habits, struct arena *arena,
                    struct load *load, uint64_t *users_cap, struct err *e)
{
    if (!consistent(a, e) || !read_profile(a, habits, arena, &load->profile, e) ||
        !load_plan_fits(a, load, e) || !stages_without_users_option(a, load, e) ||
        !skip_has_a_limit(a, e))
        return false;
    load->law = args_choice(a, "arrivals") == 1 ? ARRIVALS_POISSON : ARRIVALS_UNIFORM;
    load->seed = args_given(a, "seed") ? args_count(a, "seed", 0) : rng_draw_seed();
    load->count = args_count(a, "count", UINT64_MAX);
    load->warmup_ns = args_duration(a, "warmup", 0);
    load->timeout_ns = args_duration(a, "timeout", 0);
    load->drain_ns = args_duration(a, "drain", load->timeout_ns);
    load->max_in_flight = args_count(a, "max-in-flight", UINT64_MAX);
    load->overload = args_choice(a, "overload") == 1 ? OVERLOAD_SKIP : OVERLOAD_QUEUE;
    *users_cap = args_given(a, "users") ? args_count(a, "users", 0) : UINT64_MAX;
    if (load->profile.model == LOAD_CLOSED)
        *users_cap = (uint64_t)profile_highest_level(&load->profile);
    return true;
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

unsigned load_plan_threads(const struct args *a, const struct load_habits *habits,
                           const struct load *load, uint64_t cap)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    uint64_t threads = processors > 0 ? (uint64_t)processors : 1;
    bool slow = load->profile.model == LOAD_OPEN &&
                profile_highest_level(&load->profile) < ONE_THREAD_BELOW;
    if (slow || habits->one_thread)
        threads = 1;
    threads = args_count(a, "threads", threads);
    return (unsigned)least(least(threads, cap), least(load->max_in_flight, 1024));
}

bool load_plan_may_grow(const struct args *a, const struct load *load)
{
    return load->profile.model == LOAD_CLOSED && args_given(a, "ui");
}
