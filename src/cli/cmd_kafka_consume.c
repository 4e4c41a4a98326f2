/* weir kafka consume: reads a topic, says how fast and how late records come, and audits them. */
#include "cli/cmd_kafka_consume.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/units.h"
#include "cli/options_common.h"
#include "cli/options_consume.h"
#include "cli/options_kafka.h"
#include "cli/outputs.h"
#include "cli/sinks.h"
#include "proto/kafka_consume.h"
#include "report/consumed.h"
#include "scenario/reading.h"

enum { WORKERS_MOST = 1024 };

static int run(const struct args *settings, struct err *e);

static const struct option *const tables[] = {
    options_consume,  options_kafka, options_metrics, options_results, options_color,
    options_settings, NULL};

const struct command cmd_kafka_consume = {
    .name = "kafka consume",
    .summary = "consume a Kafka topic: rate, end-to-end latency, loss, duplicates and order",
    .examples =
        {
            {"what comes from now on, until Ctrl-C",
             "weir kafka consume -b 127.0.0.1:9092 -t orders"},
            {"whether all that weir kafka produce --stamp value made is there, once and in order",
             "weir kafka consume -t orders --from beginning --until end --audit"},
            {"the next three records in full, as a member of a group",
             "weir kafka consume -t orders -g my-group -n 3 --show 3"},
        },
    .tables = tables,
    .family = FAMILY_KAFKA,
    .run = run,
};

/* Everything of one run of this command; lives until the run is over. */
struct consume_run {
    const struct args *args;
    struct arena arena;
    struct kafka_properties properties;
    struct kafka_consume_config config;
    struct tag tags[3];
    struct series series;
    struct client_spec client;
    struct scenario scenario;
    struct load load;
    struct plan plan;
    struct run_info info;
    struct outputs outputs;
};

/* ---- what is read ---- */

/* A property that says the same as --from does of a group. */
static bool read_reset(struct consume_run *r, struct err *e)
{
    str reset = kafka_property_find(&r->properties, "auto.offset.reset");
    if (!reset.p || !r->config.group)
        return true;
    if (args_given(r->args, "from"))
        return err_set(e, ERR_USAGE,
                       "--from and -X auto.offset.reset exclude each other: they are one setting");
    bool end =
        str_eq(reset, STR("latest")) || str_eq(reset, STR("largest")) || str_eq(reset, STR("end"));
    r->config.from.kind = end ? KAFKA_FROM_END : KAFKA_FROM_BEGINNING;
    return true;
}

static bool read_from(struct consume_run *r, struct err *e)
{
    struct kafka_from *from = &r->config.from;
    int64_t now_ms = (int64_t)(clock_wall_ns() / NS_PER_MS);
    *from = (struct kafka_from){.kind = KAFKA_FROM_END};
    if (args_given(r->args, "from") &&
        !kafka_from_read(args_text(r->args, "from"), now_ms, from, e))
        return false;
    bool committed = from->kind == KAFKA_FROM_END || from->kind == KAFKA_FROM_BEGINNING;
    if (r->config.group && !committed)
        return err_set(e, ERR_USAGE,
                       "a group goes on where it has committed: beside -g, --from may be beginning "
                       "or end, for what it never committed");
    return read_reset(r, e);
}

static bool read_topic(struct consume_run *r, struct err *e)
{
    const struct args *a = r->args;
    struct kafka_consume_config *c = &r->config;
    if (!args_given(a, "topic"))
        return err_set(e, ERR_USAGE, "-t says what is read: -t TOPIC");
    c->topic = arena_z(&r->arena, args_text(a, "topic"));
    c->partition = args_given(a, "partition") ? (int32_t)args_count(a, "partition", 0) : -1;
    c->group = args_given(a, "group") ? arena_z(&r->arena, args_text(a, "group")) : NULL;
    if (c->group && c->partition >= 0)
        return err_set(e, ERR_USAGE,
                       "-p and -g exclude each other: a group says who reads which partition");
    return kafka_brokers_read(a, &c->brokers, e) &&
           (!str_eq(c->brokers, STR("embedded")) ||
            err_set(e, ERR_USAGE,
                    "-b embedded: nobody else could write to a broker in this process; weir broker "
                    "is one for several"));
}

/* ---- how long ---- */

static bool read_end(struct consume_run *r, struct err *e)
{
    const struct args *a = r->args;
    struct kafka_consume_config *c = &r->config;
    c->until_end = args_given(a, "until");
    c->count = args_count(a, "count", UINT64_MAX);
    c->timeout_ns = args_duration(a, "timeout", 0);
    c->metrics_ns = args_duration(a, "metrics-every", 0);
    c->audit = args_switch(a, "audit");
    r->plan.threads = (unsigned)args_count(a, "threads", 1);
    if (r->plan.threads > WORKERS_MOST)
        return err_set(e, ERR_USAGE, "--threads: at most %d", WORKERS_MOST);
    return c->count == UINT64_MAX || r->plan.threads == 1 ||
           err_set(e, ERR_USAGE, "-n is counted by one worker: leave out --threads");
}

/* One user for each worker, who waits. */
static void make_load(struct consume_run *r)
{
    uint64_t length = args_duration(r->args, "duration", UINT64_MAX);
    r->scenario = (struct scenario){.type = &reading_scenario};
    r->load = (struct load){
        .scenario = &r->scenario,
        .profile = profile_constant(LOAD_CLOSED, r->plan.threads, length, &r->arena),
        .count = UINT64_MAX,
        .timeout_ns = r->config.timeout_ns,
        .drain_ns = r->config.timeout_ns,
        .max_in_flight = UINT64_MAX,
        .ends_itself = r->config.until_end || r->config.count != UINT64_MAX,
    };
}

/* ---- in words ---- */

static void describe_from(const struct consume_run *r, struct buf *out)
{
    const struct kafka_consume_config *c = &r->config;
    char when[32];
    if (c->group)
        buf_printf(out, "as a member of group %s, from what it has committed, or %s", c->group,
                   c->from.kind == KAFKA_FROM_BEGINNING ? "the beginning" : "the end");
    else if (c->from.kind == KAFKA_FROM_TIME) {
        clock_rfc3339((uint64_t)c->from.value * NS_PER_MS, when);
        buf_printf(out, "from %s on", when);
    } else if (c->from.kind == KAFKA_FROM_OFFSET)
        buf_printf(out, "from offset %lld on", (long long)c->from.value);
    else
        buf_str(out, c->from.kind == KAFKA_FROM_END ? STR("from the end on")
                                                    : STR("from the beginning on"));
}

static void describe_end(const struct consume_run *r, struct buf *out)
{
    const struct kafka_consume_config *c = &r->config;
    uint64_t length = profile_duration_ns(&r->load.profile);
    if (length != UINT64_MAX)
        buf_printf(out, ", for %s", human_duration(length).text);
    if (c->count != UINT64_MAX)
        buf_printf(out, ", %s record%s", human_count(c->count).text, c->count == 1 ? "" : "s");
    if (c->until_end)
        buf_str(out, STR(", until their end"));
    else if (length == UINT64_MAX && c->count == UINT64_MAX)
        buf_str(out, STR(", until Ctrl-C"));
}

static void describe(struct consume_run *r)
{
    const struct kafka_consume_config *c = &r->config;
    struct buf text = {0};
    str isolation = kafka_property_find(&r->properties, "isolation.level");
    if (c->partition >= 0)
        buf_printf(&text, "partition %d ", c->partition);
    else if (!c->group)
        buf_str(&text, STR("all partitions "));
    describe_from(r, &text);
    describe_end(r, &text);
    buf_printf(&text, ", %s", isolation.p ? isolation.p : "read_committed");
    r->info.reading = arena_z(&r->arena, buf_view(&text));
    r->info.target =
        arena_printf(&r->arena, "topic %s at " STR_FMT, c->topic, STR_ARG(c->brokers)).p;
    buf_free(&text);
}

/* ---- the run ---- */

static void make_client(struct consume_run *r)
{
    struct kafka_consume_config *c = &r->config;
    str topic = str_from(c->topic);
    r->tags[0] = (struct tag){STR("protocol"), STR("kafka")};
    r->tags[1] = (struct tag){STR("topic"), topic};
    r->tags[2] = (struct tag){STR("type"), STR("CONSUME")};
    r->series =
        (struct series){.name = topic, .tags = r->tags, .n_tags = 3, .kind = SERIES_RECORDS};
    c->series = &r->series;
    c->conf = &r->properties;
    c->consumed = arena_alloc(&r->arena, r->plan.threads * sizeof *c->consumed);
    r->client = (struct client_spec){.protocol = &kafka_consume_protocol, .config = c};
}

static void make_plan(struct consume_run *r)
{
    r->plan = (struct plan){
        .command = "kafka consume",
        .id = plan_new_id(),
        .loads = &r->load,
        .n_loads = 1,
        .clients = &r->client,
        .n_clients = 1,
        .threads = r->plan.threads,
        .reads = true,
    };
    r->info.plan = &r->plan;
}

/* The one that puts everything together is told first: what it says is in all other outputs. */
static bool open_outputs(struct consume_run *r, struct err *e)
{
    if (!outputs_open(&r->outputs, r->args, NULL, &r->arena, &r->plan, e))
        return false;
    sinks_put_first(&r->outputs.sinks, consumed_sink(&r->config, r->plan.threads));
    r->config.show = r->plan.show;
    return true;
}

static bool prepare(struct consume_run *r, struct err *e)
{
    if (!read_topic(r, e) || !read_end(r, e) ||
        !kafka_properties_read(r->args, KAFKA_CONSUMER, &r->arena, &r->properties, e) ||
        !read_from(r, e))
        return false;
    make_load(r);
    make_plan(r);
    make_client(r);
    describe(r);
    return open_outputs(r, e);
}

static void free_consumed(struct consume_run *r)
{
    for (unsigned i = 0; r->config.consumed && i < r->plan.threads; i++) {
        audit_free(&r->config.consumed[i].audit);
        mem_free(r->config.consumed[i].partitions);
    }
}

static int run(const struct args *settings, struct err *e)
{
    int code = 1;
    if (kafka_properties_listed(settings))
        return 0;
    struct consume_run *r = mem_zero(sizeof *r);
    r->args = settings;
    if (prepare(r, e))
        code = outputs_run(&r->outputs, &r->plan, &r->info, e);
    free_consumed(r);
    arena_free(&r->arena);
    mem_free(r);
    return code;
}
