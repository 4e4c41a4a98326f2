/* A run that reads records: how fast, how late, what the audit found, the book. */
#include <inttypes.h>

#include "base/units.h"
#include "proto/kafka_stamp.h"
#include "report/text_blocks.h"

enum { MOST_PRODUCERS = 10 };

static const struct text_times_words words = {
    .response = "end to end",
    .service = "since sent",
    .drawing = "how many records took how long",
    .meaning = "end to end: since a record was due at its sender, by both machines' wall clocks",
    .nothing = "no record tells when it was sent",
};

static void add_rate(struct page *p, const struct summary *s, const struct series_data *d)
{
    struct human records = human_rate((double)d->started_in_plan / s->length_s);
    page_label(p, "rate");
    page_printf(p, BOLD, "%s records/s", records.text);
    page_printf(p, PLAIN, ", %s/s\n", human_bytes((double)d->bytes_received / s->length_s).text);
}

static void add_received(struct page *p, const struct summary *s, const struct series_data *d)
{
    page_label(p, "records");
    page_printf(p, d->started ? GREEN : PLAIN, "%s received", human_count(d->started).text);
    page_printf(p, PLAIN, " in %s, %s\n", human_time(s->length_s).text,
                human_bytes((double)d->bytes_received).text);
}

/* ---- the audit ---- */

static void add_producer(struct buf *text, const struct audit_producer *p)
{
    bool aborted = p->worker & KAFKA_STAMP_ABORTED;
    buf_printf(text, "run %016" PRIx64 " driver %u worker %u%s", p->run, p->driver,
               p->worker & ~(unsigned)KAFKA_STAMP_ABORTED, aborted ? ", aborted on purpose" : "");
}

static void add_gaps(struct buf *text, const struct audit_source *s)
{
    uint64_t n = s->gaps < AUDIT_GAPS ? s->gaps : AUDIT_GAPS;
    for (uint64_t i = 0; i < n; i++) {
        const struct audit_gap *g = &s->first[i];
        buf_printf(text, i ? ", %" PRIu64 : ": %" PRIu64, g->first);
        if (g->last > g->first)
            buf_printf(text, "-%" PRIu64, g->last);
    }
    if (s->gaps > n)
        buf_printf(text, ", and %s gaps more", human_count(s->gaps - n).text);
}

static uint64_t sum_of(const struct audit_source *s, enum record_class class)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < s->n_lanes; i++)
        sum += s->lanes[i].records[class];
    return sum;
}

static void add_source(struct page *p, const struct audit_source *s, const char *label)
{
    struct buf text = {0};
    add_producer(&text, &s->producer);
    buf_printf(&text, ": %s first", human_count(s->seen.count).text);
    uint64_t twice = sum_of(s, RECORD_FIRST) + sum_of(s, RECORD_DUPLICATE) - s->seen.count;
    if (twice)
        buf_printf(&text, ", %s came twice", human_count(twice).text);
    if (s->unread)
        buf_printf(&text, ", %s not read", human_count(s->unread).text);
    if (s->lost)
        buf_printf(&text, ", %s lost", human_count(s->lost).text);
    add_gaps(&text, s);
    page_label(p, label);
    page_wrapped(p, s->lost || twice ? RED : PLAIN, STR(" "), buf_view(&text));
    buf_free(&text);
}

static void add_sources(struct page *p, const struct audit *a)
{
    for (size_t i = 0; i < a->n && i < MOST_PRODUCERS; i++)
        add_source(p, a->sources[i], i ? "" : a->n == 1 ? "producer" : "producers");
    if (a->n > MOST_PRODUCERS) {
        page_label(p, "");
        page_printf(p, DIM, "and %zu more: --json has them all\n", a->n - MOST_PRODUCERS);
    }
}

/* "came twice    partition 3: offset 17 (number 5), …" */
static void add_offenders(struct page *p, enum audit_offence kind, const struct audit_offenders *o)
{
    static const char *const names[OFFENCES] = {
        [OFFENCE_DUPLICATE] = "came twice",
        [OFFENCE_REORDERED] = "disorder",
        [OFFENCE_CORRUPT] = "corrupt",
        [OFFENCE_FOREIGN] = "no stamp",
    };
    struct buf text = {0};
    if (o->n == 0)
        return;
    for (unsigned i = 0; i < o->n; i++) {
        const struct audit_offender *one = &o->list[i];
        buf_printf(&text, "%spartition %u offset %" PRId64, i ? ", " : "", one->partition,
                   one->offset);
        if (kind == OFFENCE_DUPLICATE || kind == OFFENCE_REORDERED)
            buf_printf(&text, " (number %" PRIu64 ")", one->number);
    }
    page_label(p, names[kind]);
    page_wrapped(p, kind == OFFENCE_FOREIGN ? PLAIN : RED, STR(", "), buf_view(&text));
    buf_free(&text);
}

static void add_audit(struct page *p, const struct audit *a)
{
    add_sources(p, a);
    for (int i = 0; i < OFFENCES; i++)
        add_offenders(p, (enum audit_offence)i, &a->offenders[i]);
    page_text(p, PLAIN, STR("\n"));
}

/* ---- the book ---- */

static void add_book(struct page *p, const struct series_data *d)
{
    const struct text_addend received[] = {
        {d->read.classes[RECORD_FIRST], "first", false},
        {d->read.classes[RECORD_DUPLICATE], "duplicate", false},
        {d->read.classes[RECORD_CORRUPT], "corrupt", false},
        {d->read.classes[RECORD_FOREIGN], "foreign", false},
        {.what = NULL},
    };
    const struct text_addend expected[] = {
        {d->read.classes[RECORD_FIRST], "first", false},
        {d->read.lost, "lost", false},
        {.what = NULL},
    };
    page_label(p, "books");
    text_equation(p, STR(""), d->started, "received", received);
    page_label(p, "");
    text_equation(p, STR(""), d->read.classes[RECORD_FIRST] + d->read.lost, "expected", expected);
}

void text_records(struct page *p, const struct summary *s)
{
    struct series_data all = {0};
    results_records(s->results, &all);
    if (s->length_s > 0)
        add_rate(p, s, &all);
    add_received(p, s, &all);
    page_text(p, PLAIN, STR("\n"));
    if (all.started)
        text_times(p, &all, &words);
    if (s->audit)
        add_audit(p, s->audit);
    text_generator(p, s, all.started, "a record");
    text_client(p, s);
    if (all.read.audited)
        add_book(p, &all);
    series_data_free(&all);
}
