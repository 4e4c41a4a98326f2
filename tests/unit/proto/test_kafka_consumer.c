/* A consumer on a loop, against the embedded broker: where it begins, what it gives, what it says
 * of trouble, and that it goes clean. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/mem.h"
#include "loop/world.h"
#include "proto/kafka_consumer.h"
#include "proto/kafka_embedded.h"
#include "proto/stranger.h"

enum { WAIT_MS = 10000, PARTITIONS = 4 };

/* ---- a world: a broker with topic t, a loop, an offload ---- */

struct world {
    struct kafka_embedded *broker;
    struct loop *loop;
    struct offload *offload;
    struct arena arena;
    struct kafka_properties properties;
    struct kafka_consumer_config config;
};

static const char *const topics[] = {"t", "u"};

static struct world open_world(void)
{
    struct world w = {.broker = NULL};
    struct err e = {0};
    w.broker = kafka_embedded_open(&(struct kafka_embedded_options){.brokers = 1}, &e);
    assert_non_null(w.broker);
    for (int i = 0; i < 2; i++)
        assert_true(kafka_embedded_topic(w.broker, str_from(topics[i]), PARTITIONS, &e));
    w.loop = loop_open(NULL, &e);
    w.offload = offload_open("offload", &e);
    return w;
}

static struct kafka_consumer_config *settings(struct world *w)
{
    w->config =
        (struct kafka_consumer_config){.brokers = str_from(kafka_embedded_address(w->broker)),
                                       .conf = &w->properties,
                                       .topics = topics,
                                       .n_topics = 1,
                                       .partition = -1,
                                       .from = {.kind = KAFKA_FROM_BEGINNING},
                                       .timeout_ns = 10 * NS_PER_S};
    return &w->config;
}

static void close_world(struct world *w)
{
    offload_close(w->offload);
    loop_close(w->loop);
    kafka_embedded_close(w->broker);
    arena_free(&w->arena);
}

/* ---- records of others ---- */

/* False: its queue is full. (The macros of rd_kafka_producev are GNU's.) */
static bool hand_over(rd_kafka_t *rk, const rd_kafka_vu_t *parts, size_t n)
{
    rd_kafka_error_t *error = rd_kafka_produceva(rk, parts, n);
    if (!error)
        return true;
    assert_int_equal(rd_kafka_error_code(error), RD_KAFKA_RESP_ERR__QUEUE_FULL);
    rd_kafka_error_destroy(error);
    return false;
}

/* To topic `topic`, spread evenly over the partitions; the values are 0, 1, … as text. */
static void produce(const struct world *w, const char *topic, unsigned n, size_t padding)
{
    rd_kafka_t *rk = stranger_open(w->broker);
    char *value = mem_zero(padding + 16);
    for (unsigned i = 0; i < n; i++) {
        size_t length = (size_t)snprintf(value, 16, "%u", i) + padding;
        const rd_kafka_vu_t parts[] = {
            {.vtype = RD_KAFKA_VTYPE_TOPIC, .u.cstr = topic},
            {.vtype = RD_KAFKA_VTYPE_PARTITION, .u.i32 = (int32_t)(i % PARTITIONS)},
            {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY},
            {.vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = {value, length}},
        };
        while (!hand_over(rk, parts, sizeof parts / sizeof *parts))
            rd_kafka_poll(rk, 1);
    }
    assert_int_equal(rd_kafka_flush(rk, WAIT_MS), 0);
    rd_kafka_destroy(rk);
    mem_free(value);
}

/* ---- a reader: writes down what it is told ---- */

enum { SEEN_MOST = 20000 };

struct reader {
    struct world *world;
    struct kafka_consumer *consumer;
    bool ready, at_end, closed;
    struct err refused, failure;
    unsigned records, turns, unturned; /* unturned: since the last turn */
    unsigned pause_after;              /* 0: never */
    bool close_then;                   /* instead */
    bool mark[SEEN_MOST];              /* value i came */
    unsigned twice;
    int64_t last[2][PARTITIONS]; /* offset */
    void (*look)(struct reader *r, const struct kafka_message *m);
    uint64_t now_ns;
    struct kafka_place places[2 * PARTITIONS]; /* when it closed */
    unsigned rebalances;
};

static void is_ready(void *owner, const struct err *e)
{
    struct reader *r = owner;
    assert_false(r->ready);
    r->ready = true;
    if (e)
        r->refused = *e;
}

static void note_value(struct reader *r, str value)
{
    char text[16] = "";
    memcpy(text, value.p, value.n < 15 ? value.n : 15);
    unsigned long i = strtoul(text, NULL, 10);
    assert_true(i < SEEN_MOST);
    r->twice += r->mark[i];
    r->mark[i] = true;
}

static void take(void *owner, const struct kafka_message *m)
{
    struct reader *r = owner;
    assert_true(r->ready && !r->closed);
    assert_true(m->offset > r->last[m->place->topic][m->place->partition]);
    r->last[m->place->topic][m->place->partition] = m->offset;
    r->records++;
    r->unturned++;
    if (r->unturned == 1)
        r->now_ns = kafka_consumer_now(r->consumer);
    assert_true(kafka_consumer_now(r->consumer) == r->now_ns); /* one clock read */
    if (r->look)
        r->look(r, m);
    else
        note_value(r, m->value);
    if (r->records == r->pause_after && r->close_then)
        kafka_consumer_close(r->consumer);
    else if (r->records == r->pause_after)
        kafka_consumer_pause(r->consumer);
}

static void turn(void *owner)
{
    struct reader *r = owner;
    r->turns++;
    r->unturned = 0;
}

static void at_end(void *owner)
{
    struct reader *r = owner;
    assert_false(r->at_end);
    r->at_end = true;
}

static void failed(void *owner, const struct err *e)
{
    struct reader *r = owner;
    assert_int_equal(r->failure.kind, 0);
    r->failure = *e;
}

static void has_closed(void *owner)
{
    struct reader *r = owner;
    size_t n;
    const struct kafka_place *places = kafka_consumer_places(r->consumer, &n);
    for (size_t i = 0; i < n; i++)
        r->places[i] = places[i];
    r->rebalances = kafka_consumer_rebalances(r->consumer);
    r->closed = true;
}

static const struct kafka_consumer_events events = {
    .ready = is_ready,
    .record = take,
    .turn = turn,
    .at_end = at_end,
    .failed = failed,
    .closed = has_closed,
};

static struct reader *open_share(struct world *w, struct share share)
{
    struct reader *r = mem_zero(sizeof *r);
    r->world = w;
    for (int i = 0; i < 2 * PARTITIONS; i++)
        r->last[i / PARTITIONS][i % PARTITIONS] = -1;
    r->consumer = kafka_consumer_open(w->loop, w->offload, &w->config, share, &events, r);
    return r;
}

static struct reader *open_ready(struct world *w)
{
    struct reader *r = open_share(w, (struct share){0, 1});
    TURN_UNTIL(w->loop, r->ready);
    if (r->refused.kind)
        fail_msg("%s", r->refused.text);
    return r;
}

static struct reader *open_reading(struct world *w)
{
    struct reader *r = open_ready(w);
    kafka_consumer_resume(r->consumer);
    return r;
}

static void close_reader(struct reader *r)
{
    kafka_consumer_close(r->consumer);
    TURN_UNTIL(r->world->loop, r->closed);
    mem_free(r);
}

static void refuses(struct world *w, const char *sentence)
{
    struct reader *r = open_share(w, (struct share){0, 1});
    TURN_UNTIL(w->loop, r->ready);
    assert_string_equal(r->refused.text, sentence);
    close_reader(r);
}

/* ---- what comes ---- */

static void all_records_come_once_and_in_order(void **state)
{
    (void)state;
    struct world w = open_world();
    settings(&w);
    produce(&w, "t", 10000, 0);
    struct reader *r = open_reading(&w);
    TURN_UNTIL(w.loop, r->records == 10000);
    turn_for(w.loop, 50 * NS_PER_MS);
    assert_int_equal(r->records, 10000);
    assert_int_equal(r->twice, 0);
    assert_int_equal(r->unturned, 0);
    assert_true(r->turns >= 10 && r->turns < 5000); /* at most 1024 each, many in one */
    close_reader(r);
    close_world(&w);
}

static void nothing_comes_before_it_is_wanted(void **state)
{
    (void)state;
    struct world w = open_world();
    settings(&w);
    produce(&w, "t", 5000, 0);
    struct reader *r = open_ready(&w);
    turn_for(w.loop, 100 * NS_PER_MS);
    assert_int_equal(r->records, 0);
    r->pause_after = 1234;
    kafka_consumer_resume(r->consumer);
    TURN_UNTIL(w.loop, r->records == 1234);
    turn_for(w.loop, 100 * NS_PER_MS);
    assert_int_equal(r->records, 1234);
    kafka_consumer_resume(r->consumer);
    TURN_UNTIL(w.loop, r->records == 5000);
    assert_int_equal(r->twice, 0);
    close_reader(r);
    close_world(&w);
}

static void from_the_end_only_what_comes_later(void **state)
{
    (void)state;
    struct world w = open_world();
    settings(&w)->from.kind = KAFKA_FROM_END;
    produce(&w, "t", 100, 0);
    struct reader *r = open_reading(&w);
    turn_for(w.loop, 100 * NS_PER_MS);
    assert_int_equal(r->records, 0);
    produce(&w, "t", 40, 0);
    TURN_UNTIL(w.loop, r->records == 40);
    for (int p = 0; p < PARTITIONS; p++)
        assert_int_equal(r->last[0][p], 34);
    close_reader(r);
    close_world(&w);
}

static void an_offset_is_kept_within_what_is_there(void **state)
{
    (void)state;
    struct world w = open_world();
    settings(&w)->from = (struct kafka_from){.kind = KAFKA_FROM_OFFSET, .value = 20};
    produce(&w, "t", 100, 0);
    struct reader *r = open_reading(&w);
    TURN_UNTIL(w.loop, r->records == 5 * PARTITIONS);
    close_reader(r);
    w.config.from.value = 1000;
    r = open_reading(&w);
    produce(&w, "t", 8, 0);
    TURN_UNTIL(w.loop, r->records == 8);
    close_reader(r);
    close_world(&w);
}

static void ignore(struct reader *r, const struct kafka_message *m)
{
    (void)r, (void)m;
}

static void some_partitions_begin_elsewhere(void **state)
{
    (void)state;
    static const struct kafka_start starts[] = {{0, 2, 20}, {0, 3, 25}, {1, 0, 4}};
    struct world w = open_world();
    struct kafka_consumer_config *f = settings(&w);
    f->from.kind = KAFKA_FROM_END;
    f->n_topics = 2;
    f->starts = starts;
    f->n_starts = 3;
    produce(&w, "t", 100, 0);
    produce(&w, "u", 40, 0);
    struct reader *r = open_reading(&w);
    r->look = ignore;
    TURN_UNTIL(w.loop, r->records == 11);
    turn_for(w.loop, 100 * NS_PER_MS);
    assert_int_equal(r->records, 5 + 0 + 6);
    close_reader(r);
    close_world(&w);
}

static void a_share_reads_its_partitions_and_no_others(void **state)
{
    (void)state;
    struct world w = open_world();
    settings(&w);
    produce(&w, "t", 4000, 0);
    struct reader *one = open_share(&w, (struct share){0, 2}),
                  *two = open_share(&w, (struct share){1, 2});
    TURN_UNTIL(w.loop, one->ready && two->ready);
    kafka_consumer_resume(one->consumer);
    kafka_consumer_resume(two->consumer);
    TURN_UNTIL(w.loop, one->records == 2000 && two->records == 2000);
    assert_true(one->last[0][0] == 999 && one->last[0][2] == 999 && one->last[0][1] == -1);
    assert_true(two->last[0][1] == 999 && two->last[0][3] == 999 && two->last[0][0] == -1);
    close_reader(one);
    close_reader(two);
    close_world(&w);
}

static void one_partition_when_only_that_is_wanted(void **state)
{
    (void)state;
    struct world w = open_world();
    settings(&w)->partition = 2;
    produce(&w, "t", 400, 0);
    struct reader *r = open_reading(&w);
    TURN_UNTIL(w.loop, r->records == 100);
    assert_int_equal(r->last[0][2], 99);
    close_reader(r);
    w.config.partition = 4;
    refuses(&w, "topic 't' has no partition 4: there are 4, from 0 on");
    close_world(&w);
}

static void topics_are_told_apart(void **state)
{
    (void)state;
    struct world w = open_world();
    settings(&w)->n_topics = 2;
    produce(&w, "t", 400, 0);
    produce(&w, "u", 800, 0);
    struct reader *r = open_reading(&w);
    TURN_UNTIL(w.loop, r->records == 1200);
    for (int p = 0; p < PARTITIONS; p++)
        assert_true(r->last[0][p] == 99 && r->last[1][p] == 199);
    close_reader(r);
    close_world(&w);
}

/* ---- null, empty, absent, headers ---- */

static void look_at_nothings(struct reader *r, const struct kafka_message *m)
{
    str value, name;
    (void)r;
    assert_true(m->timestamp_ms == 1769860800123 && !m->appended);
    if (m->offset == 0) {
        assert_null(m->key.p);
        assert_null(m->value.p);
        assert_false(kafka_message_header(m, "a", &value));
        assert_false(kafka_message_header_at(m, 0, &name, &value));
        return;
    }
    assert_true(m->key.p && m->key.n == 0);
    assert_true(m->value.p && m->value.n == 0);
    assert_true(kafka_message_header(m, "a", &value) && str_eq(value, STR("two")));
    assert_true(kafka_message_header_at(m, 0, &name, &value) && str_eq(name, STR("a")) &&
                str_eq(value, STR("one")));
    assert_true(kafka_message_header_at(m, 1, &name, &value) && str_eq(name, STR("null")) &&
                !value.p);
    assert_true(kafka_message_header_at(m, 2, &name, &value) && value.p && value.n == 0);
    assert_true(kafka_message_header_at(m, 3, &name, &value));
    assert_false(kafka_message_header_at(m, 4, &name, &value));
    assert_true(kafka_message_header(m, "null", &value) && !value.p);
}

static void null_empty_and_absent_are_different(void **state)
{
    (void)state;
    const rd_kafka_vu_t nothings[] = {
        {.vtype = RD_KAFKA_VTYPE_TOPIC, .u.cstr = "t"},
        {.vtype = RD_KAFKA_VTYPE_PARTITION, .u.i32 = 0},
        {.vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = {NULL, 0}},
        {.vtype = RD_KAFKA_VTYPE_TIMESTAMP, .u.i64 = 1769860800123},
    };
    const rd_kafka_vu_t empties[] = {
        {.vtype = RD_KAFKA_VTYPE_TOPIC, .u.cstr = "t"},
        {.vtype = RD_KAFKA_VTYPE_PARTITION, .u.i32 = 0},
        {.vtype = RD_KAFKA_VTYPE_KEY, .u.mem = {"", 0}},
        {.vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = {"", 0}},
        {.vtype = RD_KAFKA_VTYPE_TIMESTAMP, .u.i64 = 1769860800123},
        {.vtype = RD_KAFKA_VTYPE_HEADER, .u.header = {"a", "one", -1}},
        {.vtype = RD_KAFKA_VTYPE_HEADER, .u.header = {"null", NULL, 0}},
        {.vtype = RD_KAFKA_VTYPE_HEADER, .u.header = {"empty", "", 0}},
        {.vtype = RD_KAFKA_VTYPE_HEADER, .u.header = {"a", "two", -1}},
    };
    struct world w = open_world();
    settings(&w);
    rd_kafka_t *rk = stranger_open(w.broker);
    assert_true(hand_over(rk, nothings, sizeof nothings / sizeof *nothings));
    assert_true(hand_over(rk, empties, sizeof empties / sizeof *empties));
    assert_int_equal(rd_kafka_flush(rk, WAIT_MS), 0);
    rd_kafka_destroy(rk);
    struct reader *r = open_ready(&w);
    r->look = look_at_nothings;
    kafka_consumer_resume(r->consumer);
    TURN_UNTIL(w.loop, r->records == 2);
    close_reader(r);
    close_world(&w);
}

/* ---- the end ---- */

static void the_end_is_where_it_was_at_the_beginning(void **state)
{
    (void)state;
    struct world w = open_world();
    settings(&w)->to_end = true;
    produce(&w, "t", 3000, 0);
    struct reader *r = open_ready(&w);
    turn_for(w.loop, 50 * NS_PER_MS);
    assert_false(r->at_end);
    kafka_consumer_resume(r->consumer);
    TURN_UNTIL(w.loop, r->at_end);
    assert_int_equal(r->records, 3000);
    produce(&w, "t", 4, 0);
    TURN_UNTIL(w.loop, r->records == 3004); /* it goes on unless it is closed */
    close_reader(r);
    close_world(&w);
}

static void the_end_of_nothing_is_at_once(void **state)
{
    (void)state;
    struct world w = open_world();
    settings(&w)->to_end = true;
    struct reader *r = open_reading(&w);
    TURN_UNTIL(w.loop, r->at_end);
    close_reader(r);
    r = open_share(&w, (struct share){PARTITIONS, PARTITIONS + 1}); /* no partition at all */
    TURN_UNTIL(w.loop, r->ready);
    kafka_consumer_resume(r->consumer);
    TURN_UNTIL(w.loop, r->at_end);
    close_reader(r);
    close_world(&w);
}

static void places_say_what_was_read(void **state)
{
    (void)state;
    struct world w = open_world();
    settings(&w)->ends_wanted = true;
    produce(&w, "t", 400, 0);
    struct reader *r = open_ready(&w);
    r->pause_after = 150;
    kafka_consumer_resume(r->consumer);
    TURN_UNTIL(w.loop, r->records == 150);
    produce(&w, "t", 40, 0);
    kafka_consumer_close(r->consumer);
    TURN_UNTIL(w.loop, r->closed);
    int64_t read = 0;
    for (int p = 0; p < PARTITIONS; p++) {
        const struct kafka_place *at = &r->places[p];
        assert_true(at->partition == p && at->ours && !at->holes);
        assert_true(at->low == 0 && at->start == 0 && at->end == 110);
        read += at->next;
    }
    assert_int_equal(read, 150);
    mem_free(r);
    close_world(&w);
}

/* ---- trouble ---- */

static void the_embedded_broker_knows_no_times(void **state)
{
    (void)state;
    struct world w = open_world();
    settings(&w)->from = (struct kafka_from){.kind = KAFKA_FROM_TIME, .value = 1};
    produce(&w, "t", 10, 0);
    refuses(&w, "these brokers know no offsets by time (the embedded one does not): begin at the "
                "beginning, the end or an offset");
    close_world(&w);
}

static void nobody_there_is_a_sentence(void **state)
{
    (void)state;
    struct world w = open_world();
    struct err e = {0};
    char sentence[200];
    settings(&w);
    assert_true(kafka_embedded_down(w.broker, KAFKA_EVERY_BROKER, &e));
    snprintf(sentence, sizeof sentence,
             "cannot reach broker %s: connection refused; is it running?",
             kafka_embedded_address(w.broker));
    refuses(&w, sentence);
    close_world(&w);
}

static void a_broker_that_comes_back_is_read_on(void **state)
{
    (void)state;
    struct world w = open_world();
    struct err e = {0};
    kafka_property_read(STR("reconnect.backoff.max.ms=100"), KAFKA_CONSUMER, &w.arena,
                        &w.properties, &e);
    settings(&w);
    produce(&w, "t", 100, 0);
    struct reader *r = open_reading(&w);
    TURN_UNTIL(w.loop, r->records == 100);
    assert_true(kafka_embedded_down(w.broker, KAFKA_EVERY_BROKER, &e));
    turn_for(w.loop, 300 * NS_PER_MS);
    assert_true(kafka_embedded_up(w.broker, KAFKA_EVERY_BROKER, &e));
    memset(r->mark, 0, sizeof r->mark);
    produce(&w, "t", 60, 0);
    TURN_UNTIL(w.loop, r->records == 160);
    assert_int_equal(r->twice, 0);
    assert_int_equal(r->failure.kind, 0);
    close_reader(r);
    close_world(&w);
}

static void positions_that_cannot_be_asked_for_are_a_sentence(void **state)
{
    (void)state;
    struct world w = open_world();
    struct err e = {0};
    settings(&w);
    assert_true(kafka_embedded_fail(w.broker, KAFKA_EVERY_BROKER, STR("LIST_OFFSETS"),
                                    STR("TOPIC_AUTHORIZATION_FAILED"), 1, &e));
    struct reader *r = open_share(&w, (struct share){0, 1});
    TURN_UNTIL(w.loop, r->ready);
    assert_non_null(strstr(r->refused.text, "cannot read where the partitions begin and end: "
                                            "TOPIC_AUTHORIZATION_FAILED"));
    close_reader(r);
    close_world(&w);
}

static void what_retention_took_away_is_counted(void **state)
{
    (void)state;
    struct world w = open_world();
    struct err e = {0};
    kafka_property_read(STR("queued.max.messages.kbytes=1000"), KAFKA_CONSUMER, &w.arena,
                        &w.properties, &e);
    settings(&w);
    produce(&w, "t", 40, 100 * 1000);
    struct reader *r = open_ready(&w);
    r->pause_after = 4;
    kafka_consumer_resume(r->consumer);
    TURN_UNTIL(w.loop, r->records == 4);
    for (int i = 0; i < 10; i++)
        produce(&w, "t", 40, 100 * 1000); /* 10 MB a partition, of which it keeps 5 */
    memset(r->mark, 0, sizeof r->mark);
    kafka_consumer_resume(r->consumer);
    TURN_UNTIL(w.loop, r->last[0][0] == 109 && r->last[0][1] == 109 && r->last[0][2] == 109 &&
                           r->last[0][3] == 109);
    kafka_consumer_close(r->consumer);
    TURN_UNTIL(w.loop, r->closed);
    uint64_t dropped = 0;
    for (int p = 0; p < PARTITIONS; p++)
        dropped += r->places[p].dropped;
    assert_true(dropped > 100);
    assert_int_equal(dropped + r->records, 440);
    mem_free(r);
    close_world(&w);
}

/* ---- closing at any time ---- */

static void it_can_be_closed_at_any_time(void **state)
{
    (void)state;
    struct world w = open_world();
    settings(&w);
    produce(&w, "t", 5000, 0);
    close_reader(open_share(&w, (struct share){0, 1})); /* while it opens */
    close_reader(open_ready(&w));
    struct reader *r = open_ready(&w);
    r->pause_after = 10;
    r->close_then = true; /* from within a record */
    kafka_consumer_resume(r->consumer);
    TURN_UNTIL(w.loop, r->closed);
    assert_int_equal(r->records, 10);
    mem_free(r);
    close_world(&w);
}

/* ---- groups ---- */

static void a_group_that_never_committed_begins_where_it_is_told(void **state)
{
    (void)state;
    struct world w = open_world();
    settings(&w)->group = "new";
    w.config.from.kind = KAFKA_FROM_END;
    produce(&w, "t", 400, 0);
    struct reader *r = open_reading(&w);
    produce(&w, "t", 4, 0);
    TURN_UNTIL(w.loop, r->records == 4);
    close_reader(r);
    close_world(&w);
}

static void a_group_that_says_nothing_is_a_sentence(void **state)
{
    (void)state;
    struct world w = open_world();
    settings(&w)->group = "slow";
    w.config.timeout_ns = 500 * NS_PER_MS; /* the mock's first join takes 3 s */
    refuses(&w, "group 'slow' gave this consumer no partitions within 500ms: is another member "
                "hanging? (--timeout says how long)");
    close_world(&w);
}

/* The mock rebalances once more when a member answers late: how often is not ours to say. Until it
 * has been still for a second. */
static void wait_until_settled(struct world *w, const struct reader *r, unsigned more_than)
{
    unsigned seen = more_than;
    TURN_UNTIL(w->loop, kafka_consumer_rebalances(r->consumer) > more_than);
    while (seen != kafka_consumer_rebalances(r->consumer)) {
        seen = kafka_consumer_rebalances(r->consumer);
        turn_for(w->loop, NS_PER_S);
    }
}

/* What one has read and committed the other does not read again. */
static void members_of_a_group_share_its_partitions(void **state)
{
    (void)state;
    struct world w = open_world();
    struct err e = {0};
    kafka_property_read(STR("heartbeat.interval.ms=200"), KAFKA_CONSUMER, &w.arena, &w.properties,
                        &e);
    kafka_property_read(STR("session.timeout.ms=6000"), KAFKA_CONSUMER, &w.arena, &w.properties,
                        &e); /* for so long the mock waits for the first to come again */
    settings(&w)->group = "two";
    w.config.timeout_ns = 30 * NS_PER_S;
    struct reader *one = open_reading(&w), *two = open_reading(&w);
    wait_until_settled(&w, one, 0);
    produce(&w, "t", 400, 0);
    TURN_UNTIL(w.loop, one->records + two->records == 400);
    assert_true(one->records == 200 && two->records == 200);
    unsigned before = kafka_consumer_rebalances(two->consumer);
    kafka_consumer_close(one->consumer);
    TURN_UNTIL(w.loop, one->closed);
    assert_true(one->rebalances >= 1);
    wait_until_settled(&w, two, before);
    memset(two->mark, 0, sizeof two->mark);
    produce(&w, "t", 400, 0);
    TURN_UNTIL(w.loop, two->records == 600);
    turn_for(w.loop, 100 * NS_PER_MS);
    assert_true(two->records == 600 && two->twice == 0);
    for (int p = 0; p < PARTITIONS; p++)
        assert_int_equal(two->last[0][p], 199);
    mem_free(one);
    close_reader(two);
    close_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_records_come_once_and_in_order),
        cmocka_unit_test(nothing_comes_before_it_is_wanted),
        cmocka_unit_test(from_the_end_only_what_comes_later),
        cmocka_unit_test(an_offset_is_kept_within_what_is_there),
        cmocka_unit_test(some_partitions_begin_elsewhere),
        cmocka_unit_test(a_share_reads_its_partitions_and_no_others),
        cmocka_unit_test(one_partition_when_only_that_is_wanted),
        cmocka_unit_test(topics_are_told_apart),
        cmocka_unit_test(null_empty_and_absent_are_different),
        cmocka_unit_test(the_end_is_where_it_was_at_the_beginning),
        cmocka_unit_test(the_end_of_nothing_is_at_once),
        cmocka_unit_test(places_say_what_was_read),
        cmocka_unit_test(the_embedded_broker_knows_no_times),
        cmocka_unit_test(nobody_there_is_a_sentence),
        cmocka_unit_test(a_broker_that_comes_back_is_read_on),
        cmocka_unit_test(positions_that_cannot_be_asked_for_are_a_sentence),
        cmocka_unit_test(what_retention_took_away_is_counted),
        cmocka_unit_test(it_can_be_closed_at_any_time),
        cmocka_unit_test(a_group_that_never_committed_begins_where_it_is_told),
        cmocka_unit_test(a_group_that_says_nothing_is_a_sentence),
        cmocka_unit_test(members_of_a_group_share_its_partitions),
    };
    return UNIT_RUN(tests);
}
