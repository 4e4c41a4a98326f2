/* Opening, answering, ending. Requests come through one queue, whose callback answers them;
 * replies, acknowledgements and what is held back get their turn in between. */
#include "responder/responder.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "proto/kafka_admin.h"
#include "responder/answer.h"

enum { REQUESTS_A_TURN = 1024, WAIT_MS = 5, TIMEOUT_MS = 10000 };

struct responder {
    const struct responder_options *options;
    rd_kafka_t *rk;
    rd_kafka_topic_t *topic; /* NULL in a group */
    unsigned partitions;
    rd_kafka_queue_t *queue;
    struct counts counts;
    struct sender sender;
    struct hold hold;
    struct answerer answerer;
    unsigned turn; /* requests of this one */
    struct err *failure;
};

static volatile sig_atomic_t signalled;

static void on_signal(int number)
{
    (void)number;
    signalled = 1;
}

static void catch_signals(void)
{
    struct sigaction a = {.sa_handler = on_signal};
    sigaction(SIGINT, &a, NULL);
    sigaction(SIGTERM, &a, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* ---- opening ---- */

static bool make_consumer(struct responder *r, struct err *e)
{
    char why[400];
    struct arena arena = {0};
    struct kafka_properties all = r->options->consumer;
    all.capacity = all.n; /* so that adding copies the list */
    if (r->options->group)
        kafka_property_default(&all, "group.id", str_from(r->options->group), &arena);
    kafka_property_default(&all, "fetch.wait.max.ms", STR("5"), &arena); /* for weir broker */
    kafka_property_default(&all, "queued.min.messages", STR("1000000"), &arena); /* as weir does */
    rd_kafka_conf_t *conf = kafka_conf_make(r->options->brokers, &all, e);
    arena_free(&arena);
    if (!conf)
        return false;
    r->rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof why);
    if (r->rk)
        return true;
    rd_kafka_conf_destroy(conf);
    return err_set(e, ERR_USAGE, "cannot make a Kafka consumer: %s", why);
}

/* Whether the topic is there, in sentences. */
static bool count_partitions(struct responder *r, struct err *e)
{
    struct kafka_topic *list;
    struct arena arena = {0};
    size_t n;
    struct kafka_admin *a =
        kafka_admin_open(r->options->brokers, &r->options->consumer, TIMEOUT_MS * NS_PER_MS, e);
    bool good = a && kafka_admin_topics(a, str_from(r->options->requests), &arena, &list, &n, e);
    if (good)
        r->partitions = list[0].n;
    if (a)
        kafka_admin_close(a);
    arena_free(&arena);
    return good;
}

static bool start_partition(struct responder *r, int32_t partition, struct err *e)
{
    int64_t low, end;
    rd_kafka_resp_err_t code = rd_kafka_query_watermark_offsets(r->rk, r->options->requests,
                                                                partition, &low, &end, TIMEOUT_MS);
    if (!code && rd_kafka_consume_start_queue(r->topic, partition, end, r->queue))
        code = rd_kafka_last_error();
    return !code || err_set(e, ERR_RUN, "cannot read partition %d of '%s': %s", partition,
                            r->options->requests, rd_kafka_err2str(code));
}

static bool read_all(struct responder *r, struct err *e)
{
    r->queue = rd_kafka_queue_new(r->rk);
    r->topic = rd_kafka_topic_new(r->rk, r->options->requests, NULL);
    for (unsigned i = 0; i < r->partitions; i++)
        if (!start_partition(r, (int32_t)i, e))
            return false;
    return true;
}

static bool has_partitions(struct responder *r)
{
    rd_kafka_topic_partition_list_t *list = NULL;
    rd_kafka_assignment(r->rk, &list);
    bool some = list && list->cnt > 0;
    if (list)
        rd_kafka_topic_partition_list_destroy(list);
    return some;
}

static void take(rd_kafka_message_t *m, void *opaque);

static bool read_as_member(struct responder *r, struct err *e)
{
    rd_kafka_topic_partition_list_t *topics = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(topics, r->options->requests, RD_KAFKA_PARTITION_UA);
    rd_kafka_poll_set_consumer(r->rk);
    r->queue = rd_kafka_queue_get_consumer(r->rk);
    rd_kafka_resp_err_t code = rd_kafka_subscribe(r->rk, topics);
    rd_kafka_topic_partition_list_destroy(topics);
    if (code)
        return err_set(e, ERR_RUN, "cannot join group '%s': %s", r->options->group,
                       rd_kafka_err2str(code));
    while (!signalled && !e->kind && !has_partitions(r))
        rd_kafka_consume_callback_queue(r->queue, WAIT_MS, take, r);
    return !e->kind;
}

static void say_ready(const struct responder *r)
{
    printf("ready: answering %s (%u %s) at " STR_FMT "\n", r->options->requests, r->partitions,
           r->partitions == 1 ? "partition" : "partitions", STR_ARG(r->options->brokers));
    fflush(stdout);
}

/* ---- answering ---- */

static bool is_for_ever(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
           code == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED ||
           code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
}

static void take(rd_kafka_message_t *m, void *opaque)
{
    struct responder *r = opaque;
    if (m->err && is_for_ever(m->err))
        err_set(r->failure, ERR_RUN, "cannot read '%s': %s", r->options->requests,
                rd_kafka_message_errstr(m));
    else if (!m->err && r->counts.received < r->options->count)
        answer_request(&r->answerer, m);
    if (++r->turn == REQUESTS_A_TURN)
        rd_kafka_yield(r->rk);
}

static void turn(struct responder *r)
{
    r->turn = 0;
    rd_kafka_consume_callback_queue(r->queue, WAIT_MS, take, r);
    hold_send_due(&r->hold, clock_now_ns());
    if (r->turn == 0)
        hold_empty(&r->hold); /* nobody comes: those that are held wait for nothing */
    sender_poll(&r->sender);
}

/* With a count the delayed ones are part of it. */
static bool is_over(const struct responder *r)
{
    return signalled || r->failure->kind ||
           (r->counts.received >= r->options->count && !hold_has_delayed(&r->hold));
}

static void stop_reading(struct responder *r)
{
    if (r->queue)
        rd_kafka_queue_destroy(r->queue);
    if (r->options->group)
        rd_kafka_consumer_close(r->rk);
    for (unsigned i = 0; r->topic && i < r->partitions; i++)
        rd_kafka_consume_stop(r->topic, (int32_t)i);
    if (r->topic)
        rd_kafka_topic_destroy(r->topic);
}

static void print_counts(const struct responder *r)
{
    struct buf out = {0};
    counts_write(&r->counts, &out);
    fwrite(out.p, 1, out.n, stdout);
    fflush(stdout);
    buf_free(&out);
}

/* ---- all of it ---- */

static void answer_until_over(struct responder *r)
{
    const struct responder_options *o = r->options;
    hold_open(&r->hold, &r->sender, o->shuffle, o->seed);
    r->answerer = (struct answerer){
        .options = o,
        .sender = &r->sender,
        .hold = &r->hold,
        .counts = &r->counts,
        .replies = o->replies ? sender_topic(&r->sender, str_from(o->replies)) : NULL};
    faults_begin(&r->answerer.faults, o->shares, o->seed);
    if (o->group ? read_as_member(r, r->failure) : read_all(r, r->failure)) {
        say_ready(r);
        while (!is_over(r))
            turn(r);
    }
    stop_reading(r);
    hold_empty(&r->hold);
    r->counts.unsent = hold_close(&r->hold);
    buf_free(&r->answerer.text);
}

bool responder_run(const struct responder_options *o, struct err *e)
{
    struct responder r = {.options = o, .failure = e};
    catch_signals();
    if (!count_partitions(&r, e) || !make_consumer(&r, e))
        return false;
    if (sender_open(&r.sender, o, &r.counts, e)) {
        answer_until_over(&r);
        sender_close(&r.sender);
        if (!e->kind)
            print_counts(&r);
    }
    rd_kafka_destroy(r.rk);
    return !e->kind;
}
