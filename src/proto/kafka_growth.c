/* Partitions that a topic gets while it is read. What is in them came meanwhile, so they are read
 * from their beginning on, wherever reading began; else replies in them would look like none, and
 * records like lost ones. librdkafka tells groups alone (kafka_consumer.c has it look each second);
 * without a group they are counted here, each second on the offload thread. Not at the embedded
 * broker, whose topics do not grow, and whose reader a count in a freeze costs 70 ms behind it. */
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "proto/kafka_error.h"
#include "proto/kafka_reading.h"

#define LOOK_AFTER_NS NS_PER_S
enum { LOOK_MS = 250 }; /* who has no answer by then asks again */

struct kafka_place *kafka_growth_add(struct kafka_consumer *c, unsigned topic, int32_t partition)
{
    c->places = mem_room(c->places, c->n_places, &c->capacity, sizeof *c->places);
    c->places[c->n_places] = (struct kafka_place){
        .topic = topic, .partition = partition, .low = -1, .start = -1, .next = -1, .end = -1};
    return &c->places[c->n_places++];
}

/* ---- counting: on the offload thread ---- */

/* 0: not known. */
static int32_t count_there(struct kafka_consumer *c, rd_kafka_topic_t *topic)
{
    const struct rd_kafka_metadata *about;
    if (rd_kafka_metadata(c->rk, 0, topic, &about, LOOK_MS))
        return 0;
    int32_t n = about->topics[0].err ? 0 : about->topics[0].partition_cnt;
    rd_kafka_metadata_destroy(about);
    return n;
}

static void count_all(struct kafka_consumer *c)
{
    for (unsigned i = 0; i < c->config->n_topics; i++)
        c->counted[i] = count_there(c, c->topics[i]);
}

static void look_there(struct job *job)
{
    count_all(CONTAINER_OF(job, struct kafka_consumer, growth_job));
}

void kafka_growth_look_last(struct kafka_consumer *c)
{
    if (!c->counted)
        return;
    count_all(c);
    for (unsigned i = 0; i < c->config->n_topics; i++)
        for (int32_t p = 0; p < c->counted[i]; p++)
            if (!kafka_reading_place(c, i, p))
                kafka_growth_add(c, i, p);
}

/* ---- reading them: on the loop ---- */

static void read_new(struct kafka_consumer *c, unsigned topic, int32_t partition)
{
    struct kafka_place *p = kafka_growth_add(c, topic, partition);
    struct err e;
    if (!kafka_reading_is_ours(c, partition))
        return;
    p->low = p->start = p->end = 0;
    kafka_reading_begin(c, p, 0);
    if (rd_kafka_consume_start_queue(c->topics[topic], partition, 0, c->records.queue)) {
        err_set(&e, ERR_RUN, "cannot read the new partition %d of '%s': %s", partition,
                c->config->topics[topic], kafka_error_cause(rd_kafka_last_error()));
        kafka_reading_fail(c, &e);
    }
}

static void take_count(struct kafka_consumer *c, unsigned topic)
{
    int32_t n = c->counted[topic], added = 0;
    for (int32_t p = 0; p < n; p++)
        if (!kafka_reading_place(c, topic, p)) {
            read_new(c, topic, p);
            added++;
        }
    if (added && c->share.index == 0)
        log_note("topic %s has %d partitions now, %d more than before: they are read too",
                 c->config->topics[topic], n, added);
}

static void looked(struct job *job)
{
    struct kafka_consumer *c = CONTAINER_OF(job, struct kafka_consumer, growth_job);
    c->counting = false;
    if (c->phase == READING_CLOSING) {
        kafka_incoming_close(c);
        return;
    }
    for (unsigned i = 0; i < c->config->n_topics; i++)
        take_count(c, i);
    loop_timer_arm(c->loop, &c->growth_timer, loop_now(c->loop) + LOOK_AFTER_NS);
}

static void look(struct timer *t)
{
    struct kafka_consumer *c = CONTAINER_OF(t, struct kafka_consumer, growth_timer);
    c->counting = true;
    c->growth_job =
        (struct job){.reply = loop_mailbox(c->loop), .work = look_there, .done = looked};
    offload_submit(c->offload, &c->growth_job);
}

void kafka_growth_watch(struct kafka_consumer *c)
{
    if (c->of_mock || c->config->partition >= 0)
        return;
    c->counted = mem_array(c->config->n_topics, sizeof *c->counted);
    if (c->config->group)
        return;
    c->growth_timer.fire = look;
    loop_timer_arm(c->loop, &c->growth_timer, loop_now(c->loop) + LOOK_AFTER_NS);
}
