/* bench/peers/rr_pair.c: request-reply with librdkafka alone, as cheap as it can be made by hand: a
 * producer, a consumer, an id, a window of requests in flight. No books, no due times, no
 * timeouts, no acknowledgements looked at: what is left is librdkafka's own price.
 *
 *     rr_pair BROKERS REQUESTS REPLIES PARTITIONS COUNT WINDOW BYTES LINGER_MS header|key|bytes
 *
 * Prints seconds, CPU seconds and the median round trip in ns of what lies between its first
 * request and its last reply. */
#include <librdkafka/rdkafka.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ID = 28, MAX_BYTES = 100000 }; /* an id is as long as weir's */

static const char header[] = "correlationId";

static struct {
    const char *brokers, *requests, *replies, *linger, *where;
    int partitions;
    uint64_t count, window, bytes;
} o;

static char value[MAX_BYTES];
static uint64_t *begun_ns, *took_ns; /* by the number of the request */

static uint64_t read_clock(clockid_t which)
{
    struct timespec t;
    clock_gettime(which, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "rr_pair: %s: %s\n", what, why);
    exit(1);
}

static rd_kafka_t *make(rd_kafka_type_t type, const char *const (*set)[2])
{
    char why[500];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    for (; (*set)[0]; set++)
        if (rd_kafka_conf_set(conf, (*set)[0], (*set)[1], why, sizeof why))
            fail((*set)[0], why);
    rd_kafka_t *rk = rd_kafka_new(type, conf, why, sizeof why);
    if (!rk)
        fail("client", why);
    return rk;
}

static void ask(rd_kafka_t *rk, rd_kafka_topic_t *topic, uint64_t number)
{
    char id[ID + 1];
    rd_kafka_resp_err_t code;
    snprintf(id, sizeof id, "%0*llu", ID, (unsigned long long)number);
    begun_ns[number] = read_clock(CLOCK_MONOTONIC);
    if (o.where[0] == 'h') {
        code = rd_kafka_producev(rk, RD_KAFKA_V_RKT(topic), RD_KAFKA_V_VALUE(value, o.bytes),
                                 RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                                 RD_KAFKA_V_HEADER(header, id, ID), RD_KAFKA_V_END);
    } else {
        int key = o.where[0] == 'k';
        memcpy(value, id, key ? 0 : ID);
        code = rd_kafka_produce(topic, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, value, o.bytes,
                                key ? id : NULL, key ? ID : 0, NULL)
                   ? rd_kafka_last_error()
                   : RD_KAFKA_RESP_ERR_NO_ERROR;
    }
    if (code)
        fail("produce", rd_kafka_err2str(code));
}

static const void *id_of(const rd_kafka_message_t *m)
{
    rd_kafka_headers_t *headers;
    const void *id = NULL;
    size_t n;
    if (o.where[0] == 'k')
        return m->key;
    if (o.where[0] == 'b')
        return m->payload;
    if (!rd_kafka_message_headers(m, &headers))
        rd_kafka_header_get_last(headers, header, &id, &n);
    return id;
}

static void take(rd_kafka_message_t *m, void *answered)
{
    char id[ID + 1] = "";
    const void *found = m->err ? NULL : id_of(m);
    if (!found)
        fail("a reply", m->err ? rd_kafka_err2str(m->err) : "without an id");
    memcpy(id, found, ID);
    uint64_t number = strtoull(id, NULL, 10);
    took_ns[number] = read_clock(CLOCK_MONOTONIC) - begun_ns[number];
    ++*(uint64_t *)answered;
}

/* By a callback: rd_kafka_consume_batch_queue would wait until its batch is full. */
static void run(rd_kafka_t *producer, rd_kafka_topic_t *topic, rd_kafka_queue_t *queue)
{
    uint64_t asked = 0, answered = 0;
    while (answered < o.count) {
        for (; asked < o.count && asked - answered < o.window; asked++)
            ask(producer, topic, asked);
        rd_kafka_consume_callback_queue(queue, 100, take, &answered);
    }
}

static rd_kafka_queue_t *read_replies(rd_kafka_t *rk, rd_kafka_topic_t *topic)
{
    rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
    for (int p = 0; p < o.partitions; p++) {
        int64_t low, end;
        if (rd_kafka_query_watermark_offsets(rk, o.replies, p, &low, &end, 10000) ||
            rd_kafka_consume_start_queue(topic, p, end, queue))
            fail(o.replies, "cannot be read");
    }
    return queue;
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void read_options(char **v)
{
    o.brokers = v[1];
    o.requests = v[2];
    o.replies = v[3];
    o.partitions = atoi(v[4]);
    o.count = strtoull(v[5], NULL, 10);
    o.window = strtoull(v[6], NULL, 10);
    o.bytes = strtoull(v[7], NULL, 10);
    o.linger = v[8];
    o.where = v[9];
    if (o.bytes < ID || o.bytes > MAX_BYTES)
        fail(v[7], "so many bytes are not possible");
}

int main(int argc, char **argv)
{
    if (argc != 10)
        fail("usage", "see its first comment");
    read_options(argv);
    memset(value, 'x', sizeof value);
    begun_ns = calloc(o.count, sizeof *begun_ns);
    took_ns = calloc(o.count, sizeof *took_ns);
    rd_kafka_t *producer = make(
        RD_KAFKA_PRODUCER, (const char *const[][2]){{"bootstrap.servers", o.brokers},
                                                    {"linger.ms", o.linger},
                                                    {"queue.buffering.max.messages", "1000000"},
                                                    {"delivery.report.only.error", "true"},
                                                    {NULL, NULL}});
    rd_kafka_t *consumer =
        make(RD_KAFKA_CONSUMER, (const char *const[][2]){{"bootstrap.servers", o.brokers},
                                                         {"queued.min.messages", "1000000"},
                                                         {NULL, NULL}});
    rd_kafka_topic_t *requests = rd_kafka_topic_new(producer, o.requests, NULL);
    rd_kafka_topic_t *replies = rd_kafka_topic_new(consumer, o.replies, NULL);
    rd_kafka_queue_t *queue = read_replies(consumer, replies);
    uint64_t begun = read_clock(CLOCK_MONOTONIC), cpu = read_clock(CLOCK_PROCESS_CPUTIME_ID);
    run(producer, requests, queue);
    cpu = read_clock(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    double seconds = (double)(read_clock(CLOCK_MONOTONIC) - begun) / 1e9;
    qsort(took_ns, o.count, sizeof *took_ns, compare);
    printf("%.6f %.6f %llu\n", seconds, (double)cpu / 1e9,
           (unsigned long long)took_ns[o.count / 2]);
    fflush(stdout);
    _Exit(0); /* nothing of it is waited for */
}
