/* weir kafka produce: records of one kind, as the load says or as fast as the client takes them. */
#include "cli/cmd_kafka_produce.h"

#include "base/mem.h"
#include "cli/load_plan.h"
#include "cli/options_common.h"
#include "cli/options_kafka.h"
#include "cli/outputs.h"
#include "cli/produce_records.h"
#include "engine/run.h"
#include "proto/kafka_embedded.h"
#include "report/verify.h"

enum {
    IN_FLIGHT = 100 * 1000, /* without -c */
    EMBEDDED_PARTITIONS = 6,
};

static int run(const struct args *settings, struct err *e);

static const struct option *const tables[] = {
    options_produce, options_kafka,    options_load, options_results,
    options_log,     options_settings, NULL};

const struct command cmd_kafka_produce = {
    .name = "kafka produce",
    .summary = "produce records to a Kafka topic",
    .examples =
        {
            {"1000 records per second for 10 s, on a broker in this process",
             "weir kafka produce -b embedded -t orders -r 1k -d 10s"},
            {"as fast as the client takes them, 100 bytes each",
             "weir kafka produce -b 127.0.0.1:9092 -t orders --size 100"},
            {"the lines of a file, each once", "weir kafka produce -t orders --lines orders.txt"},
        },
    .tables = tables,
    .family = FAMILY_KAFKA,
    .run = run,
};

static const struct run_words words = {"record in flight", "records in flight", "records",
                                       "acknowledged"};

/* Everything of one run of this command; lives until the run is over. */
struct produce_run {
    const struct args *args;
    struct arena arena;
    struct kafka_embedded *embedded; /* NULL: none */
    struct kafka_properties properties;
    struct kafka_producer_config config;
    const char *topic;
    struct tag tags[3];
    struct series series;
    struct prepared_call call;
    struct records records;
    struct client_spec client;
    struct scenario scenario;
    struct load load;
    struct load_habits habits;
    struct plan plan;
    struct run_info info;
    struct outputs outputs;
};

/* ---- the client ---- */

/* An option of weir's and the property behind it. */
static bool set_once(struct produce_run *r, const char *option, const char *property,
                     const char *value, struct err *e)
{
    struct buf name = {0};
    if (args_given(r->args, option) && kafka_property_find(&r->properties, property).p) {
        args_name(r->args, option, &name);
        err_set(e, ERR_USAGE, STR_FMT " and -X %s exclude each other: they are one setting",
                STR_ARG(buf_view(&name)), property);
        buf_free(&name);
        return false;
    }
    kafka_property_default(&r->properties, property, str_from(value), &r->arena);
    return true;
}

/* So that no retry stores a record twice, where nothing that the user set stands against it. */
static void store_once(struct produce_run *r)
{
    struct kafka_properties *p = &r->properties;
    if (str_eq(kafka_property_find(p, "acks"), STR("all")) &&
        !kafka_property_find(p, "retries").p && !kafka_property_find(p, "max.in.flight").p)
        kafka_property_default(p, "enable.idempotence", STR("true"), &r->arena);
}

static bool read_properties(struct produce_run *r, uint64_t in_flight, struct err *e)
{
    static const char *const codecs[] = {"none", "gzip", "snappy", "lz4", "zstd"};
    static const char *const acks[] = {"0", "1", "all"};
    const struct args *a = r->args;
    struct kafka_properties *p = &r->properties;
    if (!kafka_properties_read(a, KAFKA_PRODUCER, &r->arena, p, e) ||
        !set_once(r, "compress", "compression.codec", codecs[args_choice(a, "compress")], e) ||
        !set_once(r, "acks", "acks", acks[args_choice(a, "acks")], e))
        return false;
    if (args_switch(a, "verify"))
        store_once(r);
    if (in_flight != UINT64_MAX) /* some are reported and not yet freed while others are made */
        kafka_property_default(p, "queue.buffering.max.messages",
                               arena_printf(&r->arena, "%llu", (unsigned long long)in_flight * 2),
                               &r->arena);
    return true;
}

static bool start_embedded(struct produce_run *r, struct err *e)
{
    struct kafka_producer_config *c = &r->config;
    if (!str_eq(c->brokers, STR("embedded")))
        return true;
    r->embedded = kafka_embedded_open(&(struct kafka_embedded_options){.brokers = 1}, e);
    if (!r->embedded)
        return false;
    c->brokers = str_from(kafka_embedded_address(r->embedded));
    return kafka_embedded_topic(r->embedded, str_from(r->topic), EMBEDDED_PARTITIONS, e);
}

static bool make_config(struct produce_run *r, uint64_t in_flight, struct err *e)
{
    struct kafka_producer_config *c = &r->config;
    c->conf = &r->properties;
    c->topics = &r->topic;
    c->n_topics = 1;
    c->partition = r->records.common.partition;
    c->timeout_ns = r->load.timeout_ns;
    return kafka_brokers_read(r->args, &c->brokers, e) && read_properties(r, in_flight, e) &&
           start_embedded(r, e);
}

/* ---- the run ---- */

static void make_scenario(struct produce_run *r)
{
    str topic = str_from(r->topic);
    r->tags[0] = (struct tag){STR("protocol"), STR("kafka")};
    r->tags[1] = (struct tag){STR("topic"), topic};
    r->tags[2] = (struct tag){STR("type"), STR("ENQUEUE")};
    r->series = (struct series){.name = topic, .tags = r->tags, .n_tags = 3};
    r->call = (struct prepared_call){.series = &r->series};
    r->records.call = &r->call;
    r->client = (struct client_spec){.protocol = &kafka_producer_protocol, .config = &r->config};
    r->scenario = (struct scenario){.type = &records_scenario, .program = &r->records};
    r->load.scenario = &r->scenario;
}

/* ---- --verify ---- */

static bool verify_fits(const struct produce_run *r, struct err *e)
{
    if (!args_switch(r->args, "verify"))
        return true;
    if (str_eq(kafka_property_find(&r->properties, "acks"), STR("0")))
        return err_set(e, ERR_USAGE, "--verify needs acknowledgements: --acks 1 or --acks all");
    if (r->load.warmup_ns)
        return err_set(e, ERR_USAGE,
                       "--verify counts every record, --warmup leaves some out of the books");
    return true;
}

/* The verifying sink is told first: what it says is in all other outputs. */
static bool open_outputs(struct produce_run *r, struct err *e)
{
    struct sink *verify = NULL;
    if (args_switch(r->args, "verify"))
        verify = verify_sink(r->config.brokers, &r->properties, str_from(r->topic),
                             r->load.timeout_ns, e);
    if (e->kind)
        return false;
    if (!outputs_open(&r->outputs, r->args, NULL, &r->arena, &r->plan, e)) {
        if (verify)
            verify->table->close(verify);
        return false;
    }
    if (verify) {
        verify->next = r->outputs.sinks;
        r->outputs.sinks = verify;
    }
    return true;
}

static bool read_load(struct produce_run *r, uint64_t *in_flight, struct err *e)
{
    r->habits = (struct load_habits){.users = IN_FLIGHT,
                                     .ends_itself = produce_lines(r->args, &r->arena) != NULL,
                                     .one_thread = true};
    if (!load_plan_read(r->args, &r->habits, &r->arena, &r->load, in_flight, e))
        return false;
    r->load.as_needed = r->load.profile.model == LOAD_CLOSED && !args_given(r->args, "users") &&
                        !args_given(r->args, "stages");
    if (r->load.profile.model == LOAD_OPEN && *in_flight < r->load.max_in_flight)
        r->load.max_in_flight = *in_flight;
    return true;
}

static bool read_topic(struct produce_run *r, struct err *e)
{
    if (!args_given(r->args, "topic"))
        return err_set(e, ERR_USAGE, "-t says where the records go: -t TOPIC");
    r->topic = arena_z(&r->arena, args_text(r->args, "topic"));
    return true;
}

static bool prepare(struct produce_run *r, struct err *e)
{
    uint64_t in_flight;
    if (!read_topic(r, e) || !read_load(r, &in_flight, e) ||
        !produce_records_read(r->args, r->load.seed, &r->arena, &r->records, e) ||
        !make_config(r, in_flight, e) || !verify_fits(r, e))
        return false;
    make_scenario(r);
    r->plan = (struct plan){
        .command = "kafka produce",
        .id = plan_new_id(),
        .loads = &r->load,
        .n_loads = 1,
        .clients = &r->client,
        .n_clients = 1,
        .seed = r->load.seed,
        .threads =
            load_plan_threads(r->args, &r->habits, &r->load, r->records.lines ? 1 : in_flight),
    };
    r->config.run = r->plan.id;
    r->info.plan = &r->plan;
    r->info.words = &words;
    r->info.target =
        arena_printf(&r->arena, "topic %s at " STR_FMT, r->topic, STR_ARG(r->config.brokers)).p;
    return open_outputs(r, e);
}

static int run(const struct args *settings, struct err *e)
{
    int code = 1;
    if (kafka_properties_listed(settings))
        return 0;
    struct produce_run *r = mem_zero(sizeof *r);
    r->args = settings;
    if (prepare(r, e))
        code = outputs_run(&r->outputs, &r->plan, &r->info, e);
    if (r->embedded)
        kafka_embedded_close(r->embedded);
    arena_free(&r->arena);
    mem_free(r);
    return code;
}
