/* A Kafka consumer, opened and closed: both block and therefore happen on the offload thread. */
#include "proto/kafka_consumer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/units.h"
#include "proto/kafka_error.h"
#include "proto/kafka_known.h"
#include "proto/kafka_mock.h"
#include "proto/kafka_reading.h"

/* ---- opening: on the offload thread ---- */

/* `mock`: a Fetch of the embedded broker waits for the whole of its time, whatever comes. */
static rd_kafka_conf_t *make_conf(const struct kafka_consumer_config *f, bool mock, struct err *e)
{
    struct arena arena = {0};
    struct kafka_properties all = *f->conf;
    all.capacity = all.n; /* so that adding copies the list */
    if (f->group)
        kafka_property_default(&all, "group.id", str_from(f->group), &arena);
    if (f->group && !mock) { /* which shares out new partitions as soon as it looks */
        kafka_property_default(&all, "topic.metadata.refresh.interval.ms", STR("1000"), &arena);
        /* Else three times that: an answer that is late then takes the topics from the group. */
        kafka_property_default(&all, "metadata.max.age.ms", STR("900000"), &arena);
    }
    if (f->to_end)
        kafka_property_default(&all, "enable.partition.eof", STR("true"), &arena);
    if (mock)
        kafka_property_default(&all, "fetch.wait.max.ms", STR("5"), &arena);
    if (f->ends_wanted) /* that question waits behind a Fetch: one connection, in order */
        kafka_property_default(&all, "fetch.wait.max.ms", STR("100"), &arena);
    kafka_property_default(
        &all, "statistics.interval.ms",
        arena_printf(&arena, "%llu", (unsigned long long)(f->metrics_ns / NS_PER_MS)), &arena);
    /* Positions are found beforehand: this is for those that retention overtakes. */
    kafka_property_default(&all, "auto.offset.reset", STR("earliest"), &arena);
    /* With less in hand librdkafka stops fetching and looks again only after a second, until 2.2
     * whatever one says: a third of the rate. */
    kafka_property_default(&all, "queued.min.messages", STR("1000000"), &arena);
    if (kafka_known_find(STR("fetch.queue.backoff.ms")))
        kafka_property_default(&all, "fetch.queue.backoff.ms", STR("10"), &arena);
    rd_kafka_conf_t *conf = kafka_conf_make(f->brokers, &all, e);
    arena_free(&arena);
    if (conf)
        rd_kafka_conf_set_events(conf, RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_STATS |
                                           (f->group ? RD_KAFKA_EVENT_REBALANCE : 0));
    return conf;
}

static bool make_client(struct kafka_consumer *c, bool mock)
{
    char why[400];
    rd_kafka_conf_t *conf = make_conf(c->config, mock, &c->failure);
    if (!conf)
        return false;
    c->rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof why);
    if (c->rk)
        return true;
    rd_kafka_conf_destroy(conf);
    return kafka_error_not_made("consumer", why, &c->failure);
}

static struct kafka_reach reach_of(const struct kafka_consumer *c)
{
    return (struct kafka_reach){.rk = c->rk,
                                .brokers = c->config->brokers,
                                .timeout_ns = c->config->timeout_ns,
                                .stop = &c->stop_opening};
}

/* The topic must be there, with the partition that is asked for. */
static bool find_topic(struct kafka_consumer *c, unsigned topic)
{
    const struct kafka_consumer_config *f = c->config;
    struct kafka_reach reach = reach_of(c);
    c->topics[topic] = rd_kafka_topic_new(c->rk, f->topics[topic], NULL);
    if (!c->topics[topic])
        return err_set(&c->failure, ERR_USAGE, "topic '%s': %s", f->topics[topic],
                       rd_kafka_err2str(rd_kafka_last_error()));
    if (!kafka_reach_topic(&reach, c->topics[topic], f->partition, &c->failure))
        return false;
    const struct rd_kafka_metadata *about = kafka_reach(&reach, c->topics[topic], &c->failure);
    if (!about)
        return false;
    int n = about->topics[0].partition_cnt;
    rd_kafka_metadata_destroy(about);
    for (int32_t p = 0; p < n; p++)
        kafka_growth_add(c, topic, p);
    c->first[topic + 1] = c->n_places;
    return true;
}

static void destroy_topics(struct kafka_consumer *c)
{
    for (unsigned i = 0; c->topics && i < c->config->n_topics; i++)
        if (c->topics[i])
            rd_kafka_topic_destroy(c->topics[i]);
    mem_free(c->topics);
    c->topics = NULL;
}

static bool find_topics(struct kafka_consumer *c)
{
    c->topics = mem_array(c->config->n_topics, sizeof(rd_kafka_topic_t *));
    c->first = mem_grow(c->first, (c->config->n_topics + 1) * sizeof *c->first);
    c->first[0] = c->n_places = 0;
    for (unsigned i = 0; i < c->config->n_topics; i++)
        if (!find_topic(c, i))
            return false;
    return true;
}

/* A group's events come through a queue of its own. */
static void get_queues(struct kafka_consumer *c)
{
    if (c->config->group)
        rd_kafka_poll_set_consumer(c->rk);
    c->events.queue =
        c->config->group ? rd_kafka_queue_get_consumer(c->rk) : rd_kafka_queue_get_main(c->rk);
    c->records.queue = rd_kafka_queue_new(c->rk);
}

/* What it is told about waiting it must be told when it is made. */
static bool make_again_for_mock(struct kafka_consumer *c)
{
    if (!kafka_mock_answers(c->rk))
        return true;
    c->of_mock = true;
    destroy_topics(c);
    rd_kafka_destroy(c->rk);
    c->rk = NULL;
    return make_client(c, true) && find_topics(c);
}

bool kafka_reading_is_ours(const struct kafka_consumer *c, int32_t partition)
{
    int32_t only = c->config->partition;
    return (only < 0 || only == partition) && (unsigned)partition % c->share.of == c->share.index;
}

/* -1: where all begin. */
static int64_t start_of(const struct kafka_consumer_config *f, const struct kafka_place *p)
{
    for (size_t i = 0; i < f->n_starts; i++)
        if (f->starts[i].topic == p->topic && f->starts[i].partition == p->partition)
            return f->starts[i].offset;
    return -1;
}

/* Without a group: those of its share. */
static bool find_positions(struct kafka_consumer *c)
{
    struct kafka_place *ours = mem_array(c->n_places, sizeof *ours);
    size_t n = 0;
    for (size_t i = 0; i < c->n_places; i++)
        if (kafka_reading_is_ours(c, c->places[i].partition)) {
            ours[n] = c->places[i];
            ours[n].start = start_of(c->config, &ours[n]);
            n++;
        }
    bool good = kafka_positions_find(c, ours, n, &c->failure);
    for (size_t i = 0; good && i < n; i++) {
        ours[i].ours = true;
        *kafka_reading_place(c, ours[i].topic, ours[i].partition) = ours[i];
    }
    mem_free(ours);
    return good;
}

static bool start_reading(struct kafka_consumer *c)
{
    for (size_t i = 0; i < c->n_places; i++) {
        const struct kafka_place *p = &c->places[i];
        if (p->ours && rd_kafka_consume_start_queue(c->topics[p->topic], p->partition, p->start,
                                                    c->records.queue))
            return err_set(&c->failure, ERR_RUN, "cannot read partition %d of '%s': %s",
                           p->partition, c->config->topics[p->topic],
                           rd_kafka_err2str(rd_kafka_last_error()));
    }
    return true;
}

static bool join_group(struct kafka_consumer *c)
{
    rd_kafka_topic_partition_list_t *topics =
        rd_kafka_topic_partition_list_new((int)c->config->n_topics);
    for (unsigned i = 0; i < c->config->n_topics; i++)
        rd_kafka_topic_partition_list_add(topics, c->config->topics[i], RD_KAFKA_PARTITION_UA);
    rd_kafka_resp_err_t code = rd_kafka_subscribe(c->rk, topics);
    rd_kafka_topic_partition_list_destroy(topics);
    return !code || err_set(&c->failure, ERR_RUN, "cannot join group '%s': %s", c->config->group,
                            kafka_error_cause(code));
}

static void release(struct kafka_consumer *c)
{
    rd_kafka_queue_t *queues[] = {c->records.queue, c->events.queue};
    for (size_t i = 0; i < 2; i++)
        if (queues[i])
            rd_kafka_queue_destroy(queues[i]);
    c->records.queue = c->events.queue = NULL;
    destroy_topics(c);
    if (c->rk)
        rd_kafka_destroy(c->rk);
    c->rk = NULL;
}

static void open_there(struct job *job)
{
    struct kafka_consumer *c = CONTAINER_OF(job, struct kafka_consumer, job);
    if (c->failure.kind || !make_client(c, false) || !find_topics(c) || !make_again_for_mock(c)) {
        release(c);
        return;
    }
    get_queues(c);
    if (!(c->config->group ? join_group(c) : find_positions(c) && start_reading(c)))
        release(c);
}

/* ---- closing ---- */

static void stop_there(struct kafka_consumer *c)
{
    if (c->config->ends_wanted) {
        kafka_growth_look_last(c);
        kafka_positions_ends(c);
        kafka_compacted_find(c);
    }
    if (c->config->group)
        rd_kafka_consumer_close(c->rk);
    for (size_t i = 0; !c->config->group && i < c->n_places; i++)
        if (c->places[i].ours)
            rd_kafka_consume_stop(c->topics[c->places[i].topic], c->places[i].partition);
}

static void close_there(struct job *job)
{
    struct kafka_consumer *c = CONTAINER_OF(job, struct kafka_consumer, job);
    if (c->rk)
        stop_there(c);
    release(c);
}

static void closed(struct job *job)
{
    struct kafka_consumer *c = CONTAINER_OF(job, struct kafka_consumer, job);
    close(c->records.watch.fd);
    close(c->events.watch.fd);
    c->on->closed(c->owner);
    mem_free(c->places);
    mem_free(c->first);
    mem_free(c->counted);
    mem_free(c);
}

static void submit(struct kafka_consumer *c, void (*work)(struct job *), void (*done)(struct job *))
{
    c->job = (struct job){.reply = loop_mailbox(c->loop), .work = work, .done = done};
    offload_submit(c->offload, &c->job);
}

void kafka_reading_go_on_closing(struct kafka_consumer *c)
{
    submit(c, close_there, closed);
}

void kafka_consumer_close(struct kafka_consumer *c)
{
    bool opening = c->phase == READING_OPENING;
    c->phase = READING_CLOSING;
    atomic_store(&c->stop_opening, true);
    loop_timer_disarm(c->loop, &c->patience);
    loop_timer_disarm(c->loop, &c->alive_timer);
    loop_timer_disarm(c->loop, &c->growth_timer);
    if (opening)
        return; /* `opened` comes, and closes */
    if (c->events.queue)
        kafka_incoming_close(c);
    else
        kafka_reading_go_on_closing(c);
}

/* ---- in between ---- */

void kafka_reading_begin(struct kafka_consumer *c, struct kafka_place *p, int64_t at)
{
    p->ours = p->reading = true;
    p->next = at;
    p->ended = at >= p->end;
    c->unended += !p->ended;
}

void kafka_reading_end(struct kafka_consumer *c, struct kafka_place *p)
{
    c->unended -= p->reading && !p->ended;
    p->reading = false;
}

void kafka_reading_ready(struct kafka_consumer *c)
{
    c->phase = READING_OPEN;
    loop_timer_disarm(c->loop, &c->patience);
    if (!c->failure.kind)
        kafka_growth_watch(c);
    c->on->ready(c->owner, c->failure.kind ? &c->failure : NULL);
}

static void group_is_late(struct timer *t)
{
    struct kafka_consumer *c = CONTAINER_OF(t, struct kafka_consumer, patience);
    if (kafka_group_is_member(c))
        kafka_group_note_empty_hands(c);
    else
        err_set(&c->failure, ERR_RUN,
                "group '%s' gave this consumer no partitions within %s: %s? (--timeout says how "
                "long)",
                c->config->group, human_duration(c->config->timeout_ns).text,
                kafka_group_is_new(c) ? "do these brokers know group.protocol=consumer (Kafka 4)"
                                      : "is another member hanging");
    kafka_reading_ready(c);
}

static void wait_for_the_group(struct kafka_consumer *c)
{
    c->phase = READING_JOINING;
    c->alive_timer.fire = kafka_group_keep_alive;
    loop_timer_arm(c->loop, &c->alive_timer, loop_now(c->loop) + NS_PER_S);
    c->patience.fire = group_is_late;
    loop_timer_arm(c->loop, &c->patience, loop_now(c->loop) + c->config->timeout_ns);
}

static void opened(struct job *job)
{
    struct kafka_consumer *c = CONTAINER_OF(job, struct kafka_consumer, job);
    if (c->phase == READING_CLOSING) {
        kafka_reading_go_on_closing(c);
        return;
    }
    for (size_t i = 0; i < c->n_places; i++)
        if (c->places[i].ours)
            kafka_reading_begin(c, &c->places[i], c->places[i].start);
    if (c->rk)
        kafka_incoming_open(c);
    if (c->rk && c->config->group)
        wait_for_the_group(c);
    else
        kafka_reading_ready(c);
}

void kafka_consumer_pause(struct kafka_consumer *c)
{
    c->paused = true;
}

void kafka_consumer_resume(struct kafka_consumer *c)
{
    c->paused = false;
    kafka_incoming_ring(c);
}

uint64_t kafka_consumer_now(const struct kafka_consumer *c)
{
    return c->now_ns;
}

const struct kafka_place *kafka_consumer_places(const struct kafka_consumer *c, size_t *n)
{
    *n = c->n_places;
    return c->places;
}

unsigned kafka_consumer_rebalances(const struct kafka_consumer *c)
{
    return c->rebalances;
}

struct kafka_consumer *kafka_consumer_open(struct loop *l, struct offload *offload,
                                           const struct kafka_consumer_config *config,
                                           struct share share,
                                           const struct kafka_consumer_events *on, void *owner)
{
    struct kafka_consumer *c = mem_zero(sizeof *c);
    c->loop = l;
    c->offload = offload;
    c->config = config;
    c->share = share;
    c->on = on;
    c->owner = owner;
    c->paused = true;
    c->records.watch.fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    c->events.watch.fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (c->records.watch.fd < 0 || c->events.watch.fd < 0)
        err_set(&c->failure, ERR_RUN, "cannot make an event descriptor: %s", strerror(errno));
    submit(c, open_there, opened);
    return c;
}
