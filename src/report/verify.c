/* acknowledged <= growth <= acknowledged + possibly stored (spec/measure.md, "Fates"): less means
 * that acknowledged records were lost, more that some were stored twice or came from elsewhere. */
#include "report/verify.h"

#include <math.h>

#include "base/list.h"
#include "base/mem.h"
#include "base/units.h"
#include "proto/kafka_admin.h"

struct verify {
    struct sink sink;
    str brokers, topic;
    const struct kafka_properties *properties;
    uint64_t timeout_ns;
    uint64_t before; /* sum of the end offsets */
};

static bool count(const struct verify *v, uint64_t *records, struct err *e)
{
    struct kafka_admin *a = kafka_admin_open(v->brokers, v->properties, v->timeout_ns, e);
    bool good = a && kafka_admin_written(a, v->topic, records, e);
    if (a)
        kafka_admin_close(a);
    return good;
}

static void judge(struct verdict *v, uint64_t grown, uint64_t acknowledged, uint64_t possibly)
{
    bool lost = grown<acknowledged, too_many = grown> acknowledged + possibly;
    const char *why =
        lost ? "; acknowledged records are missing"
        : too_many
            ? "; some were stored twice (enable.idempotence=true prevents it), or others produced"
            : "";
    verdict_audit(v, "verify", !lost && !too_many, (double)grown,
                  "%s acknowledged <= %s stored <= %s + %s possibly stored%s",
                  human_count(acknowledged).text, human_count(grown).text,
                  human_count(acknowledged).text, human_count(possibly).text, why);
}

static void settle(struct sink *s, struct summary *summary)
{
    struct verify *v = CONTAINER_OF(s, struct verify, sink);
    uint64_t after;
    struct err e = {0};
    if (!count(v, &after, &e)) {
        verdict_audit(summary->verdict, "verify", false, (double)NAN, "%s", e.text);
        return;
    }
    uint64_t grown = after > v->before ? after - v->before : 0; /* a broker without its disk */
    judge(summary->verdict, grown, summary->total->fates[FATE_OK], summary->total->possibly_stored);
}

static void close_verify(struct sink *s)
{
    mem_free(CONTAINER_OF(s, struct verify, sink));
}

static const struct sink_table verify_table = {
    .name = "verify",
    .settle = settle,
    .close = close_verify,
};

struct sink *verify_sink(str brokers, const struct kafka_properties *p, str topic,
                         uint64_t timeout_ns, struct err *e)
{
    struct verify *v = mem_zero(sizeof *v);
    v->sink.table = &verify_table;
    v->brokers = brokers;
    v->properties = p;
    v->topic = topic;
    v->timeout_ns = timeout_ns;
    if (count(v, &v->before, e))
        return &v->sink;
    mem_free(v);
    return NULL;
}
