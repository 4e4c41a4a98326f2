/* weir kafka produce: records of one kind, as the load says or as fast as the client takes them. */
#include "cli/cmd_kafka_produce.h"

#include "base/mem.h"
#include "base/units.h"
#include "cli/options_common.h"
#include "cli/options_kafka.h"
#include "cli/produce_records.h"
#include "cli/records_run.h"
#include "report/verify.h"

enum {
    IN_FLIGHT = 100 * 1000, /* without -c */
};

static int run(const struct args *settings, struct err *e);

static const struct option *const tables[] = {
    options_produce, options_record, options_kafka, options_metrics,  options_load,
    options_results, options_color,  options_log,   options_settings, NULL};

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
    struct records_run base;
    struct kafka_properties properties;
    struct kafka_producer_config config;
    atomic_uint producers; /* that have opened */
    const char *topic;
};

/* ---- the client ---- */

/* So that no retry stores a record twice, where nothing that the user set stands against it. */
static void store_once(struct produce_run *r)
{
    struct kafka_properties *p = &r->properties;
    if (str_eq(kafka_property_find(p, "acks"), STR("all")) &&
        !kafka_property_find(p, "retries").p && !kafka_property_find(p, "max.in.flight").p)
        kafka_property_default(p, "enable.idempotence", STR("true"), &r->base.arena);
}

static bool read_transactions(struct produce_run *r, struct err *e)
{
    const struct args *a = r->base.args;
    struct kafka_transacting *t = &r->config.transacting;
    bool wanted = args_given(a, "transaction-every");
    str acks = kafka_property_find(&r->properties, "acks");
    t->producers = &r->producers;
    if (!wanted && args_given(a, "transaction-abort"))
        return err_set(e, ERR_USAGE,
                       "--transaction-abort is about transactions: --transaction-every N says how "
                       "many records are in each");
    if (!wanted)
        return !kafka_property_find(&r->properties, "transactional.id").p ||
               err_set(e, ERR_USAGE,
                       "-X transactional.id is about transactions: --transaction-every N says how "
                       "many records are in each");
    if (!str_eq(acks, STR("all")) && !str_eq(acks, STR("-1")))
        return err_set(e, ERR_USAGE, "transactions need --acks all");
    if (r->base.load.warmup_ns)
        return err_set(e, ERR_USAGE,
                       "--warmup would end within a transaction: leave it out beside "
                       "--transaction-every");
    return kafka_every_read(args_text(a, "transaction-every"), t, e) &&
           units_share(args_text(a, "transaction-abort"), &t->abort_ppb, e);
}

static bool read_properties(struct produce_run *r, uint64_t in_flight, struct err *e)
{
    if (!kafka_properties_read(r->base.args, KAFKA_PRODUCER, &r->base.arena, &r->properties, e) ||
        !produce_properties_read(r->base.args, in_flight, &r->base.arena, &r->properties, e) ||
        !read_transactions(r, e))
        return false;
    if (args_switch(r->base.args, "verify"))
        store_once(r);
    return true;
}

static bool make_config(struct produce_run *r, uint64_t in_flight, struct err *e)
{
    struct kafka_producer_config *c = &r->config;
    c->conf = &r->properties;
    c->topics = &r->topic;
    c->n_topics = 1;
    c->partition = r->base.records.common.partition;
    c->timeout_ns = r->base.load.timeout_ns;
    c->metrics_ns = args_duration(r->base.args, "metrics-every", 0);
    return kafka_brokers_read(r->base.args, &c->brokers, e) && read_properties(r, in_flight, e) &&
           records_run_embed(&r->base, &c->brokers, &r->topic, 1, e);
}

/* ---- --verify ---- */

static bool verify_fits(const struct produce_run *r, struct err *e)
{
    if (!args_switch(r->base.args, "verify"))
        return true;
    if (str_eq(kafka_property_find(&r->properties, "acks"), STR("0")))
        return err_set(e, ERR_USAGE, "--verify needs acknowledgements: --acks 1 or --acks all");
    if (r->base.load.warmup_ns)
        return err_set(e, ERR_USAGE,
                       "--verify counts every record, --warmup leaves some out of the books");
    return true;
}

/* The verifying sink is told first: what it says is in all other outputs. */
static bool open_outputs(struct produce_run *r, struct err *e)
{
    struct sink *verify = NULL;
    if (args_switch(r->base.args, "verify"))
        verify = verify_sink(r->config.brokers, &r->properties, str_from(r->topic),
                             r->base.load.timeout_ns, e);
    if (e->kind)
        return false;
    return records_run_outputs(&r->base, verify, e);
}

static bool read_load(struct produce_run *r, uint64_t *in_flight, struct err *e)
{
    r->base.habits =
        (struct load_habits){.users = IN_FLIGHT,
                             .ends_itself = produce_lines(r->base.args, &r->base.arena) != NULL,
                             .one_thread = true};
    if (!load_plan_read(r->base.args, &r->base.habits, &r->base.arena, &r->base.load, in_flight, e))
        return false;
    r->base.load.as_needed = r->base.load.profile.model == LOAD_CLOSED &&
                             !args_given(r->base.args, "users") &&
                             !args_given(r->base.args, "stages");
    if (r->base.load.profile.model == LOAD_OPEN && *in_flight < r->base.load.max_in_flight)
        r->base.load.max_in_flight = *in_flight;
    return true;
}

static bool read_topic(struct produce_run *r, struct err *e)
{
    if (!args_given(r->base.args, "topic"))
        return err_set(e, ERR_USAGE, "-t says where the records go: -t TOPIC");
    r->topic = arena_z(&r->base.arena, args_text(r->base.args, "topic"));
    return true;
}

static bool prepare(struct produce_run *r, struct err *e)
{
    uint64_t in_flight;
    if (!read_topic(r, e) || !read_load(r, &in_flight, e) ||
        !produce_records_read(r->base.args, r->base.load.seed, &r->base.arena, &r->base.records,
                              e) ||
        !make_config(r, in_flight, e) || !verify_fits(r, e))
        return false;
    records_run_scenario(&r->base, r->topic, "ENQUEUE", &kafka_producer_protocol, &r->config);
    records_run_plan(&r->base, "kafka produce", plan_new_id(),
                     r->base.records.lines ? 1 : in_flight, &words);
    r->config.run = r->base.plan.id;
    r->base.info.target =
        arena_printf(&r->base.arena, "topic %s at " STR_FMT, r->topic, STR_ARG(r->config.brokers))
            .p;
    return open_outputs(r, e);
}

static int run(const struct args *settings, struct err *e)
{
    int code = 1;
    if (kafka_properties_listed(settings))
        return 0;
    struct produce_run *r = mem_zero(sizeof *r);
    r->base.args = settings;
    if (prepare(r, e))
        code = records_run_go(&r->base, e);
    records_run_free(&r->base);
    mem_free(r);
    return code;
}
