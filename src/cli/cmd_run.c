/* weir run FILE.lua: a scenario, with the load that it or the command line says. */
#include "cli/cmd_run.h"

#include "base/mem.h"
#include "cli/load_plan.h"
#include "cli/options_common.h"
#include "cli/options_script.h"
#include "cli/outputs.h"
#include "cli/script_clients.h"
#include "cli/script_part.h"
#include "engine/run.h"

static int run(const struct args *settings, struct err *e);

static const struct option *const tables[] = {
    options_script,   options_load, options_results, options_color, options_log,
    options_settings, NULL};

const struct command cmd_run = {
    .name = "run",
    .summary = "run a scenario file",
    .operands = "FILE.lua",
    .least = 1,
    .most = 1,
    .examples =
        {
            {"the load that the file says, or one user once, with all its calls shown",
             "weir run examples/first.lua"},
            {"another load, another target",
             "weir run examples/first.lua -r 200 -d 30s -e TARGET=http://127.0.0.1:8081"},
        },
    .tables = tables,
    .family = FAMILY_HTTP,
    .run = run,
};

enum { SHOWN_IN_A_TRIAL = 1000 };

/* Everything of one run of this command. */
struct script_run {
    const struct args *args;
    const char *text; /* of the file, unless it has to be read */
    struct arena arena;
    struct program program;
    struct script_loads loads;
    struct script_clients clients;
    struct plan plan;
    struct run_info info;
    struct outputs outputs;
};

/* ---- the plan ---- */

static unsigned threads(const struct script_run *r)
{
    unsigned most = 1;
    for (unsigned i = 0; i < r->loads.n; i++) {
        unsigned n =
            load_plan_threads(r->args, &script_habits, &r->loads.list[i], r->loads.users_cap);
        most = n > most ? n : most;
    }
    return most;
}

static bool any_logs(const struct program *p)
{
    for (unsigned i = 0; i < p->n_scenarios; i++)
        if (p->scenarios[i].log)
            return true;
    return false;
}

static bool prepare(struct script_run *r, struct err *e)
{
    const struct args *a = r->args;
    struct program *p = &r->program;
    uint64_t seed = args_given(a, "seed") ? args_count(a, "seed", 0) : rng_draw_seed();
    uint64_t id = plan_new_id();
    if (!script_file_read(p, a, r->text, seed, e) ||
        !script_loads_read(p, a, &r->arena, &r->loads, e) ||
        !script_clients_open(&r->clients, p, &r->loads, id, &r->arena, e))
        return false;
    r->plan = (struct plan){
        .command = "run",
        .id = id,
        .loads = r->loads.list,
        .n_loads = r->loads.n,
        .clients = r->clients.list,
        .n_clients = r->clients.n,
        .seed = seed,
        .threads = threads(r),
        .scripted = true,
    };
    r->info.plan = &r->plan;
    r->info.target = r->clients.target;
    r->info.connections = r->clients.connections;
    struct outputs_wishes wishes = {
        .thresholds = p->thresholds,
        .n_thresholds = p->n_thresholds,
        .log = any_logs(p),
        .show = r->loads.try_out ? SHOWN_IN_A_TRIAL : 0,
    };
    return outputs_open(&r->outputs, a, &wishes, &r->arena, &r->plan, e);
}

static int run_part(struct script_run *r, enum lua_part part, struct err *e)
{
    script_clients_crew(&r->clients, SCRIPT_PART_THREADS);
    return script_part_run(&r->plan, &r->program, part, e);
}

/* setup, the run, teardown. */
static int execute_all(struct script_run *r, struct err *e)
{
    struct program *p = &r->program;
    int code = 0;
    if (p->has_setup)
        code = run_part(r, LUA_SETUP, e);
    if (code != 0) {
        outputs_close(&r->outputs);
        return code;
    }
    script_clients_crew(&r->clients, r->plan.threads);
    code = outputs_run(&r->outputs, &r->plan, &r->info, e);
    if (e->kind || !p->has_teardown)
        return code;
    int teardown = run_part(r, LUA_TEARDOWN, e);
    return code ? code : teardown;
}

int cmd_run_text(const struct args *settings, const char *text, struct err *e)
{
    struct script_run *r = mem_zero(sizeof *r);
    int code = 1;
    r->args = settings;
    r->text = text;
    if (prepare(r, e)) {
        feeds_begin(&r->program, r->plan.threads, r->plan.seed);
        code = execute_all(r, e);
        feeds_end(&r->program);
    }
    script_clients_close(&r->clients);
    program_free(&r->program);
    arena_free(&r->arena);
    mem_free(r);
    return code;
}

static int run(const struct args *settings, struct err *e)
{
    return cmd_run_text(settings, NULL, e);
}
