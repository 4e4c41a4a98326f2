/* A consumer's records, made into batches for the engine. */
#include "proto/kafka_consume.h"

#include "base/clock.h"
#include "base/list.h"
#include "base/mem.h"
#include "proto/kafka_consumer.h"
#include "proto/kafka_producer.h"
#include "proto/kafka_stamp.h"
#include "proto/kafka_stats.h"

struct kafka_consume {
    struct client client; /* first */
    const struct kafka_consume_config *config;
    struct kafka_consumer_config reading;
    struct kafka_consumer *consumer;
    struct kafka_consumed *consumed; /* the config's, of this worker */
    uint64_t wall_ns;                /* of this turn */
    uint64_t read;                   /* records so far */
    unsigned shown;
    struct kafka_stats stats;
    bool over;                 /* the count is reached */
    struct record_batch batch; /* of this turn */
};

static struct kafka_consume *of(struct client *c)
{
    return (struct kafka_consume *)c;
}

/* ---- times ---- */

/* By somebody else's clock it may come before it is due. sent_ns 0: not known. */
static void note_times(struct kafka_consume *c, uint64_t due_ns, uint64_t sent_ns)
{
    struct record_batch *b = &c->batch;
    if (due_ns > c->wall_ns || sent_ns > c->wall_ns) {
        uint64_t later = due_ns > sent_ns ? due_ns : sent_ns;
        b->counts.early++;
        if (later - c->wall_ns > b->counts.earliest_ns)
            b->counts.earliest_ns = later - c->wall_ns;
        return;
    }
    b->since_due_ns[b->n_due++] = c->wall_ns - due_ns;
    if (sent_ns)
        b->since_sent_ns[b->n_sent++] = c->wall_ns - sent_ns;
}

/* ---- stamps ---- */

static enum kafka_stamp_found find_stamp(const struct kafka_message *m, struct kafka_stamp *s)
{
    str header;
    enum kafka_stamp_found found =
        kafka_stamp_read(m->value, m->key, str_skip(m->value, KAFKA_STAMP_BYTES), s);
    if (found == KAFKA_STAMP_ABSENT && kafka_message_header(m, KAFKA_STAMP_HEADER.p, &header))
        found = kafka_stamp_read(header, m->key, m->value, s);
    return found;
}

static void audit(struct kafka_consume *c, const struct kafka_message *m,
                  enum kafka_stamp_found found, const struct kafka_stamp *s)
{
    struct audit *a = &c->consumed->audit;
    struct record_counts *counts = &c->batch.counts;
    unsigned partition = (unsigned)m->place->partition;
    enum record_class class = found == KAFKA_STAMP_BROKEN ? RECORD_CORRUPT : RECORD_FOREIGN;
    uint64_t reordered = a->reordered;
    if (found == KAFKA_STAMP_GOOD) {
        const struct audit_producer p = {s->run, s->driver, s->worker};
        class = audit_record(a, &p, s->sequence, partition, m->offset);
    } else {
        audit_odd_one(a, class, partition, m->offset);
    }
    counts->classes[class]++;
    counts->reordered += a->reordered - reordered;
}

/* ---- records in full ---- */

static void show(struct kafka_consume *c, const struct kafka_message *m)
{
    struct buf head = {0};
    str name, value;
    char when[32] = "none";
    if (m->timestamp_ms >= 0)
        clock_rfc3339((uint64_t)m->timestamp_ms * NS_PER_MS, when);
    buf_printf(&head, "partition %d, offset %lld, time stamp %s%s\r\n", m->place->partition,
               (long long)m->offset, when, m->appended ? " (of the broker)" : "");
    kafka_show_field(STR("key"), m->key, &head);
    for (size_t i = 0; kafka_message_header_at(m, i, &name, &value); i++)
        kafka_show_field(name, value, &head);
    if (!m->value.p)
        buf_str(&head, STR("no value\r\n"));
    c->client.on->shown(&c->client,
                        &(struct shown_record){c->config->series, buf_view(&head), m->value});
    c->shown++;
    buf_free(&head);
}

/* ---- a record ---- */

static void take(void *owner, const struct kafka_message *m)
{
    struct kafka_consume *c = owner;
    struct record_batch *b = &c->batch;
    struct kafka_stamp s;
    if (b->records == 0)
        c->wall_ns = clock_wall_ns();
    b->records++;
    b->bytes += m->key.n + m->value.n;
    enum kafka_stamp_found found = find_stamp(m, &s);
    if (c->config->audit)
        audit(c, m, found, &s);
    if (found == KAFKA_STAMP_GOOD)
        note_times(c, s.due_wall_ns, s.sent_wall_ns);
    else if (m->timestamp_ms > 0)
        note_times(c, (uint64_t)m->timestamp_ms * NS_PER_MS, 0);
    if (c->shown < c->config->show)
        show(c, m);
    if (++c->read == c->config->count) {
        c->over = true;
        kafka_consumer_pause(c->consumer);
    }
}

static void turn(void *owner)
{
    struct kafka_consume *c = owner;
    struct record_batch *b = &c->batch;
    if (b->records == 0)
        return;
    b->read_ns = kafka_consumer_now(c->consumer);
    b->counts.audited = c->config->audit;
    c->client.on->records(&c->client, b);
    b->records = b->bytes = 0;
    b->n_due = b->n_sent = 0;
    b->counts = (struct record_counts){.audited = false};
    if (c->over)
        c->client.on->exhausted(&c->client);
}

static void at_end(void *owner)
{
    struct kafka_consume *c = owner;
    if (!c->over)
        c->client.on->exhausted(&c->client);
    c->over = true;
}

/* ---- opening and closing ---- */

static void ready(void *owner, const struct err *e)
{
    struct kafka_consume *c = owner;
    c->client.on->ready(&c->client, e);
}

static void failed(void *owner, const struct err *e)
{
    struct kafka_consume *c = owner;
    c->client.on->failed(&c->client, e);
}

static void statistics(void *owner, str json)
{
    struct kafka_consume *c = owner;
    kafka_stats_take(&c->stats, json, &c->client);
}

static void keep_places(struct kafka_consume *c)
{
    struct kafka_consumed *to = c->consumed;
    const struct kafka_place *places = kafka_consumer_places(c->consumer, &to->n);
    to->partitions = mem_array(to->n, sizeof *to->partitions);
    for (size_t i = 0; i < to->n; i++)
        to->partitions[i] = (struct kafka_consumed_partition){
            .ours = places[i].ours,
            .holes = places[i].holes,
            .low = places[i].low,
            .start = places[i].start,
            .next = places[i].next,
            .end = places[i].end,
            .dropped = places[i].dropped,
            .compacted = places[i].compacted ? places[i].holes_passed : 0,
        };
    to->rebalances = kafka_consumer_rebalances(c->consumer);
    to->closed = true;
}

static void closed(void *owner)
{
    struct kafka_consume *c = owner;
    keep_places(c);
    c->client.on->closed(&c->client);
    kafka_stats_free(&c->stats);
    mem_free(c);
}

static const struct kafka_consumer_events events = {
    .ready = ready,
    .record = take,
    .turn = turn,
    .at_end = at_end,
    .statistics = statistics,
    .failed = failed,
    .closed = closed,
};

static struct client *consume_open(struct loop *l, struct offload *offload, const void *config,
                                   struct share share, const struct client_events *on, void *owner)
{
    struct kafka_consume *c = mem_zero(sizeof *c);
    const struct kafka_consume_config *f = config;
    c->client = (struct client){.protocol = &kafka_consume_protocol, .on = on, .owner = owner};
    c->config = f;
    c->consumed = &f->consumed[share.index];
    c->batch.series = f->series;
    c->reading = (struct kafka_consumer_config){
        .brokers = f->brokers,
        .conf = f->conf,
        .topics = &f->topic,
        .n_topics = 1,
        .partition = f->partition,
        .group = f->group,
        .from = f->from,
        .to_end = f->until_end,
        .ends_wanted = f->audit,
        .timeout_ns = f->timeout_ns,
        .metrics_ns = f->metrics_ns,
    };
    c->consumer = kafka_consumer_open(l, offload, &c->reading, share, &events, c);
    return &c->client;
}

static void consume_begin(struct client *c)
{
    kafka_consumer_resume(of(c)->consumer);
}

static void consume_close(struct client *c)
{
    kafka_consumer_close(of(c)->consumer);
}

const struct protocol kafka_consume_protocol = {
    .name = "kafka",
    .open = consume_open,
    .begin = consume_begin,
    .close = consume_close,
};
