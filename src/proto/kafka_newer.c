/* Properties that came with a later librdkafka than the oldest that weir builds with, or were ready
 * for use only later: who asks an older one for them is told what is needed. From the change log of
 * librdkafka. */
#include <librdkafka/rdkafka.h>
#include <stdio.h>

#include "proto/kafka_known.h"

/* A name that ends with '*' stands for all that begin so. */
static const struct {
    const char *name, *since;
} newer[] = {
    {"client.dns.lookup", "2.2"},
    {"fetch.queue.backoff.ms", "2.2"},
    {"retry.backoff.max.ms", "2.3"},
    {"group.protocol", "2.12"}, /* since 2.4 a preview */
    {"group.remote.assignor", "2.4"},
    {"enable.metrics.push", "2.5"},
    {"metadata.recovery.strategy", "2.10"},
    {"metadata.recovery.rebootstrap.trigger.ms", "2.11"},
    {"https.ca.*", "2.11"},
    {"sasl.oauthbearer.grant.type", "2.11"},
    {"sasl.oauthbearer.assertion.*", "2.11"},
    {"sasl.oauthbearer.metadata.authentication.type", "2.12"},
};

static bool is_called(str name, str pattern)
{
    if (str_ends(pattern, STR("*")))
        return str_starts(name, (str){pattern.p, pattern.n - 1});
    return str_eq(name, pattern);
}

static bool is_here(const char *since)
{
    int major, minor;
    sscanf(since, "%d.%d", &major, &minor);
    return rd_kafka_version() >> 16 >= (major << 8 | minor);
}

const char *kafka_known_since(str name)
{
    for (size_t i = 0; i < sizeof newer / sizeof *newer; i++)
        if (is_called(name, str_from(newer[i].name)))
            return is_here(newer[i].since) ? NULL : newer[i].since;
    return NULL;
}
