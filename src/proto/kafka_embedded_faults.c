/* What goes wrong at the embedded broker because somebody asked for it. */
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/nearest.h"
#include "proto/kafka_embedded_cluster.h"

/* The requests that the mock answers with errors when told to (librdkafka 2.0.2: all that it knows
 * but Metadata), with their numbers in the Kafka protocol. */
static const struct request {
    const char *name;
    int16_t key;
} requests[] = {
    {"PRODUCE", 0},
    {"FETCH", 1},
    {"LIST_OFFSETS", 2},
    {"OFFSET_COMMIT", 8},
    {"OFFSET_FETCH", 9},
    {"FIND_COORDINATOR", 10},
    {"JOIN_GROUP", 11},
    {"HEARTBEAT", 12},
    {"LEAVE_GROUP", 13},
    {"SYNC_GROUP", 14},
    {"API_VERSIONS", 18},
    {"INIT_PRODUCER_ID", 22},
    {"ADD_PARTITIONS_TO_TXN", 24},
    {"ADD_OFFSETS_TO_TXN", 25},
    {"END_TXN", 26},
    {"TXN_OFFSET_COMMIT", 28},
};
enum { REQUESTS = sizeof requests / sizeof *requests, ERRORS_MOST = 10000 };

static bool check_broker(const struct kafka_embedded *b, int broker, struct err *e)
{
    if (broker == KAFKA_EVERY_BROKER || (broker >= 1 && broker <= (int)b->brokers))
        return true;
    if (b->brokers == 1)
        return err_set(e, ERR_USAGE, "there is no broker %d; there is only broker 1", broker);
    return err_set(e, ERR_USAGE, "there is no broker %d; the brokers are 1 to %u", broker,
                   b->brokers);
}

/* Is `id` (1, 2, …) one of those that `broker` stands for? */
static bool is_meant(int broker, unsigned id)
{
    return broker == KAFKA_EVERY_BROKER || broker == (int)id;
}

bool kafka_embedded_delay(struct kafka_embedded *b, int broker, unsigned round_trip_ms,
                          struct err *e)
{
    if (!check_broker(b, broker, e))
        return false;
    rd_kafka_mock_broker_set_rtt(b->cluster, broker, (int)round_trip_ms);
    return true;
}

bool kafka_embedded_down(struct kafka_embedded *b, int broker, struct err *e)
{
    if (!check_broker(b, broker, e))
        return false;
    for (unsigned i = 0; i < b->brokers; i++)
        if (is_meant(broker, i + 1))
            atomic_store(&b->down[i], true);
    rd_kafka_mock_broker_set_down(b->cluster, broker);
    return true;
}

/* While a broker is down its port is reserved but not listened on, which does not keep others from
 * listening there; the mock would end the process. Only beside such a listener does bind fail. */
static bool check_port_is_free(const struct kafka_embedded *b, unsigned i, struct err *e)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                             .sin_port = htons((uint16_t)b->ports[i])};
    int one = 1;
    if (!atomic_load(&b->down[i]))
        return true;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    bool good = fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof at) == 0;
    close(fd);
    return good || err_set(e, ERR_RUN, "another process listens on 127.0.0.1:%u now", b->ports[i]);
}

bool kafka_embedded_up(struct kafka_embedded *b, int broker, struct err *e)
{
    if (!check_broker(b, broker, e))
        return false;
    for (unsigned i = 0; i < b->brokers; i++)
        if (is_meant(broker, i + 1) && !check_port_is_free(b, i, e))
            return false;
    rd_kafka_mock_broker_set_up(b->cluster, broker);
    for (unsigned i = 0; i < b->brokers; i++)
        if (is_meant(broker, i + 1))
            atomic_store(&b->down[i], false);
    return true;
}

/* ---- errors ---- */

static const struct request *find_request(str name, struct err *e)
{
    struct nearest nearest = {0};
    for (size_t i = 0; i < REQUESTS; i++) {
        if (str_eq(name, str_from(requests[i].name)))
            return &requests[i];
        nearest_try(&nearest, name, str_from(requests[i].name));
    }
    struct buf names = {0};
    if (nearest.best.n)
        err_set(e, ERR_USAGE, "'" STR_FMT "' is not a request; did you mean " STR_FMT "?",
                STR_ARG(name), STR_ARG(nearest.best));
    else {
        kafka_embedded_requests(&names);
        err_set(e, ERR_USAGE, "'" STR_FMT "' is not a request; there are " STR_FMT, STR_ARG(name),
                STR_ARG(buf_view(&names)));
        buf_free(&names);
    }
    return NULL;
}

/* What a broker can send; and "_TRANSPORT", at which the mock cuts the connection. */
static bool is_an_answer(const struct rd_kafka_err_desc *d)
{
    return d->name && (d->code > 0 || d->code == RD_KAFKA_RESP_ERR__TRANSPORT);
}

static bool find_error(str name, rd_kafka_resp_err_t *code, struct err *e)
{
    const struct rd_kafka_err_desc *all;
    size_t n;
    struct nearest nearest = {0};
    rd_kafka_get_err_descs(&all, &n);
    for (size_t i = 0; i < n; i++) {
        if (!is_an_answer(&all[i]))
            continue;
        *code = all[i].code;
        if (str_eq(name, str_from(all[i].name)))
            return true;
        nearest_try(&nearest, name, str_from(all[i].name));
    }
    if (nearest.best.n)
        return err_set(e, ERR_USAGE, "'" STR_FMT "' is not an error; did you mean " STR_FMT "?",
                       STR_ARG(name), STR_ARG(nearest.best));
    return err_set(e, ERR_USAGE,
                   "'" STR_FMT
                   "' is not an error; write it as Kafka does: NOT_LEADER_FOR_PARTITION",
                   STR_ARG(name));
}

static void push_errors(struct kafka_embedded *b, unsigned broker, int16_t key,
                        rd_kafka_resp_err_t code, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        rd_kafka_mock_broker_push_request_error_rtts(b->cluster, (int32_t)broker, key, 1, code, 0);
}

bool kafka_embedded_fail(struct kafka_embedded *b, int broker, str request, str error, unsigned n,
                         struct err *e)
{
    rd_kafka_resp_err_t code = 0;
    const struct request *r = find_request(request, e);
    if (!r || !find_error(error, &code, e) || !check_broker(b, broker, e))
        return false;
    if (n == 0 || n > ERRORS_MOST)
        return err_set(e, ERR_USAGE, "1 to %d requests can be made to fail, not %u", ERRORS_MOST,
                       n);
    for (unsigned id = 1; id <= b->brokers; id++)
        if (is_meant(broker, id))
            push_errors(b, id, r->key, code, n);
    return true;
}

void kafka_embedded_requests(struct buf *out)
{
    for (size_t i = 0; i < REQUESTS; i++)
        buf_printf(out, i ? " %s" : "%s", requests[i].name);
}

static bool has_errors_left(struct kafka_embedded *b, unsigned broker, int16_t key)
{
    size_t n = 0;
    rd_kafka_mock_broker_error_stack_cnt(b->cluster, (int32_t)broker, key, &n);
    return n > 0;
}

bool kafka_embedded_is_spoiled(struct kafka_embedded *b)
{
    enum { LIST_OFFSETS = 2, API_VERSIONS = 18 };
    for (unsigned id = 1; id <= b->brokers; id++)
        if (atomic_load(&b->down[id - 1]) || has_errors_left(b, id, LIST_OFFSETS) ||
            has_errors_left(b, id, API_VERSIONS))
            return true;
    return false;
}

/* ---- leaders ---- */

/* The mock would make a topic that is not there. */
static bool check_topic(struct kafka_embedded *b, str topic, struct err *e)
{
    bool there = false;
    const struct rd_kafka_metadata *all = kafka_embedded_ask_topics(b);
    if (!all)
        return err_set(e, ERR_RUN, "no broker answers whether there is a topic '" STR_FMT "'",
                       STR_ARG(topic));
    for (int i = 0; i < all->topic_cnt; i++)
        there = there || str_eq(topic, str_from(all->topics[i].topic));
    rd_kafka_metadata_destroy(all);
    return there || err_set(e, ERR_USAGE, "there is no topic '" STR_FMT "'", STR_ARG(topic));
}

bool kafka_embedded_lead(struct kafka_embedded *b, int broker, str topic, unsigned partition,
                         struct err *e)
{
    char name[256];
    if ((broker != KAFKA_NO_BROKER && !check_broker(b, broker, e)) || !check_topic(b, topic, e))
        return false;
    snprintf(name, sizeof name, STR_FMT, STR_ARG(topic));
    if (partition >= KAFKA_EMBEDDED_PARTITIONS_MOST ||
        rd_kafka_mock_partition_set_leader(b->cluster, name, (int32_t)partition,
                                           broker == KAFKA_NO_BROKER ? -1 : broker))
        return err_set(e, ERR_USAGE, "topic '%s' has no partition %u; the first is 0", name,
                       partition);
    return true;
}
