/* Sources in a list, found by producer; each with the set of its numbers and a lane for each
 * partition. */
#include "stats/audit.h"

#include "base/mem.h"

#define NUMBERS_END (UINT64_C(1) << 63)

/* ---- sources ---- */

static bool same(const struct audit_producer *a, const struct audit_producer *b)
{
    return a->run == b->run && a->driver == b->driver && a->worker == b->worker;
}

/* Fibonacci hashing: the high bits are the good ones. */
static size_t place_of(const struct audit *a, const struct audit_producer *p)
{
    uint64_t mixed =
        p->run ^ ((uint64_t)p->driver << 16 | p->worker) * UINT64_C(0x9e3779b97f4a7c15);
    size_t i = (size_t)((mixed * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & (a->size - 1);
    while (a->places[i] && !same(&a->sources[a->places[i] - 1]->producer, p))
        i = (i + 1) & (a->size - 1);
    return i;
}

static void make_places(struct audit *a)
{
    if (a->size > 2 * a->n)
        return;
    a->size = a->size ? 4 * a->size : 16;
    mem_free(a->places);
    a->places = mem_array(a->size, sizeof *a->places);
    for (size_t i = 0; i < a->n; i++)
        a->places[place_of(a, &a->sources[i]->producer)] = i + 1;
}

static struct audit_source *source_of(struct audit *a, const struct audit_producer *p)
{
    if (a->n && same(&a->sources[a->last]->producer, p))
        return a->sources[a->last];
    make_places(a);
    size_t place = place_of(a, p);
    if (!a->places[place]) {
        struct audit_source *new = mem_zero(sizeof *new);
        new->producer = *p;
        a->sources = mem_room(a->sources, a->n, &a->capacity, sizeof(struct audit_source *));
        a->sources[a->n++] = new;
        a->places[place] = a->n;
    }
    a->last = a->places[place] - 1;
    return a->sources[a->last];
}

static struct audit_lane *lane_of(struct audit_source *s, unsigned partition)
{
    if (partition >= s->n_lanes) {
        s->lanes = mem_grow(s->lanes, (partition + 1) * sizeof *s->lanes);
        for (; s->n_lanes <= partition; s->n_lanes++)
            s->lanes[s->n_lanes] = (struct audit_lane){.reordered = 0};
    }
    return &s->lanes[partition];
}

static bool is_used(const struct audit_lane *l)
{
    return l->records[RECORD_FIRST] + l->records[RECORD_DUPLICATE] > 0;
}

/* ---- records ---- */

static void keep(struct audit_offenders *o, const struct audit_offender *one)
{
    if (o->n < AUDIT_OFFENDERS)
        o->list[o->n++] = *one;
}

/* In its lane: before all others, or behind one that is higher. Duplicates have no order. */
static void note_order(struct audit *a, struct audit_lane *lane, const struct audit_offender *one)
{
    if (!is_used(lane))
        lane->begun = lane->highest = one->number;
    if (one->number >= lane->highest) {
        lane->highest = one->number;
        return;
    }
    lane->reordered++;
    a->reordered++;
    keep(&a->offenders[OFFENCE_REORDERED], one);
}

enum record_class audit_record(struct audit *a, const struct audit_producer *p, uint64_t number,
                               unsigned partition, int64_t offset)
{
    if (number >= NUMBERS_END) {
        audit_odd_one(a, RECORD_CORRUPT, partition, offset);
        return RECORD_CORRUPT;
    }
    const struct audit_offender one = {partition, offset, number, *p};
    struct audit_source *s = source_of(a, p);
    struct audit_lane *lane = lane_of(s, partition);
    enum record_class class = seqset_add(&s->seen, number) ? RECORD_FIRST : RECORD_DUPLICATE;
    if (class == RECORD_FIRST)
        note_order(a, lane, &one);
    else
        keep(&a->offenders[OFFENCE_DUPLICATE], &one);
    if (!is_used(lane))
        lane->begun = lane->highest = number;
    lane->records[class]++;
    a->classes[class]++;
    return class;
}

void audit_odd_one(struct audit *a, enum record_class class, unsigned partition, int64_t offset)
{
    const struct audit_offender one = {.partition = partition, .offset = offset};
    a->classes[class]++;
    keep(&a->offenders[class == RECORD_CORRUPT ? OFFENCE_CORRUPT : OFFENCE_FOREIGN], &one);
}

/* ---- merging ---- */

static void merge_lane(struct audit_lane *into, const struct audit_lane *from)
{
    if (!is_used(from))
        return;
    if (!is_used(into)) {
        *into = *from;
        return;
    }
    for (int i = 0; i < RECORD_CORRUPT; i++)
        into->records[i] += from->records[i];
    into->reordered += from->reordered;
    into->begun = from->begun < into->begun ? from->begun : into->begun;
    into->highest = from->highest > into->highest ? from->highest : into->highest;
}

/* How many numbers both have. */
static uint64_t merge_source(struct audit_source *into, const struct audit_source *from)
{
    for (unsigned i = 0; i < from->n_lanes; i++)
        merge_lane(lane_of(into, i), &from->lanes[i]);
    return seqset_merge(&into->seen, &from->seen);
}

void audit_merge(struct audit *into, const struct audit *from)
{
    uint64_t both = 0;
    for (size_t i = 0; i < from->n; i++)
        both += merge_source(source_of(into, &from->sources[i]->producer), from->sources[i]);
    for (int i = 0; i < RECORD_CLASSES; i++)
        into->classes[i] += from->classes[i];
    into->classes[RECORD_FIRST] -= both;
    into->classes[RECORD_DUPLICATE] += both;
    into->reordered += from->reordered;
    for (int i = 0; i < OFFENCES; i++)
        for (unsigned j = 0; j < from->offenders[i].n; j++)
            keep(&into->offenders[i], &from->offenders[i].list[j]);
}

/* ---- what was lost ---- */

/* Numbers of a source that can be judged: begin <= number < end. */
struct judged {
    uint64_t begin, end;
};

static struct judged judge(const struct audit_source *s, const struct audit_reading *partitions,
                           unsigned n)
{
    struct judged j = {0, s->seen.highest + 1};
    for (unsigned i = 0; i < n; i++) {
        const struct audit_lane *lane =
            i < s->n_lanes && is_used(&s->lanes[i]) ? &s->lanes[i] : NULL;
        const struct audit_reading *p = &partitions[i];
        if (lane && !p->from_zero && lane->begun > j.begin)
            j.begin = lane->begun;
        uint64_t got_to = lane && p->read ? lane->highest : 0;
        if (!(p->read && p->to_end) && got_to < j.end)
            j.end = got_to;
    }
    return j;
}

static void note_lost(struct audit_source *s, uint64_t first, uint64_t last)
{
    if (first > last)
        return;
    if (s->gaps < AUDIT_GAPS)
        s->first[s->gaps] = (struct audit_gap){first, last};
    s->gaps++;
    s->lost += last - first + 1;
}

static void find_lost(struct audit_source *s, struct judged j)
{
    uint64_t first, last;
    for (uint64_t from = j.begin; seqset_gap(&s->seen, from, &first, &last); from = last + 1) {
        uint64_t known = last < j.end ? last + 1 : first < j.end ? j.end : first;
        if (known > first)
            note_lost(s, first, known - 1);
        s->unread += last + 1 - known;
    }
}

static void keep_partitions(struct audit *a, const struct audit_reading *partitions, unsigned n)
{
    mem_free(a->partitions);
    a->partitions = mem_array(n, sizeof *a->partitions);
    a->n_partitions = n;
    for (unsigned i = 0; i < n; i++)
        a->partitions[i] = partitions[i];
}

void audit_conclude(struct audit *a, const struct audit_reading *partitions, unsigned n)
{
    keep_partitions(a, partitions, n);
    a->lost = a->gaps = a->unread = 0;
    for (size_t i = 0; i < a->n; i++) {
        struct audit_source *s = a->sources[i];
        s->lost = s->gaps = s->unread = 0;
        find_lost(s, judge(s, partitions, n));
        a->lost += s->lost;
        a->gaps += s->gaps;
        a->unread += s->unread;
    }
}

bool audit_is_clean(const struct audit *a)
{
    return a->classes[RECORD_FIRST] > 0 && a->lost == 0 && a->classes[RECORD_DUPLICATE] == 0 &&
           a->classes[RECORD_CORRUPT] == 0 && a->reordered == 0;
}

uint64_t audit_received(const struct audit *a)
{
    uint64_t sum = 0;
    for (int i = 0; i < RECORD_CLASSES; i++)
        sum += a->classes[i];
    return sum;
}

size_t audit_bytes(const struct audit *a)
{
    size_t bytes = a->capacity * sizeof *a->sources + a->size * sizeof *a->places;
    for (size_t i = 0; i < a->n; i++)
        bytes += sizeof *a->sources[i] + seqset_bytes(&a->sources[i]->seen) +
                 a->sources[i]->n_lanes * sizeof *a->sources[i]->lanes;
    return bytes;
}

void audit_free(struct audit *a)
{
    for (size_t i = 0; i < a->n; i++) {
        seqset_free(&a->sources[i]->seen);
        mem_free(a->sources[i]->lanes);
        mem_free(a->sources[i]);
    }
    mem_free(a->sources);
    mem_free(a->places);
    mem_free(a->partitions);
    *a = (struct audit){.n = 0};
}
