/* A small run, with a sink that only looks whether it went well. */
#include "cli/script_part.h"

#include "base/list.h"
#include "base/log.h"
#include "engine/run.h"

struct part_sink {
    struct sink sink; /* first */
    const char *what;
    bool failed;
};

/* Why it did not come to its end. */
static str reason_of(const struct summary *s)
{
    const struct tally *errors = &s->results->script_errors;
    const struct verdict *v = s->verdict;
    if (s->iterations.script_error > 0)
        return errors->used ? errors->rows[0].key.text : STR("an error of the script");
    return str_from(v->n_reasons ? v->reasons[0] : v->n_notes ? v->notes[0] : "it was ended");
}

/* Said at once: a script that does not come back leaves no other moment. */
static bool finish(struct sink *sink, const struct summary *s, struct err *e)
{
    struct part_sink *part = CONTAINER_OF(sink, struct part_sink, sink);
    (void)e;
    part->failed = s->iterations.completed == 0 && !s->interrupted;
    if (part->failed)
        log_note("%s: " STR_FMT, part->what, STR_ARG(reason_of(s)));
    return true;
}

static void close_sink(struct sink *sink)
{
    (void)sink; /* it is its caller's */
}

static const struct sink_table part_table = {
    .name = "part",
    .finish = finish,
    .close = close_sink,
};

int script_part_run(const struct plan *plan, struct program *p, enum lua_part part, struct err *e)
{
    struct lua_program program = {.program = p, .part = part};
    struct scenario scenario = {.type = &lua_scenario, .program = &program};
    struct stage stage = {.from = 1, .to = 1, .duration_ns = UINT64_MAX};
    const struct load *like = &plan->loads[0];
    struct load load = {
        .scenario = &scenario,
        .profile = {LOAD_CLOSED, &stage, 1},
        .count = 1,
        .timeout_ns = like->timeout_ns,
        .drain_ns = like->timeout_ns,
        .max_in_flight = UINT64_MAX,
    };
    struct plan small = *plan;
    small.loads = &load;
    small.n_loads = 1;
    small.threads = SCRIPT_PART_THREADS;
    small.log_calls = false;
    small.show = 0;
    struct run_info info = {.plan = &small};
    struct part_sink sink = {.sink.table = &part_table,
                             .what = part == LUA_SETUP ? "setup" : "teardown"};
    struct run_setup setup = {.plan = &small, .info = &info, .sinks = &sink.sink};
    bool ran;
    *e = (struct err){0};
    int code = run_execute(&setup, &ran, e);
    if (code == 130 && !e->kind)
        return 130;
    return e->kind || sink.failed;
}
