/* Is a topic compacted? Then the broker keeps the last record of each key and removes those before:
 * offsets without a record are no loss. Asked only when there were some, and behind all reading. */
#include <string.h>

#include "proto/kafka_mock.h"
#include "proto/kafka_reading.h"

enum { ASK_MS = 2000 };

static bool says_compact(rd_kafka_event_t *event)
{
    size_t n, settings;
    const rd_kafka_ConfigResource_t **topics =
        rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(event), &n);
    const rd_kafka_ConfigEntry_t **list =
        n ? rd_kafka_ConfigResource_configs(topics[0], &settings) : NULL;
    for (size_t i = 0; list && i < settings; i++) {
        const char *value = rd_kafka_ConfigEntry_value(list[i]);
        if (value && strcmp(rd_kafka_ConfigEntry_name(list[i]), "cleanup.policy") == 0)
            return strstr(value, "compact") != NULL;
    }
    return false;
}

/* False, too, where nobody says: no permission, no answer. */
static bool is_compacted(rd_kafka_t *rk, const char *topic)
{
    char why[200];
    rd_kafka_queue_t *q = rd_kafka_queue_new(rk);
    rd_kafka_AdminOptions_t *options =
        rd_kafka_AdminOptions_new(rk, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);
    rd_kafka_ConfigResource_t *what = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic);
    rd_kafka_AdminOptions_set_request_timeout(options, ASK_MS, why, sizeof why);
    rd_kafka_DescribeConfigs(rk, &what, 1, options, q);
    rd_kafka_event_t *event = rd_kafka_queue_poll(q, 2 * ASK_MS);
    bool compacted = event && !rd_kafka_event_error(event) && says_compact(event);
    if (event)
        rd_kafka_event_destroy(event);
    rd_kafka_ConfigResource_destroy(what);
    rd_kafka_AdminOptions_destroy(options);
    rd_kafka_queue_destroy(q);
    return compacted;
}

static uint64_t count_holes(const struct kafka_consumer *c, unsigned topic)
{
    uint64_t n = 0;
    for (size_t i = 0; i < c->n_places; i++)
        n += c->places[i].topic == topic ? c->places[i].holes_passed : 0;
    return n;
}

void kafka_compacted_find(struct kafka_consumer *c)
{
    for (unsigned t = 0; t < c->config->n_topics; t++) {
        bool compacted = count_holes(c, t) > 0 && !kafka_mock_answers(c->rk) &&
                         is_compacted(c->rk, c->config->topics[t]);
        for (size_t i = 0; i < c->n_places; i++)
            c->places[i].compacted =
                c->places[i].compacted || (compacted && c->places[i].topic == t);
    }
}
