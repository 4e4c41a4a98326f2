/* One walk through the text, which has a broker, a topic or a partition after the other. Brokers
 * without a number are those of -b, before the cluster has named them: they carry no records. */
#include "proto/kafka_stats.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "codec/json_read.h"

/* A text being walked through. */
struct walk {
    struct json_walk json;
    struct kafka_stats *stats;
    struct client *client;
    str kind; /* "producer", "consumer" */
};

/* ---- names ---- */

/* Keys are names of fields, brokers and topics: none has an escape. */
static str bare(str quoted)
{
    return quoted.n >= 2 ? (str){quoted.p + 1, quoted.n - 2} : STR("");
}

static bool is_called(const struct json_item *i, const char *name)
{
    return str_eq(bare(i->key), str_from(name));
}

static double number(const struct json_item *i)
{
    return i->kind == JSON_IS_NUMBER ? json_number(i->raw) : -1;
}

/* The next member of the object that is open; false: that was its end, or the text's. */
static bool member(struct walk *w, struct json_item *i)
{
    return json_walk_next(&w->json, i) && !i->closes;
}

static void pass(struct walk *w, const struct json_item *i)
{
    if (json_opens(i))
        json_walk_skip(&w->json);
}

/* ---- telling ---- */

/* `by`, `also`: tags behind those that all have; NULL: none. */
static void tell(struct walk *w, enum measure_id id, const struct tag *by, const struct tag *also,
                 double value)
{
    struct tag tags[4] = {{STR("protocol"), STR("kafka")}, {STR("client"), w->kind}};
    struct measured m = {.measure = &measures[id], .tags = tags, .n_tags = 2, .value = value};
    if (by)
        tags[m.n_tags++] = *by;
    if (also)
        tags[m.n_tags++] = *also;
    if (value >= 0)
        w->client->on->measured(w->client, &m);
}

/* ---- windows: what happened in an interval ---- */

enum {
    WINDOW_AVG,
    WINDOW_P50,
    WINDOW_P99,
    WINDOW_MAX,
    WINDOW_COUNT,
    WINDOW_OUTSIDE,
    WINDOW_FIGURES
};

struct window {
    double figures[WINDOW_FIGURES];
};

/* It was just opened. */
static struct window read_window(struct walk *w)
{
    static const char *const names[WINDOW_FIGURES] = {"avg", "p50", "p99",
                                                      "max", "cnt", "outofrange"};
    struct window out = {{0}};
    struct json_item i;
    while (member(w, &i)) {
        for (unsigned k = 0; k < WINDOW_FIGURES; k++)
            if (is_called(&i, names[k]))
                out.figures[k] = number(&i);
        pass(w, &i);
    }
    return out;
}

/* Which figure of a window is which measure, and what its unit is in ours. */
struct window_use {
    const char *window;
    unsigned figure;
    enum measure_id id;
    double unit;
};

static const double us = 1e-6, ms = 1e-3;

/* Of which objects there may be several: what is to be told when all of one is known. */
struct found {
    struct {
        const struct window_use *use;
        double value;
    } list[16];
    unsigned n;
};

/* Mean and longest are of all values; percentiles leave out those that its histogram is too small
 * for (0.1 s in the queue, 0.5 s of a round trip), and then say nothing. */
static bool is_known(const struct window *w, unsigned figure)
{
    bool percentile = figure == WINDOW_P50 || figure == WINDOW_P99;
    return w->figures[WINDOW_COUNT] > 0 && !(percentile && w->figures[WINDOW_OUTSIDE] > 0);
}

static void use_window(struct walk *w, const struct json_item *i, const struct window_use *uses,
                       size_t n, struct found *found)
{
    struct window window = read_window(w);
    for (size_t k = 0; k < n; k++)
        if (is_called(i, uses[k].window) && is_known(&window, uses[k].figure)) {
            found->list[found->n].use = &uses[k];
            found->list[found->n++].value = window.figures[uses[k].figure] * uses[k].unit;
        }
}

static void tell_found(struct walk *w, const struct found *found, const struct tag *by)
{
    for (unsigned k = 0; k < found->n; k++)
        tell(w, found->list[k].use->id, by, NULL, found->list[k].value);
}

/* ---- brokers ---- */

static const struct {
    const char *name;
    enum measure_id id;
} counters[] = {
    {"tx", MEASURE_REQUESTS},
    {"txretries", MEASURE_RETRIES},
    {"txerrs", MEASURE_TX_ERRORS},
    {"req_timeouts", MEASURE_REQUEST_TIMEOUTS},
};

enum { COUNTERS = sizeof counters / sizeof *counters };

static struct kafka_stats_broker *known_broker(struct kafka_stats *s, uint64_t id)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->brokers[i].id == id)
            return &s->brokers[i];
    s->brokers = mem_room(s->brokers, s->n, &s->capacity, sizeof *s->brokers);
    s->brokers[s->n] = (struct kafka_stats_broker){.id = id};
    return &s->brokers[s->n++];
}

static void tell_counters(struct walk *w, uint64_t id, const double *counts, const struct tag *by)
{
    struct kafka_stats_broker *b = known_broker(w->stats, id);
    for (unsigned k = 0; k < COUNTERS; k++) {
        tell(w, counters[k].id, by, NULL, counts[k] - (double)b->counts[k]);
        b->counts[k] = (uint64_t)counts[k];
    }
}

static void read_broker(struct walk *w)
{
    static const struct window_use uses[] = {
        {"rtt", WINDOW_AVG, MEASURE_RTT_AVG, us},
        {"rtt", WINDOW_P50, MEASURE_RTT_P50, us},
        {"rtt", WINDOW_P99, MEASURE_RTT_P99, us},
        {"rtt", WINDOW_MAX, MEASURE_RTT_MAX, us},
        {"int_latency", WINDOW_AVG, MEASURE_QUEUE_AVG, us},
        {"int_latency", WINDOW_P99, MEASURE_QUEUE_P99, us},
        {"int_latency", WINDOW_MAX, MEASURE_QUEUE_MAX, us},
        {"outbuf_latency", WINDOW_AVG, MEASURE_OUTBUF_AVG, us},
        {"outbuf_latency", WINDOW_P99, MEASURE_OUTBUF_P99, us},
        {"outbuf_latency", WINDOW_MAX, MEASURE_OUTBUF_MAX, us},
        {"throttle", WINDOW_AVG, MEASURE_THROTTLE_AVG, ms},
        {"throttle", WINDOW_MAX, MEASURE_THROTTLE_MAX, ms},
    };
    struct found found = {.n = 0};
    double counts[COUNTERS] = {0}, id = -1;
    struct json_item i;
    while (member(w, &i)) {
        if (is_called(&i, "nodeid"))
            id = number(&i);
        for (unsigned k = 0; k < COUNTERS; k++)
            if (is_called(&i, counters[k].name))
                counts[k] = number(&i);
        if (json_opens(&i) && i.kind == JSON_IS_OBJECT)
            use_window(w, &i, uses, sizeof uses / sizeof *uses, &found);
        else
            pass(w, &i);
    }
    if (id < 0)
        return;
    char text[24];
    int n = snprintf(text, sizeof text, "%.0f", id);
    const struct tag by = {STR("broker"), {text, (size_t)n}};
    tell_found(w, &found, &by);
    tell_counters(w, (uint64_t)id, counts, &by);
}

/* ---- topics ---- */

/* -1: it does not tell. What was taken counts, whether or not it was committed. */
static double read_lag(struct walk *w)
{
    double stored = -1, committed = -1;
    struct json_item i;
    while (member(w, &i)) {
        if (is_called(&i, "consumer_lag_stored"))
            stored = number(&i);
        if (is_called(&i, "consumer_lag"))
            committed = number(&i);
        pass(w, &i);
    }
    return stored >= 0 ? stored : committed;
}

static void read_partitions(struct walk *w, const struct tag *topic)
{
    struct json_item i;
    while (member(w, &i)) {
        const struct tag partition = {STR("partition"), bare(i.key)};
        if (json_opens(&i))
            tell(w, MEASURE_LAG, topic, &partition, read_lag(w));
    }
}

static void read_topic(struct walk *w, str name)
{
    static const struct window_use uses[] = {
        {"batchsize", WINDOW_AVG, MEASURE_BATCH_BYTES, 1},
        {"batchcnt", WINDOW_AVG, MEASURE_BATCH_RECORDS, 1},
    };
    const struct tag by = {STR("topic"), name};
    struct found found = {.n = 0};
    struct json_item i;
    while (member(w, &i)) {
        if (is_called(&i, "partitions") && json_opens(&i))
            read_partitions(w, &by);
        else if (json_opens(&i) && i.kind == JSON_IS_OBJECT)
            use_window(w, &i, uses, sizeof uses / sizeof *uses, &found);
        else
            pass(w, &i);
    }
    tell_found(w, &found, &by);
}

/* ---- all ---- */

/* The client's own queues; a consumer has none. */
struct queues {
    double records, bytes, most_bytes, sent;
};

static void read_queues(const struct json_item *i, struct queues *q)
{
    if (is_called(i, "msg_cnt"))
        q->records = number(i);
    if (is_called(i, "msg_size"))
        q->bytes = number(i);
    if (is_called(i, "msg_size_max"))
        q->most_bytes = number(i);
    if (is_called(i, "txmsgs"))
        q->sent = number(i);
}

static void tell_queues(struct walk *w, const struct queues *q)
{
    if (!str_eq(w->kind, STR("producer")))
        return;
    tell(w, MEASURE_SENT_RECORDS, NULL, NULL, q->sent - (double)w->stats->sent_records);
    w->stats->sent_records = q->sent > 0 ? (uint64_t)q->sent : 0;
    tell(w, MEASURE_QUEUED_RECORDS, NULL, NULL, q->records);
    tell(w, MEASURE_QUEUED_BYTES, NULL, NULL, q->bytes);
    tell(w, MEASURE_ROOM_BYTES, NULL, NULL, q->most_bytes - q->bytes);
}

static void read_all(struct walk *w)
{
    struct json_item i, inner;
    struct queues queues = {-1, -1, -1, -1};
    while (member(w, &i)) {
        read_queues(&i, &queues);
        if (is_called(&i, "type") && i.kind == JSON_IS_STRING)
            w->kind = bare(i.raw);
        if (is_called(&i, "brokers") && json_opens(&i))
            while (member(w, &inner))
                read_broker(w);
        else if (is_called(&i, "topics") && json_opens(&i))
            while (member(w, &inner))
                read_topic(w, bare(inner.key));
        else
            pass(w, &i);
    }
    tell_queues(w, &queues);
}

void kafka_stats_take(struct kafka_stats *s, str json, struct client *c)
{
    struct walk w = {.stats = s, .client = c, .kind = STR("producer")};
    struct json_item i;
    json_walk_start(&w.json, json);
    if (json_walk_next(&w.json, &i) && i.kind == JSON_IS_OBJECT)
        read_all(&w);
}

void kafka_stats_free(struct kafka_stats *s)
{
    mem_free(s->brokers);
}
