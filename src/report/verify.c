/* acknowledged <= growth <= acknowledged + possibly stored (spec/measure.md, "Fates"), and on both
 * sides a mark for each partition of each transaction that has ended: less means
 * that acknowledged records were lost, more that some were stored twice or came from elsewhere. */
#include "report/verify.h"

#include <math.h>
#include <poll.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/units.h"
#include "proto/kafka_admin.h"

#define MARKS_NS (5 * NS_PER_S) /* longest wait for them */

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

/* The brokers say that a transaction has ended before they have marked it everywhere. */
static bool count_with_marks(const struct verify *v, uint64_t least, bool marks, uint64_t *records,
                             struct err *e)
{
    uint64_t end_ns = clock_now_ns() + MARKS_NS;
    bool good = count(v, records, e);
    while (good && marks && *records < v->before + least && clock_now_ns() < end_ns) {
        poll(NULL, 0, 50);
        good = count(v, records, e);
    }
    return good;
}

/* What the topic has grown by, and must have: records, and marks of transactions where there were
 * some. */
struct growth {
    uint64_t grown;
    bool made_anew;                  /* it ends before the place where it ended before the run */
    uint64_t acknowledged, possibly; /* records */
    uint64_t marks, possible_marks;
};

static struct growth expected_of(const struct summary *s)
{
    return (struct growth){
        .acknowledged = s->total->fates[FATE_OK],
        .possibly = s->total->possibly_stored,
        .marks = results_counted(s->results, MEASURE_MARKS),
        .possible_marks = results_counted(s->results, MEASURE_POSSIBLE_MARKS),
    };
}

/* What is wrong, if something is. */
static const char *why(const struct growth *g, bool lost, bool too_many)
{
    if (g->made_anew)
        return "; the topic was made anew meanwhile, or its broker lost its disk";
    if (lost)
        return "; acknowledged records are missing";
    if (too_many)
        return "; some were stored twice (enable.idempotence=true prevents it), or others produced";
    return "";
}

static void judge(struct verdict *v, const struct growth *g)
{
    uint64_t least = g->acknowledged + g->marks, grown = g->grown;
    bool lost = g->made_anew || grown < least;
    bool too_many = grown > least + g->possibly + g->possible_marks;
    struct human acknowledged = human_count(g->acknowledged), sum = human_count(least);
    struct human stored = human_count(grown), marks = human_count(g->marks);
    if (g->marks + g->possible_marks)
        verdict_audit(v, "verify", !lost && !too_many, (double)grown,
                      "%s acknowledged + %s marks of transactions <= %s stored <= %s + %s possibly "
                      "stored + %s possible marks%s",
                      acknowledged.text, marks.text, stored.text, sum.text,
                      human_count(g->possibly).text, human_count(g->possible_marks).text,
                      why(g, lost, too_many));
    else
        verdict_audit(v, "verify", !lost && !too_many, (double)grown,
                      "%s acknowledged <= %s stored <= %s + %s possibly stored%s",
                      acknowledged.text, stored.text, sum.text, human_count(g->possibly).text,
                      why(g, lost, too_many));
}

static void settle(struct sink *s, struct summary *summary)
{
    struct verify *v = CONTAINER_OF(s, struct verify, sink);
    uint64_t after;
    struct err e = {0};
    struct growth g = expected_of(summary);
    if (!count_with_marks(v, g.acknowledged + g.marks, g.marks > 0, &after, &e)) {
        verdict_audit(summary->verdict, "verify", false, (double)NAN, "%s", e.text);
        return;
    }
    g.made_anew = after < v->before;
    g.grown = g.made_anew ? 0 : after - v->before;
    judge(summary->verdict, &g);
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
