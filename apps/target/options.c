/* The table of flags, and what they come to. */
#include "target/options.h"

#include <stdio.h>

#include "base/args.h"

static const char place[] = "Where it listens";
static const char misbehaviour[] = "How it misbehaves";
static const char other[] = "Other";

static bool check_port(str value, struct err *e)
{
    uint64_t port;
    return (str_u64(value, &port) && port <= UINT16_MAX) ||
           err_set(e, ERR_USAGE, "'" STR_FMT "' is not a port; a port is 0 to 65535",
                   STR_ARG(value));
}

static bool check_share(str value, struct err *e)
{
    struct fault_values unused;
    return fault_read(STR("error-rate"), value, &unused, e);
}

static bool check_body_size(str value, struct err *e)
{
    struct fault_values unused;
    return fault_read(STR("body-size"), value, &unused, e);
}

static bool check_stall(str value, struct err *e)
{
    struct stall unused;
    return stall_parse(value, &unused, e);
}

static bool check_not_empty(str value, struct err *e)
{
    return value.n || err_set(e, ERR_USAGE, "the name is empty");
}

static const struct option table[] = {
    {.name = "host",
     .type = OPTION_TEXT,
     .argument = "HOST",
     .fallback = "127.0.0.1",
     .check = check_not_empty,
     .help = "address or name to listen on",
     .group = place},
    {.name = "port",
     .type = OPTION_COUNT,
     .argument = "PORT",
     .fallback = "8081",
     .check = check_port,
     .help = "0 picks a free one; the line 'listening on ...' says which",
     .group = place},
    {.name = "unix",
     .type = OPTION_TEXT,
     .argument = "PATH",
     .check = check_not_empty,
     .help = "listen on a unix socket instead",
     .group = place},
    {.name = "tls",
     .type = OPTION_TEXT,
     .argument = "CERT KEY",
     .check = check_not_empty,
     .help = "speak HTTPS, with these two PEM files",
     .group = place},
    {.name = "delay",
     .type = OPTION_DURATION,
     .argument = "T",
     .fallback = "0s",
     .help = "answer that much later: 200ms",
     .group = misbehaviour},
    {.name = "jitter",
     .type = OPTION_DURATION,
     .argument = "T",
     .fallback = "0s",
     .help = "change each delay by up to that, uniformly, up or down",
     .group = misbehaviour},
    {.name = "error-rate",
     .type = OPTION_TEXT,
     .argument = "SHARE",
     .fallback = "0%",
     .check = check_share,
     .help = "that share of the answers is 500, exactly: with 1% each hundredth",
     .group = misbehaviour},
    {.name = "body-size",
     .type = OPTION_TEXT,
     .argument = "SIZE",
     .fallback = "18",
     .check = check_body_size,
     .help = "bytes of the body of a ping (spaces are added): 10kB",
     .group = misbehaviour},
    {.name = "stall",
     .type = OPTION_TEXT,
     .argument = "AT:FOR",
     .repeats = true,
     .check = check_stall,
     .help = "freeze the process AT after the first request FOR that long: 3s:2s",
     .group = misbehaviour},
    {.name = "close-after",
     .type = OPTION_COUNT,
     .argument = "N",
     .least = 1,
     .otherwise = "never",
     .help = "end each connection after N answers, the last says Connection: close",
     .group = misbehaviour},
    {.name = "drop-after",
     .type = OPTION_COUNT,
     .argument = "N",
     .least = 1,
     .otherwise = "never",
     .help = "end each connection after N answers without saying so",
     .group = misbehaviour},
    {.name = "seed",
     .type = OPTION_COUNT,
     .argument = "N",
     .fallback = "1",
     .help = "of the jitter",
     .group = other},
    {.name = "log",
     .type = OPTION_TEXT,
     .argument = "FILE",
     .check = check_not_empty,
     .help = "a line for each request: the wall time in ns at which the kernel got it, method, "
             "target",
     .group = other},
    {.name = "help",
     .letters = "h",
     .type = OPTION_SWITCH,
     .help = "show this, then stop",
     .group = other},
    {.name = NULL},
};

static const struct option *const tables[] = {table, NULL};

static const struct args_grammar grammar = {
    .command = "weir-target",
    .prefix = "",
    .operand = "KEY",
    .tables = tables,
};

static void print_help(void)
{
    struct buf out = {0};
    buf_str(&out,
            STR("weir-target [OPTION]...: an HTTP server to try weir on\n\n"
                "It answers /ping with {\"message\":\"pong\"}, counts at /metrics, and any other "
                "path with what there is.\n"
                "delay, jitter, error-rate and body-size may also stand in a request's query: "
                "/ping?delay=20ms\n"));
    options_help(tables, grammar.prefix, &out);
    fwrite(out.p, 1, out.n, stdout);
    buf_free(&out);
}

/* What no single value shows. The second word behind --tls arrives as an operand. */
static bool check_together(const struct args *a, struct err *e)
{
    bool tls = args_given(a, "tls");
    if (tls && a->n_operands == 0)
        return err_set(e, ERR_USAGE, "--tls needs two files: --tls CERT KEY");
    if (a->n_operands > (tls ? 1 : 0))
        return err_set(e, ERR_USAGE,
                       "unexpected '" STR_FMT "'; weir-target --help lists what there is",
                       STR_ARG(a->operands[tls ? 1 : 0]));
    if (args_given(a, "unix") && (args_given(a, "host") || args_given(a, "port")))
        return err_set(e, ERR_USAGE, "--unix is instead of --host and --port");
    if (args_given(a, "close-after") && args_given(a, "drop-after"))
        return err_set(e, ERR_USAGE, "--close-after and --drop-after exclude each other");
    return true;
}

static void read_stalls(const struct args *a, struct target_options *o)
{
    struct err checked; /* args_check has passed */
    o->n_stalls = args_times(a, "stall");
    o->stalls = arena_alloc(&o->arena, (o->n_stalls + 1) * sizeof *o->stalls);
    for (size_t i = 0; i < o->n_stalls; i++)
        stall_parse(args_item(a, "stall", i), &o->stalls[i], &checked);
}

static void read_values(const struct args *a, struct target_options *o)
{
    struct err checked; /* args_check has passed */
    o->host = arena_dup(&o->arena, args_text(a, "host"));
    o->port = (uint16_t)args_count(a, "port", 0);
    o->unix_path = arena_dup(&o->arena, args_text(a, "unix"));
    o->log_path = arena_dup(&o->arena, args_text(a, "log"));
    if (args_given(a, "tls")) {
        o->certificate = arena_z(&o->arena, args_text(a, "tls"));
        o->key = arena_z(&o->arena, a->operands[0]);
    }
    o->faults.delay_ns = args_duration(a, "delay", 0);
    o->faults.jitter_ns = args_duration(a, "jitter", 0);
    fault_read(STR("error-rate"), args_text(a, "error-rate"), &o->faults, &checked);
    fault_read(STR("body-size"), args_text(a, "body-size"), &o->faults, &checked);
    o->seed = args_count(a, "seed", 1);
    o->close_after = args_count(a, "close-after", 0);
    o->drop_after = args_count(a, "drop-after", 0);
    read_stalls(a, o);
}

bool options_read(struct target_options *o, int argc, char **argv, bool *help, struct err *e)
{
    struct args a;
    args_open(&a, &grammar);
    bool good = args_flags(&a, argc - 1, argv + 1, e) && args_check(&a, e);
    *help = good && args_switch(&a, "help");
    if (*help)
        print_help();
    else if (good && (good = check_together(&a, e)))
        read_values(&a, o);
    args_close(&a);
    return good;
}

void options_free(struct target_options *o)
{
    arena_free(&o->arena);
}
