/* weir kafka rr: requests over Kafka, the replies to them, and how long both took. */
#include "cli/cmd_kafka_rr.h"

#include "base/mem.h"
#include "cli/options_common.h"
#include "cli/options_kafka.h"
#include "cli/options_rr.h"
#include "cli/produce_records.h"
#include "cli/records_run.h"
#include "proto/kafka_correlate.h"
#include "proto/kafka_id.h"
#include "report/whole_run.h"
#include "scenario/check_words.h"

enum {
    USERS = 64, /* without -c */
};

static int run(const struct args *settings, struct err *e);

static const struct option *const tables[] = {
    options_rr,      options_record, options_kafka, options_metrics,  options_load,
    options_results, options_color,  options_log,   options_settings, NULL};

const struct command cmd_kafka_rr = {
    .name = "kafka rr",
    .summary = "request-reply over Kafka: round trips, every fate, every reply counted",
    .examples =
        {
            {"2000 requests per second for 30 s, whatever the replies do",
             "weir kafka rr -b 127.0.0.1:9092 --request orders --reply orders.replies -r 2k -d "
             "30s"},
            {"the id stands in the JSON value of both",
             "weir kafka rr --request orders --reply orders.replies --correlate json:/id --value "
             "'{\"id\": \"${correlation_id}\", \"sku\": 7}'"},
            {"one at a time, without waiting for batches",
             "weir kafka rr --request orders --reply orders.replies -c 1 -X producer.linger.ms=0"},
        },
    .tables = tables,
    .family = FAMILY_KAFKA,
    .run = run,
};

static const struct run_words words = {"request in flight", "requests in flight", "requests",
                                       "answered"};

/* Everything of one run of this command; lives until the run is over. */
struct rr_run {
    struct records_run base;
    struct kafka_properties producing, consuming;
    struct kafka_rpc_replies replies;
    str correlate;
    const char *request;
    struct kafka_rpc_config config;
    struct series sent, stored;
    struct part part;
    struct kafka_rpc_call rpc;
    struct kafka_rpc_request resumed; /* in the place of those that a killed process made */
    struct kafka_rpc_whole whole;
    struct check_list checks;
};

/* ---- where the id stands ---- */

/* "${correlation_id}" in the value gives way to as many bytes as an id has. */
static bool find_ids(struct rr_run *r)
{
    str before, behind, rest = r->base.records.common.value, name = STR("${correlation_id}");
    struct buf text = {0};
    size_t *places = arena_alloc(&r->base.arena, (rest.n / name.n + 1) * sizeof *places);
    unsigned n = 0;
    while (str_cut_at(rest, name, &before, &behind)) {
        buf_str(&text, before);
        places[n++] = text.n;
        for (int i = 0; i < KAFKA_ID_BYTES; i++)
            buf_char(&text, '-');
        rest = behind;
    }
    buf_str(&text, rest);
    if (n > 0)
        r->base.records.common.value = arena_dup(&r->base.arena, buf_view(&text));
    buf_free(&text);
    r->base.records.id_places = places;
    r->base.records.n_ids = n;
    return n > 0;
}

/* Is no request read where replies are? */
static bool topics_fit(const struct rr_run *r, struct err *e)
{
    int32_t asked = r->base.records.common.partition, answered = r->config.reply_partition;
    bool apart = answered >= 0 && asked >= 0 && asked != answered;
    return !str_eq(str_from(r->request), str_from(r->replies.topic)) ||
           !str_eq(r->correlate, r->replies.correlate) || apart ||
           err_set(e, ERR_USAGE,
                   "--request and --reply are the same topic: each request would be taken for its "
                   "own reply; replies need a topic or a --correlate-reply of their own, or a "
                   "--reply-partition beside another -p");
}

static bool client_fits(const struct rr_run *r, struct err *e)
{
    if (r->config.group && r->config.reply_partition >= 0)
        return err_set(e, ERR_USAGE,
                       "--reply-partition and -g exclude each other: a group says who reads which "
                       "partition");
    return !kafka_property_find(&r->producing, "transactional.id").p ||
           err_set(e, ERR_USAGE,
                   "-X transactional.id is about transactions, which requests are not sent in: an "
                   "application would see them only when theirs ends; leave it out");
}

/* Every request must have an id of its own. */
static bool ids_fit(struct rr_run *r, struct err *e)
{
    struct kafka_correlate where;
    bool has_ids = find_ids(r);
    if (!kafka_correlate_parse(r->correlate, &r->base.arena, &where, e))
        return false;
    enum kafka_correlate_kind kind = where.kind;
    kafka_correlate_free(&where);
    if (kind == KAFKA_CORRELATE_KEY && args_given(r->base.args, "key") &&
        r->base.records.key != RECORD_KEY_SEQUENCE)
        return err_set(e, ERR_USAGE,
                       "with --correlate key the key is the correlation id: requests with the same "
                       "key could not be told apart; leave -k out, or say -k sequence");
    if (kind != KAFKA_CORRELATE_KEY && kind != KAFKA_CORRELATE_HEADER && !has_ids)
        return err_set(e, ERR_USAGE,
                       "--correlate " STR_FMT
                       " needs the id in the value: --value '… ${correlation_id} …'",
                       STR_ARG(r->correlate));
    return true;
}

/* ---- checks ---- */

static bool read_checks(struct rr_run *r, struct err *e)
{
    size_t n = args_times(r->base.args, "check");
    struct check *checks = arena_alloc(&r->base.arena, n * sizeof *checks + 1);
    struct name *names = arena_alloc(&r->base.arena, n * sizeof *names + 1);
    for (size_t i = 0; i < n; i++) {
        str text = args_item(r->base.args, "check", i);
        if (!check_words_read(text, &r->base.arena, &checks[i], e))
            return false;
        names[i].text = str_from(arena_z(&r->base.arena, text));
        checks[i].name = &names[i];
        if (checks[i].kind == CHECK_MATCHES)
            checks[i].number = r->checks.n_expressions++;
    }
    r->checks.checks = checks;
    r->checks.n = (unsigned)n;
    r->base.records.checks = n ? &r->checks : NULL;
    return true;
}

/* ---- going on ---- */

static bool is_resumed(const struct rr_run *r)
{
    return args_switch(r->base.args, "resume");
}

/* One journal says it all: what was read, and what that changed. */
static bool store_fits(const struct rr_run *r, struct err *e)
{
    bool has_file = r->config.store.path != NULL;
    if (is_resumed(r) && !has_file)
        return err_set(e, ERR_USAGE,
                       "--resume goes on with a run's journal: --store file:PATH says where it is");
    if (has_file && r->config.group)
        return err_set(e, ERR_USAGE,
                       "--store file: keeps by itself how far replies were read, a group would "
                       "know it otherwise: leave --group out");
    if (has_file && args_given(r->base.args, "threads") &&
        args_count(r->base.args, "threads", 1) != 1)
        return err_set(e, ERR_USAGE,
                       "--store file: is for one worker, two journals cannot be cut at one moment: "
                       "leave --threads out");
    return true;
}

static bool resume_fits(const struct rr_run *r, struct err *e)
{
    if (r->base.load.warmup_ns > 0)
        return err_set(e, ERR_USAGE, "--resume goes on: leave --warmup out");
    return !r->base.embedded ||
           err_set(e, ERR_USAGE,
                   "--resume needs the brokers of the run: an embedded one has gone with it");
}

/* Whose id the run has. */
static bool find_run(struct rr_run *r, uint64_t *id, struct err *e)
{
    struct requests_run then;
    *id = plan_new_id();
    if (!is_resumed(r))
        return true;
    if (!resume_fits(r, e) || !requests_run_of(&r->config.store, &then, e))
        return false;
    if (then.workers != 1)
        return err_set(e, ERR_RUN,
                       "the journal %s.0 is of a run with %u workers: only one that had a single "
                       "worker can be resumed",
                       r->config.store.path, then.workers);
    *id = then.run;
    r->config.resume = true;
    r->config.resumed_as = &r->base.call;
    r->config.whole = &r->whole;
    return true;
}

/* ---- the client ---- */

static bool start_embedded(struct rr_run *r, struct err *e)
{
    const char *const topics[] = {r->request, r->replies.topic};
    return records_run_embed(&r->base, &r->config.producer.brokers, topics, 2, e);
}

static bool read_topic(struct rr_run *r, const char *option, const char **topic, struct err *e)
{
    if (!args_given(r->base.args, option))
        return err_set(e, ERR_USAGE, "--%s says where the %s: --%s TOPIC", option,
                       option[2] == 'q' ? "requests go" : "replies come", option);
    *topic = arena_z(&r->base.arena, args_text(r->base.args, option));
    return true;
}

static bool make_config(struct rr_run *r, uint64_t in_flight, struct err *e)
{
    const struct args *a = r->base.args;
    struct kafka_rpc_config *c = &r->config;
    r->correlate = args_text(a, "correlate");
    r->replies.correlate =
        args_given(a, "correlate-reply") ? args_text(a, "correlate-reply") : r->correlate;
    c->producer =
        (struct kafka_producer_config){.conf = &r->producing,
                                       .topics = &r->request,
                                       .n_topics = 1,
                                       .partition = r->base.records.common.partition,
                                       .timeout_ns = r->base.load.timeout_ns,
                                       .metrics_ns = args_duration(a, "metrics-every", 0)};
    c->consumer_conf = &r->consuming;
    c->reply_partition =
        args_given(a, "reply-partition") ? (int32_t)args_count(a, "reply-partition", 0) : -1;
    c->replies = &r->replies;
    c->n_replies = 1;
    c->correlates = &r->correlate;
    c->n_correlates = 1;
    c->group = args_given(a, "group") ? arena_z(&r->base.arena, args_text(a, "group")) : NULL;
    c->ready_timeout_ns = args_duration(a, "ready-timeout", 0);
    return ids_fit(r, e) && topics_fit(r, e) &&
           requests_store_parse(args_text(a, "store"), &r->base.arena, &c->store, e) &&
           store_fits(r, e) && kafka_brokers_read(a, &c->producer.brokers, e) &&
           kafka_properties_read_for_both(a, &r->base.arena, &r->producing, &r->consuming, e) &&
           produce_properties_read(a, in_flight, &r->base.arena, &r->producing, e) &&
           client_fits(r, e) && start_embedded(r, e);
}

/* ---- the run ---- */

static void make_series(struct rr_run *r)
{
    r->base.series.replies = true;
    r->sent = r->base.series;
    r->sent.name = arena_printf(&r->base.arena, "%s send", r->request);
    r->sent.replies = false;
    r->sent.part = true;
    r->part = (struct part){&r->sent, 1};
    r->stored = r->sent;
    r->stored.name = arena_printf(&r->base.arena, "%s store", r->request);
}

static void make_scenario(struct rr_run *r)
{
    records_run_scenario(&r->base, r->request, "RPC", &kafka_rpc_protocol, &r->config);
    make_series(r);
    r->rpc = (struct kafka_rpc_call){.by_timestamp = args_choice(r->base.args, "end-time") == 1};
    if (args_switch(r->base.args, "measure-store"))
        r->rpc.store = &r->stored;
    r->resumed = (struct kafka_rpc_request){.call = &r->rpc};
    r->base.call.part = &r->part;
    r->base.call.request = &r->resumed;
    r->base.records.rpc = &r->rpc;
}

static void make_plan(struct rr_run *r, uint64_t id, uint64_t in_flight)
{
    records_run_plan(&r->base, "kafka rr", id, in_flight, &words);
    r->config.producer.run = r->base.plan.id;
    r->config.crew = kafka_rpc_crew_make(r->base.plan.threads);
    r->base.info.target = arena_printf(&r->base.arena, "topics %s and %s at " STR_FMT, r->request,
                                       r->replies.topic, STR_ARG(r->config.producer.brokers))
                              .p;
}

static bool prepare(struct rr_run *r, struct err *e)
{
    uint64_t in_flight, id;
    r->base.habits = (struct load_habits){.users = USERS, .one_thread = true};
    if (!read_topic(r, "request", &r->request, e) ||
        !read_topic(r, "reply", &r->replies.topic, e) ||
        !load_plan_read(r->base.args, &r->base.habits, &r->base.arena, &r->base.load, &in_flight,
                        e) ||
        !produce_record_read(r->base.args, r->base.load.seed, &r->base.arena, &r->base.records,
                             e) ||
        !read_checks(r, e) || !make_config(r, in_flight, e) || !find_run(r, &id, e))
        return false;
    make_scenario(r);
    make_plan(r, id, in_flight);
    return records_run_outputs(&r->base, r->config.resume ? whole_run_sink(&r->whole) : NULL, e);
}

static int run(const struct args *settings, struct err *e)
{
    int code = 1;
    if (kafka_properties_listed(settings))
        return 0;
    struct rr_run *r = mem_zero(sizeof *r);
    r->base.args = settings;
    if (prepare(r, e))
        code = records_run_go(&r->base, e);
    kafka_rpc_crew_free(r->config.crew);
    records_run_free(&r->base);
    mem_free(r);
    return code;
}
