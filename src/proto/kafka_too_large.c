/* A record was larger than may be: whose limit that is, and how large it may be, is told once, when
 * the client closes and may wait for an answer. */
#include <stdio.h>

#include "base/log.h"
#include "proto/kafka_client.h"

enum { ASK_TIMEOUT_MS = 2000 };

/* This client's own limit, as its configuration has it. */
static void own_limit(rd_kafka_t *rk, char *out, size_t n)
{
    if (rd_kafka_conf_get(rd_kafka_conf(rk), "message.max.bytes", out, &n))
        snprintf(out, n, "?");
}

static rd_kafka_event_t *describe(rd_kafka_t *rk, const char *topic)
{
    char why[100];
    rd_kafka_ConfigResource_t *resource =
        rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic);
    rd_kafka_AdminOptions_t *options =
        rd_kafka_AdminOptions_new(rk, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
    rd_kafka_AdminOptions_set_request_timeout(options, ASK_TIMEOUT_MS, why, sizeof why);
    rd_kafka_DescribeConfigs(rk, &resource, 1, options, queue);
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, ASK_TIMEOUT_MS);
    rd_kafka_queue_destroy(queue);
    rd_kafka_AdminOptions_destroy(options);
    rd_kafka_ConfigResource_destroy(resource);
    return event;
}

/* "max.message.bytes=1000"; empty: the brokers do not say. */
static void their_limit(rd_kafka_t *rk, const char *topic, struct buf *out)
{
    size_t n_resources, n = 0;
    rd_kafka_event_t *event = describe(rk, topic);
    const rd_kafka_DescribeConfigs_result_t *result = rd_kafka_event_DescribeConfigs_result(event);
    const rd_kafka_ConfigResource_t **resources =
        result ? rd_kafka_DescribeConfigs_result_resources(result, &n_resources) : NULL;
    const rd_kafka_ConfigEntry_t **entries =
        resources && n_resources ? rd_kafka_ConfigResource_configs(resources[0], &n) : NULL;
    for (size_t i = 0; i < n; i++) {
        const char *name = rd_kafka_ConfigEntry_name(entries[i]);
        const char *value = rd_kafka_ConfigEntry_value(entries[i]);
        if (value && str_eq(str_from(name), STR("max.message.bytes")))
            buf_printf(out, "max.message.bytes=%s", value);
    }
    if (event)
        rd_kafka_event_destroy(event);
}

void kafka_too_large_tell(struct kafka_client *c)
{
    static atomic_flag told = ATOMIC_FLAG_INIT; /* by one of the workers' clients */
    const char *topic = c->too_large_there ? c->too_large_there : c->too_large_here;
    char own[32];
    struct buf theirs = {0};
    if (!topic || atomic_flag_test_and_set(&told))
        return;
    their_limit(c->rk, topic, &theirs);
    if (theirs.n == 0)
        buf_str(&theirs, STR("max.message.bytes, which these brokers do not tell"));
    own_limit(c->rk, own, sizeof own);
    if (c->too_large_there)
        log_warn("topic '%s' takes no batch larger than its " STR_FMT
                 "; this client sends up to message.max.bytes=%s",
                 topic, STR_ARG(buf_view(&theirs)), own);
    else
        log_warn("this client sends no record larger than its message.max.bytes=%s (-X sets it); "
                 "topic '%s' has " STR_FMT,
                 own, topic, STR_ARG(buf_view(&theirs)));
    buf_free(&theirs);
}
