/* Audits of several workers made into one, and what can be said of it. */
#include "report/consumed.h"

#include <math.h>
#include <stdio.h>

#include "base/list.h"
#include "base/mem.h"
#include "base/units.h"

struct consumed {
    struct sink sink;
    const struct kafka_consume_config *config;
    unsigned workers;
    struct audit audit; /* of all */
};

/* ---- what was read of a partition ---- */

/* What retention or compaction took away, or others of the group read, may be what is missing. */
static struct audit_reading reading_of(const struct kafka_consumed_partition *p)
{
    return (struct audit_reading){
        .read = p->ours && !p->holes && p->dropped == 0 && p->compacted == 0,
        .from_zero = p->start == 0,
        .to_end = p->end >= 0 && p->next >= p->end,
        .start = p->start,
        .next = p->next,
        .end = p->end,
    };
}

/* Workers of a group that read a partition one behind the other: as if one had, unless somebody
 * else did in between. */
static void join_reading(struct audit_reading *all, const struct audit_reading *one)
{
    bool behind = one->start == all->next, before = one->next == all->start;
    all->read = all->read && one->read && (behind || before);
    all->to_end = all->to_end || one->to_end;
    all->from_zero = all->from_zero || one->from_zero;
    if (one->start < all->start)
        all->start = one->start;
    if (one->next > all->next)
        all->next = one->next;
}

static struct audit_reading partition_of(const struct consumed *c, size_t i)
{
    struct audit_reading all = {.start = -1, .next = -1, .end = -1};
    bool found = false;
    for (unsigned w = 0; w < c->workers; w++) {
        const struct kafka_consumed *worker = &c->config->consumed[w];
        if (i >= worker->n || !worker->partitions[i].ours)
            continue;
        struct audit_reading one = reading_of(&worker->partitions[i]);
        if (found)
            join_reading(&all, &one);
        else
            all = one;
        found = true;
    }
    return all;
}

static void conclude_audit(struct consumed *c)
{
    size_t n = 0; /* not all of them have seen how many there are now */
    for (unsigned w = 0; w < c->workers; w++)
        n = c->config->consumed[w].n > n ? c->config->consumed[w].n : n;
    struct audit_reading *partitions = mem_array(n, sizeof *partitions);
    for (size_t i = 0; i < n; i++)
        partitions[i] = partition_of(c, i);
    c->audit = c->config->consumed[0].audit; /* taken over */
    c->config->consumed[0].audit = (struct audit){.n = 0};
    for (unsigned w = 1; w < c->workers; w++)
        audit_merge(&c->audit, &c->config->consumed[w].audit);
    audit_conclude(&c->audit, partitions, (unsigned)n);
    mem_free(partitions);
}

/* What several workers have in common only shows now. */
static void add_to_results(const struct consumed *c, struct results *results)
{
    struct record_counts *counts = &results_get(results, c->config->series)->data.read;
    counts->audited = true;
    for (int i = 0; i < RECORD_CLASSES; i++)
        counts->classes[i] = c->audit.classes[i];
    counts->lost = c->audit.lost;
}

/* ---- sentences ---- */

static void add_fault(struct buf *text, uint64_t n, const char *what)
{
    if (n)
        buf_printf(text, "%s%s %s", text->n ? ", " : "", human_count(n).text, what);
}

static void add_faults(struct buf *text, const struct audit *a)
{
    char lost[64];
    snprintf(lost, sizeof lost, "lost (in %s gap%s)", human_count(a->gaps).text,
             a->gaps == 1 ? "" : "s");
    add_fault(text, a->lost, lost);
    add_fault(text, a->classes[RECORD_DUPLICATE], "came twice");
    add_fault(text, a->reordered, "out of order");
    add_fault(text, a->classes[RECORD_CORRUPT], "corrupt");
}

static void judge(const struct audit *a, struct verdict *v)
{
    struct buf text = {0};
    uint64_t faults =
        a->lost + a->classes[RECORD_DUPLICATE] + a->reordered + a->classes[RECORD_CORRUPT];
    if (faults)
        add_faults(&text, a);
    else if (audit_is_clean(a))
        buf_printf(&text, "all %s records came once, unchanged and in order",
                   human_count(a->classes[RECORD_FIRST]).text);
    else if (a->classes[RECORD_FOREIGN])
        buf_str(&text, STR("no record carries a stamp: weir kafka produce --stamp value, or "
                           "header, makes them"));
    else
        buf_str(&text, STR("no record came that could be audited"));
    verdict_audit(v, "audit", audit_is_clean(a), (double)faults, STR_FMT, STR_ARG(buf_view(&text)));
    buf_free(&text);
}

static void note_what_is_not_known(const struct audit *a, struct verdict *v)
{
    if (a->unread)
        verdict_note(v,
                     "%s numbers are missing that may stand where nothing was read: not all "
                     "partitions were read to their end (--until end)",
                     human_count(a->unread).text);
    if (a->classes[RECORD_FOREIGN] && a->classes[RECORD_FIRST])
        verdict_note(v, "%s records without a stamp are others'; nothing is said about them",
                     human_count(a->classes[RECORD_FOREIGN]).text);
}

static void note_trouble(const struct consumed *c, struct verdict *v)
{
    unsigned rebalances = 0;
    uint64_t dropped = 0, compacted = 0;
    for (unsigned w = 0; w < c->workers; w++) {
        const struct kafka_consumed *worker = &c->config->consumed[w];
        rebalances += worker->rebalances;
        for (size_t i = 0; i < worker->n; i++) {
            dropped += worker->partitions[i].dropped;
            compacted += worker->partitions[i].compacted;
        }
    }
    if (rebalances)
        verdict_note(v, "the group was rebalanced %u time%s", rebalances,
                     rebalances == 1 ? "" : "s");
    if (dropped)
        verdict_note(v,
                     "the broker's retention took %s offsets away before they were read; they are "
                     "not counted as lost",
                     human_count(dropped).text);
    if (compacted)
        verdict_note(
            v,
            "topic %s is compacted, and %s of the offsets that were passed hold no record: "
            "what is missing in their partitions is not counted as lost",
            c->config->topic, human_count(compacted).text);
}

static void note_clocks(struct results *results, struct verdict *v)
{
    struct series_data all = {0};
    results_records(results, &all);
    if (all.read.early)
        verdict_note(v,
                     "%s record%s came before %s sent, by up to %s: the clocks of the two machines "
                     "differ, and the times are wrong by at least that",
                     human_count(all.read.early).text, all.read.early == 1 ? "" : "s",
                     all.read.early == 1 ? "it was" : "they were",
                     human_time((double)all.read.earliest_ns / 1e9).text);
    series_data_free(&all);
}

/* ---- the sink ---- */

static bool all_closed(const struct consumed *c)
{
    for (unsigned w = 0; w < c->workers; w++)
        if (!c->config->consumed[w].closed)
            return false;
    return true;
}

static void conclude(struct sink *s, struct summary *summary, struct results *results)
{
    struct consumed *c = CONTAINER_OF(s, struct consumed, sink);
    struct verdict *v = summary->verdict;
    results_get(results, c->config->series); /* also when nothing came */
    note_clocks(results, v);
    if (!all_closed(c)) {
        if (c->config->audit)
            verdict_audit(v, "audit", false, (double)NAN, "a worker did not answer");
        return;
    }
    note_trouble(c, v);
    if (!c->config->audit)
        return;
    conclude_audit(c);
    add_to_results(c, results);
    judge(&c->audit, v);
    note_what_is_not_known(&c->audit, v);
    summary->audit = &c->audit;
}

static void close_consumed(struct sink *s)
{
    struct consumed *c = CONTAINER_OF(s, struct consumed, sink);
    audit_free(&c->audit);
    mem_free(c);
}

static const struct sink_table consumed_table = {
    .name = "consumed",
    .conclude = conclude,
    .close = close_consumed,
};

struct sink *consumed_sink(const struct kafka_consume_config *config, unsigned workers)
{
    struct consumed *c = mem_zero(sizeof *c);
    c->sink.table = &consumed_table;
    c->config = config;
    c->workers = workers;
    return &c->sink;
}
