/* weir http URL: one request, sent again and again as the load says. */
#include "cli/cmd_http.h"

#include "base/mem.h"
#include "cli/load_plan.h"
#include "cli/options_common.h"
#include "cli/options_http.h"
#include "cli/outputs.h"
#include "cli/read_file.h"
#include "engine/run.h"
#include "proto/http_client.h"
#include "proto/http_form.h"
#include "scenario/steps.h"

static int run(const struct args *settings, struct err *e);

static const struct load_habits habits = {.users = 64};
static const struct option *const tables[] = {options_http,  options_load, options_results,
                                              options_color, options_log,  options_settings,
                                              NULL};

const struct command cmd_http = {
    .name = "http",
    .summary = "load an HTTP server with one request",
    .operands = "URL",
    .least = 1,
    .most = 1,
    .examples =
        {
            {"200 starts per second for 10 s, whatever the replies do",
             "weir http 127.0.0.1:8081/ping -r 200 -d 10s"},
            {"64 users, each as fast as the replies come", "weir http 127.0.0.1:8081/ping -c 64"},
            {"a limit that decides the exit code",
             "weir http 127.0.0.1:8081/ping -r 500 --threshold 'response_time.p99 < 50ms'"},
        },
    .tables = tables,
    .family = FAMILY_HTTP,
    .mask_operand = http_mask_url,
    .run = run,
};

/* Everything of one run of this command; lives until the run is over. */
struct http_run {
    const struct args *args;
    struct arena arena;
    struct http_origin origin;
    struct http_request request;
    struct http_definition definition;
    struct http_message message;
    struct http_config config;
    struct tag tags[1];
    struct series series;
    struct prepared_call call;
    struct step step;
    struct step_list program;
    struct client_spec client;
    struct scenario scenario;
    struct load load;
    struct plan plan;
    struct run_info info;
    struct outputs outputs;
};

/* ---- the request ---- */

static bool read_body(struct http_run *r, str *body, struct err *e)
{
    str text = args_text(r->args, "body");
    size_t fields = args_times(r->args, "form");
    if (text.p && fields)
        return err_set(e, ERR_USAGE,
                       "--body and --form exclude each other: the fields make the "
                       "body");
    if (!fields)
        return read_text_or_file(text, &r->arena, body, e);
    struct buf form = {0};
    for (size_t i = 0; i < fields; i++) {
        str name, value;
        str_cut(args_item(r->args, "form", i), '=', &name, &value);
        http_form_add(&form, name, value);
    }
    *body = arena_dup(&r->arena, buf_view(&form));
    buf_free(&form);
    return true;
}

static bool read_headers(struct http_run *r, struct err *e)
{
    size_t n = args_times(r->args, "header");
    struct http_header *headers = arena_alloc(&r->arena, (n + 1) * sizeof *headers);
    bool has_type = false;
    for (size_t i = 0; i < n; i++) {
        if (!http_header_read(args_item(r->args, "header", i), &headers[i].name, &headers[i].value,
                              e))
            return false;
        has_type = has_type || str_eq_nocase(headers[i].name, STR("Content-Type"));
    }
    if (args_times(r->args, "form") && !has_type)
        headers[n++] =
            (struct http_header){STR("Content-Type"), STR("application/x-www-form-urlencoded")};
    r->request.headers = headers;
    r->request.header_count = n;
    return true;
}

static bool read_request(struct http_run *r, struct err *e)
{
    struct http_request *q = &r->request;
    q->url = &r->origin.url;
    q->credentials = args_text(r->args, "user");
    if (!read_body(r, &q->body, e) || !read_headers(r, e))
        return false;
    q->method = args_text(r->args, "method");
    if (!q->method.p)
        q->method = q->body.p ? STR("POST") : STR("GET");
    r->message.definition = &r->definition;
    return http_request_prepare(q, &r->arena, &r->message.prepared, e);
}

static bool read_definition(struct http_run *r, struct err *e)
{
    struct http_definition *d = &r->definition;
    str statuses = args_text(r->args, "expect-status");
    uint16_t *expect = NULL;
    if (statuses.p && !http_statuses_read(statuses, &r->arena, &expect, &d->n_expect, e))
        return false;
    d->expect = expect;
    d->follow = (unsigned)args_count(r->args, "follow", 0);
    return true;
}

/* ---- the run ---- */

static void make_scenario(struct http_run *r)
{
    r->tags[0] = (struct tag){STR("protocol"), STR("http")};
    r->series = (struct series){
        .name = arena_printf(&r->arena, STR_FMT " " STR_FMT, STR_ARG(r->request.method),
                             STR_ARG(r->origin.url.target)),
        .tags = r->tags,
        .n_tags = 1,
    };
    r->call = (struct prepared_call){.series = &r->series, .request = &r->message};
    r->step = (struct step){.kind = STEP_CALL, .call = &r->call};
    r->program = (struct step_list){&r->step, 1};
    r->client = (struct client_spec){.protocol = &http_protocol, .config = &r->config};
    r->scenario = (struct scenario){.type = &steps_scenario, .program = &r->program};
    r->load.scenario = &r->scenario;
}

static bool make_config(struct http_run *r, uint64_t users_cap, struct err *e)
{
    struct http_config *c = &r->config;
    c->origins = &r->origin;
    c->n_origins = 1;
    c->may_need_tls = r->origin.url.tls || r->definition.follow > 0;
    c->insecure = args_switch(r->args, "insecure");
    c->timeout_ns = r->load.timeout_ns;
    c->capped = users_cap != UINT64_MAX;
    c->connections = http_connections_possible(c->n_origins);
    if (c->capped && users_cap < UINT32_MAX && !load_plan_may_grow(r->args, &r->load))
        c->connections = (unsigned)users_cap;
    return http_config_resolve(c, e);
}

static void describe_target(struct http_run *r)
{
    const struct http_url *u = &r->origin.url;
    const char *address = r->origin.addrs[0].text;
    struct buf text = {0};
    buf_printf(&text, STR_FMT " ", STR_ARG(r->request.method));
    if (u->unix_path.n)
        buf_printf(&text, "unix:" STR_FMT ":" STR_FMT, STR_ARG(u->unix_path), STR_ARG(u->target));
    else
        buf_printf(&text, "%s://" STR_FMT STR_FMT, u->tls ? "https" : "http", STR_ARG(u->authority),
                   STR_ARG(u->target));
    if (!u->unix_path.n && !str_contains(buf_view(&text), str_from(address)))
        buf_printf(&text, " (%s)", address);
    r->info.target = arena_z(&r->arena, buf_view(&text));
    r->info.connections = r->config.connections;
    buf_free(&text);
}

static bool prepare(struct http_run *r, struct err *e)
{
    uint64_t users_cap;
    if (!http_url_parse(r->args->operands[0], &r->arena, &r->origin.url, e) ||
        !read_request(r, e) || !read_definition(r, e) ||
        !load_plan_read(r->args, &habits, &r->arena, &r->load, &users_cap, e) ||
        !make_config(r, users_cap, e))
        return false;
    make_scenario(r);
    r->plan = (struct plan){
        .command = "http",
        .id = plan_new_id(),
        .loads = &r->load,
        .n_loads = 1,
        .clients = &r->client,
        .n_clients = 1,
        .seed = r->load.seed,
        .threads = load_plan_threads(r->args, &habits, &r->load, users_cap),
    };
    r->info.plan = &r->plan;
    describe_target(r);
    return outputs_open(&r->outputs, r->args, NULL, &r->arena, &r->plan, e);
}

static int run(const struct args *settings, struct err *e)
{
    struct http_run *r = mem_zero(sizeof *r);
    int code = 1;
    r->args = settings;
    if (prepare(r, e))
        code = outputs_run(&r->outputs, &r->plan, &r->info, e);
    arena_free(&r->arena);
    mem_free(r);
    return code;
}
