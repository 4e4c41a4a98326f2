/* weir run FILE.lua: a scenario, with the load that it or the command line says. */
#include "cli/cmd_run.h"

#include "base/mem.h"
#include "cli/load_plan.h"
#include "cli/options_common.h"
#include "cli/options_script.h"
#include "cli/outputs.h"
#include "cli/script_loads.h"
#include "cli/script_part.h"
#include "engine/run.h"
#include "scenario/http_calls.h"

static int run(const struct args *settings, struct err *e);

static const struct option *const tables[] = {options_script, options_load, options_settings, NULL};

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
    struct arena arena;
    struct program program;
    struct script_loads loads;
    struct client_spec *clients;
    struct plan plan;
    struct run_info info;
    struct outputs outputs;
};

/* ---- clients ---- */

static void describe_origins(const struct http_config *c, struct buf *out)
{
    for (unsigned i = 0; i < c->n_origins; i++) {
        const struct http_url *u = &c->origins[i].url;
        if (u->unix_path.n)
            buf_printf(out, " unix:" STR_FMT, STR_ARG(u->unix_path));
        else
            buf_printf(out, " %s://" STR_FMT, u->tls ? "https" : "http", STR_ARG(u->authority));
    }
}

static bool complete_http(struct script_run *r, struct http_client_definition *d,
                          struct buf *target, struct err *e)
{
    struct http_config *c = &d->config;
    c->timeout_ns = d->client.timeout_ns ? d->client.timeout_ns : r->loads.list[0].timeout_ns;
    c->capped = r->loads.users_cap != UINT64_MAX;
    c->connections = http_connections_possible(c->n_origins ? c->n_origins : 1);
    if (c->capped && r->loads.users_cap < UINT32_MAX)
        c->connections = (unsigned)r->loads.users_cap;
    if (c->connections > r->info.connections)
        r->info.connections = c->connections;
    describe_origins(c, target);
    return http_config_resolve(c, e);
}

static bool complete_clients(struct script_run *r, struct err *e)
{
    struct program *p = &r->program;
    struct buf target = {0};
    bool good = true;
    r->clients = arena_alloc(&r->arena, (p->n_clients + 1) * sizeof *r->clients);
    buf_str(&target, p->path);
    for (unsigned i = 0; i < p->n_clients && good; i++) {
        good = complete_http(r, (struct http_client_definition *)p->clients[i], &target, e);
        r->clients[i] = p->clients[i]->spec;
    }
    r->info.target = arena_z(&r->arena, buf_view(&target));
    buf_free(&target);
    return good;
}

/* ---- the plan ---- */

static unsigned threads(const struct script_run *r)
{
    unsigned most = 1;
    for (unsigned i = 0; i < r->loads.n; i++) {
        unsigned n = load_plan_threads(r->args, &r->loads.list[i], r->loads.users_cap);
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
    if (!script_file_read(p, a, seed, e) || !script_loads_read(p, a, &r->arena, &r->loads, e) ||
        !complete_clients(r, e))
        return false;
    r->plan = (struct plan){
        .command = "run",
        .loads = r->loads.list,
        .n_loads = r->loads.n,
        .clients = r->clients,
        .n_clients = p->n_clients,
        .seed = seed,
        .threads = threads(r),
        .scripted = true,
    };
    r->info.plan = &r->plan;
    struct outputs_wishes wishes = {
        .thresholds = p->thresholds,
        .n_thresholds = p->n_thresholds,
        .log = any_logs(p),
        .show = r->loads.try_out ? SHOWN_IN_A_TRIAL : 0,
    };
    return outputs_open(&r->outputs, a, &wishes, &r->arena, &r->plan, e);
}

static int execute(struct script_run *r, struct err *e)
{
    struct run_setup setup = {.plan = &r->plan,
                              .info = &r->info,
                              .sinks = r->outputs.sinks,
                              .thresholds = r->outputs.thresholds,
                              .n_thresholds = r->outputs.n_thresholds};
    bool ran;
    return run_execute(&setup, &ran, e);
}

/* setup, the run, teardown. */
static int execute_all(struct script_run *r, struct err *e)
{
    struct program *p = &r->program;
    int code = 0;
    if (p->has_setup)
        code = script_part_run(&r->plan, p, LUA_SETUP, e);
    if (code != 0) {
        outputs_close(&r->outputs);
        return code;
    }
    code = execute(r, e);
    if (e->kind || !p->has_teardown)
        return code;
    int teardown = script_part_run(&r->plan, p, LUA_TEARDOWN, e);
    return code ? code : teardown;
}

static int run(const struct args *settings, struct err *e)
{
    struct script_run *r = mem_zero(sizeof *r);
    int code = 1;
    r->args = settings;
    if (prepare(r, e)) {
        feeds_begin(&r->program, r->plan.threads, r->plan.seed);
        code = execute_all(r, e);
        feeds_end(&r->program);
    }
    program_free(&r->program);
    arena_free(&r->arena);
    mem_free(r);
    return code;
}
