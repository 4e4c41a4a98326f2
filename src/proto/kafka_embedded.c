/* Opening and closing the mock cluster, its topics and what its retention has dropped. Faults are
 * in kafka_embedded_faults.c. */
#include "proto/kafka_embedded_cluster.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <syslog.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/thread.h"
#include "proto/kafka_embedded_port.h"

/* The mock's own are 5: a frozen broker would drop the connections of clients, which then come
 * again a second later and look like a slow broker. */
enum { BACKLOG = 4096, ASK_TIMEOUT_MS = 2000, REPLICAS = 3 };

/* Of the brokers ("unsupported CreateTopicsRequest from …"), not of the client that asks them. */
static void log_brokers(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
    (void)rk;
    if (level <= LOG_WARNING && strcmp(facility, "MOCK") == 0)
        log_warn("embedded broker: %s", text);
}

static rd_kafka_t *open_client(const char *brokers, struct err *e)
{
    const char *const properties[][2] = {
        {"bootstrap.servers", brokers},      {"client.id", "weir-broker"},
        {"log.thread.name", "false"},        {"topic.metadata.refresh.interval.ms", "-1"},
        {"reconnect.backoff.max.ms", "200"},
    };
    char why[256] = "";
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    for (size_t i = 0; i < sizeof properties / sizeof *properties; i++)
        rd_kafka_conf_set(conf, properties[i][0], properties[i][1], why, sizeof why);
    rd_kafka_conf_set_log_cb(conf, log_brokers);
    rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
    if (!rk) {
        rd_kafka_conf_destroy(conf);
        err_set(e, ERR_RUN, "cannot start the embedded broker: %s", why);
    }
    return rk;
}

static bool check_ports(const struct kafka_ports *p, struct err *e)
{
    if (!p->refused)
        return true;
    return err_set(e, ERR_RUN,
                   "cannot listen on 127.0.0.1:%u: %s; is another broker running? Port 0 takes a "
                   "free one",
                   p->refused, strerror(p->error));
}

static void note_ports(struct kafka_embedded *b, const struct kafka_ports *p)
{
    for (unsigned i = 0; i < p->n; i++) {
        struct sockaddr_in at = {0};
        socklen_t n = sizeof at;
        getsockname(p->fds[i], (struct sockaddr *)&at, &n);
        b->ports[i] = ntohs(at.sin_port);
        listen(p->fds[i], BACKLOG);
    }
}

/* Signals are for other threads: librdkafka blocks them for its clients' threads, but not for the
 * mock's, where a Ctrl-C would end the process. */
static rd_kafka_mock_cluster_t *make_cluster(rd_kafka_t *owner, unsigned brokers)
{
    sigset_t before;
    thread_signals_off(&before);
    rd_kafka_mock_cluster_t *cluster = rd_kafka_mock_cluster_new(owner, (int)brokers);
    thread_signals_back(&before);
    return cluster;
}

/* The mock takes its brokers' ports while it is made, on this thread. */
static bool open_cluster(struct kafka_embedded *b, const struct kafka_embedded_options *o,
                         struct err *e)
{
    struct kafka_ports ports = {.next = o->port};
    kafka_ports_choose(&ports);
    b->cluster = make_cluster(b->owner, o->brokers);
    kafka_ports_choose(NULL);
    b->brokers = o->brokers;
    note_ports(b, &ports);
    return check_ports(&ports, e);
}

struct kafka_embedded *kafka_embedded_open(const struct kafka_embedded_options *o, struct err *e)
{
    struct kafka_embedded *b = mem_zero(sizeof *b);
    if ((b->owner = open_client("", e)) && open_cluster(b, o, e) &&
        (b->asker = open_client(kafka_embedded_address(b), e)))
        return b;
    kafka_embedded_close(b);
    return NULL;
}

void kafka_embedded_close(struct kafka_embedded *b)
{
    if (b->asker)
        rd_kafka_destroy(b->asker); /* first: while it is connected the cluster takes its time */
    if (b->cluster)
        rd_kafka_mock_cluster_destroy(b->cluster);
    if (b->owner)
        rd_kafka_destroy(b->owner);
    mem_free(b);
}

const char *kafka_embedded_address(const struct kafka_embedded *b)
{
    return rd_kafka_mock_cluster_bootstraps(b->cluster);
}

/* ---- topics ---- */

/* As Kafka's own Topic.validate. */
static bool is_topic_name(str name)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    for (size_t i = 0; i < name.n; i++)
        if (!memchr(letters, name.p[i], sizeof letters - 1))
            return false;
    return name.n > 0 && name.n <= 249 && !str_eq(name, STR(".")) && !str_eq(name, STR(".."));
}

bool kafka_embedded_topic(struct kafka_embedded *b, str name, unsigned partitions, struct err *e)
{
    char topic[256];
    if (!is_topic_name(name))
        return err_set(
            e, ERR_USAGE,
            "'%.*s' is not a topic's name; it has 1 to 249 letters, digits, dots, _ or -",
            (int)(name.n < 260 ? name.n : 260), name.p);
    if (partitions == 0 || partitions > KAFKA_EMBEDDED_PARTITIONS_MOST)
        return err_set(e, ERR_USAGE, "a topic here has 1 to %d partitions, not %u",
                       KAFKA_EMBEDDED_PARTITIONS_MOST, partitions);
    snprintf(topic, sizeof topic, STR_FMT, STR_ARG(name));
    /* Until librdkafka 2.2 the last number is not read: as many it is then, too. */
    int replicas = b->brokers < REPLICAS ? (int)b->brokers : REPLICAS;
    if (rd_kafka_mock_topic_create(b->cluster, topic, (int)partitions, replicas))
        return err_set(e, ERR_RUN, "there is a topic '%s' already", topic);
    return true;
}

const struct rd_kafka_metadata *kafka_embedded_ask_topics(struct kafka_embedded *b)
{
    const struct rd_kafka_metadata *all;
    return rd_kafka_metadata(b->asker, 1, NULL, &all, ASK_TIMEOUT_MS) ? NULL : all;
}

/* ---- retention ---- */

static rd_kafka_topic_partition_list_t *list_partitions(const struct rd_kafka_metadata *all)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(16);
    for (int t = 0; t < all->topic_cnt; t++)
        for (int p = 0; p < all->topics[t].partition_cnt; p++)
            if (all->topics[t].partitions[p].leader >= 0)
                rd_kafka_topic_partition_list_add(list, all->topics[t].topic,
                                                  all->topics[t].partitions[p].id)
                    ->offset = RD_KAFKA_OFFSET_BEGINNING;
    return list;
}

static void add_up(const rd_kafka_topic_partition_list_t *starts, struct arena *arena,
                   struct kafka_dropped **list, size_t *n)
{
    struct kafka_dropped *all = arena_alloc(arena, (size_t)(starts->cnt + 1) * sizeof *all);
    *list = all;
    *n = 0;
    for (int i = 0; i < starts->cnt; i++) { /* the partitions of a topic stand together */
        const rd_kafka_topic_partition_t *start = &starts->elems[i];
        if (start->err || start->offset <= 0)
            continue;
        str topic = str_from(start->topic);
        if (*n == 0 || !str_eq(all[*n - 1].topic, topic))
            all[(*n)++].topic = arena_dup(arena, topic);
        all[*n - 1].records += (uint64_t)start->offset;
        all[*n - 1].partitions++;
    }
}

bool kafka_embedded_dropped(struct kafka_embedded *b, struct arena *arena,
                            struct kafka_dropped **list, size_t *n)
{
    const struct rd_kafka_metadata *topics;
    if (kafka_embedded_is_spoiled(b) || !(topics = kafka_embedded_ask_topics(b)))
        return false;
    rd_kafka_topic_partition_list_t *starts = list_partitions(topics);
    rd_kafka_metadata_destroy(topics);
    bool good =
        starts->cnt == 0 || rd_kafka_offsets_for_times(b->asker, starts, ASK_TIMEOUT_MS) == 0;
    if (good)
        add_up(starts, arena, list, n);
    rd_kafka_topic_partition_list_destroy(starts);
    return good;
}
