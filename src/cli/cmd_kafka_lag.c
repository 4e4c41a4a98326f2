/* weir kafka lag: how far a consumer group is behind, and whether it will ever be done. */
#include "cli/cmd_kafka_lag.h"

#include <string.h>

#include "cli/lag_watch.h"
#include "cli/options_common.h"
#include "cli/options_kafka.h"
#include "report/output.h"

static int run(const struct args *settings, struct err *e);

static const char looking[] = "Looking";
static const char answers[] = "Answers";

static bool check_not_empty(str value, struct err *e)
{
    return value.n || err_set(e, ERR_USAGE, "it is empty");
}

static const struct option options_lag[] = {
    {
        .name = "group",
        .letters = "g",
        .type = OPTION_TEXT,
        .argument = "GROUP",
        .check = check_not_empty,
        .help = "whose lag; it is looked at from outside, nothing joins it",
        .group = looking,
    },
    {
        .name = "topic",
        .letters = "t",
        .type = OPTION_TEXT,
        .argument = "TOPIC",
        .check = check_not_empty,
        .help = "only in this topic",
        .otherwise = "in all that it has committed for",
        .group = looking,
    },
    {
        .name = "duration",
        .letters = "d",
        .type = OPTION_DURATION,
        .argument = "T",
        .least = 1,
        .fallback = "6s",
        .help = "how long to look, once a second: rates come from the first look and the last, "
                "and a client commits each 5 s unless it is told otherwise",
        .group = looking,
    },
    {
        .name = "explain",
        .type = OPTION_SWITCH,
        .help = "say why the group is not scaled, or why more consumers would not help: too few "
                "partitions, nothing committed, another group's name, work that waits in memory",
        .group = looking,
    },
    {
        .name = "timeout",
        .type = OPTION_DURATION,
        .argument = "T",
        .least = 1,
        .fallback = "10s",
        .help = "longest wait for the brokers",
        .group = answers,
    },
    {
        .name = "json",
        .type = OPTION_TEXT,
        .argument = "FILE",
        .check = check_not_empty,
        .help = "all of it as JSON; - is standard output",
        .group = answers,
    },
    {.name = NULL},
};

static const struct option *const tables[] = {options_lag, options_kafka, options_settings, NULL};

const struct command cmd_kafka_lag = {
    .name = "kafka lag",
    .summary = "watch how far a consumer group is behind: records, seconds, time to drain",
    .examples =
        {
            {"how far it is behind, by partition", "weir kafka lag -b 127.0.0.1:9092 -g billing"},
            {"for ten minutes, and all of it as JSON",
             "weir kafka lag -g billing -d 10m --json lag.json"},
            {"why more replicas do not help", "weir kafka lag -g billing -t orders --explain"},
        },
    .tables = tables,
    .family = FAMILY_KAFKA,
    .run = run,
};

/* What one run of this command is about. */
struct lag_run {
    const struct args *args;
    struct arena arena;
    str brokers;
    struct kafka_properties properties;
    const char *group, *topic; /* topic NULL: all of the group's */
    const char *path;          /* of --json; NULL: none */
    struct output json;
};

static bool prepare(struct lag_run *r, struct err *e)
{
    const struct args *a = r->args;
    if (!args_given(a, "group"))
        return err_set(e, ERR_USAGE, "-g says whose lag: -g GROUP");
    r->group = arena_z(&r->arena, args_text(a, "group"));
    r->topic = args_given(a, "topic") ? arena_z(&r->arena, args_text(a, "topic")) : NULL;
    r->path = args_given(a, "json") ? arena_z(&r->arena, args_text(a, "json")) : NULL;
    if (!kafka_brokers_read(a, &r->brokers, e) ||
        !kafka_properties_read(a, KAFKA_CONSUMER, &r->arena, &r->properties, e))
        return false;
    if (str_eq(r->brokers, STR("embedded")))
        return err_set(e, ERR_USAGE,
                       "-b embedded: no group can be known to a broker in this process; weir "
                       "broker is one for several");
    return !r->path || output_open(&r->json, "lag", r->path, e);
}

static bool write_text(const struct lag_run *r, const struct lag_report *report, struct err *e)
{
    bool taken = r->path && strcmp(r->path, "-") == 0;
    struct page page = {.paper = paper_of(taken ? stderr : stdout, false)};
    lag_text(&page, report);
    bool written = page_write(&page, e);
    buf_free(&page.text);
    return written;
}

static bool write_json(struct lag_run *r, const struct lag_report *report, struct err *e)
{
    struct buf text = {0};
    struct err ignored;
    lag_json(report, &text);
    bool written = output_write(&r->json, buf_view(&text), e);
    buf_free(&text);
    return output_close(&r->json, written ? e : &ignored) && written;
}

static bool report(struct lag_run *r, struct kafka_lag *l, const struct lag_watch *w, struct err *e)
{
    struct lag_report report = {.group = r->group, .moments = w->moments, .n_moments = w->n};
    struct kafka_lag_group about;
    lag_compare(&w->first, &w->last, &r->arena, &report);
    if (args_switch(r->args, "explain")) {
        kafka_lag_group(l, &r->arena, &about);
        report.about = &about;
        lag_explain(&report, &r->arena);
    }
    return write_text(r, &report, e) && (!r->path || write_json(r, &report, e));
}

static int watch(struct lag_run *r, struct err *e)
{
    const struct args *a = r->args;
    struct lag_watch w = {.n = 0};
    struct kafka_lag *l = kafka_lag_open(r->brokers, &r->properties, r->group, r->topic,
                                         args_duration(a, "timeout", 0), e);
    if (!l)
        return 1;
    bool good = lag_watch(&w, l, args_duration(a, "duration", 0), e) && report(r, l, &w, e);
    int code = w.interrupted ? 130 : good ? 0 : 1;
    lag_watch_free(&w);
    kafka_lag_close(l);
    return code;
}

static int run(const struct args *settings, struct err *e)
{
    struct lag_run r = {.args = settings, .json = {.fd = -1}};
    struct err ignored;
    int code = 1;
    if (kafka_properties_listed(settings))
        return 0;
    if (prepare(&r, e))
        code = watch(&r, e);
    output_close(&r.json, &ignored);
    arena_free(&r.arena);
    return code;
}
