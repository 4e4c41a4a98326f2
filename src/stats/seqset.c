/* Parts in an ascending array: a number finds its part where the last one was, or by halving. A
 * ragged chunk that is complete joins its neighbours. */
#include "stats/seqset.h"

#include <string.h>

#include "base/mem.h"

enum { WORDS = SEQSET_CHUNK / 64 };

static bool holds(const struct seqset_part *p, uint64_t chunk)
{
    return chunk >= p->chunk && chunk - p->chunk < (p->whole ? p->whole : 1);
}

/* The first part that ends behind the chunk; n when there is none. */
static size_t find(const struct seqset *s, uint64_t chunk)
{
    size_t low = 0, high = s->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct seqset_part *p = &s->parts[middle];
        if (p->chunk + (p->whole ? p->whole : 1) <= chunk)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static size_t find_near(struct seqset *s, uint64_t chunk)
{
    if (s->last >= s->n || !holds(&s->parts[s->last], chunk))
        s->last = find(s, chunk);
    return s->last;
}

static void insert(struct seqset *s, size_t at, struct seqset_part part)
{
    s->parts = mem_room(s->parts, s->n, &s->capacity, sizeof *s->parts);
    memmove(&s->parts[at + 1], &s->parts[at], (s->n - at) * sizeof *s->parts);
    s->parts[at] = part;
    s->n++;
}

static void take_out(struct seqset *s, size_t at)
{
    s->n--;
    memmove(&s->parts[at], &s->parts[at + 1], (s->n - at) * sizeof *s->parts);
}

/* Parts `at` and the one behind it are whole and touch. */
static bool touch(const struct seqset *s, size_t at)
{
    const struct seqset_part *p = &s->parts[at];
    return at + 1 < s->n && p->whole && p[1].whole && p->chunk + p->whole == p[1].chunk;
}

static void join_neighbours(struct seqset *s, size_t at)
{
    if (touch(s, at)) {
        s->parts[at].whole += s->parts[at + 1].whole;
        take_out(s, at + 1);
    }
    if (at > 0 && touch(s, at - 1)) {
        s->parts[at - 1].whole += s->parts[at].whole;
        take_out(s, at);
        s->last = at - 1;
    }
}

static void complete(struct seqset *s, size_t at)
{
    mem_free(s->parts[at].bits);
    s->parts[at].bits = NULL;
    s->parts[at].whole = 1;
    join_neighbours(s, at);
}

/* The part of that chunk, made ragged and empty when it is not there. */
static struct seqset_part *part_of(struct seqset *s, uint64_t chunk)
{
    size_t at = find_near(s, chunk);
    if (at == s->n || !holds(&s->parts[at], chunk))
        insert(s, at,
               (struct seqset_part){.chunk = chunk, .bits = mem_array(WORDS, sizeof(uint64_t))});
    return &s->parts[at];
}

bool seqset_add(struct seqset *s, uint64_t number)
{
    struct seqset_part *p = part_of(s, number / SEQSET_CHUNK);
    uint64_t bit = UINT64_C(1) << (number % 64);
    uint64_t *word = p->whole ? NULL : &p->bits[number % SEQSET_CHUNK / 64];
    if (!word || (*word & bit))
        return false;
    *word |= bit;
    if (number > s->highest || s->count == 0)
        s->highest = number;
    s->count++;
    if (++p->set == SEQSET_CHUNK)
        complete(s, s->last);
    return true;
}

/* The part that holds the chunk; NULL: none. */
static const struct seqset_part *look(const struct seqset *s, uint64_t chunk)
{
    size_t at = find(s, chunk);
    return at < s->n && holds(&s->parts[at], chunk) ? &s->parts[at] : NULL;
}

bool seqset_has(const struct seqset *s, uint64_t number)
{
    const struct seqset_part *p = look(s, number / SEQSET_CHUNK);
    return p && (p->whole || p->bits[number % SEQSET_CHUNK / 64] >> (number % 64) & 1);
}

/* ---- merging ---- */

static uint64_t merge_bits(struct seqset *into, uint64_t chunk, const uint64_t *bits, unsigned set)
{
    struct seqset_part *p = part_of(into, chunk);
    uint64_t both = 0;
    if (p->whole)
        return set;
    for (unsigned i = 0; i < WORDS; i++) {
        both += (unsigned)__builtin_popcountll(p->bits[i] & bits[i]);
        p->bits[i] |= bits[i];
    }
    p->set += set - (unsigned)both;
    into->count += set - both;
    if (p->set == SEQSET_CHUNK)
        complete(into, into->last);
    return both;
}

static uint64_t merge_part(struct seqset *into, const struct seqset_part *p)
{
    uint64_t all[WORDS], both = 0;
    if (!p->whole)
        return merge_bits(into, p->chunk, p->bits, p->set);
    memset(all, 0xff, sizeof all);
    for (uint64_t i = 0; i < p->whole; i++)
        both += merge_bits(into, p->chunk + i, all, SEQSET_CHUNK);
    return both;
}

uint64_t seqset_merge(struct seqset *into, const struct seqset *from)
{
    uint64_t both = 0;
    if (from->count && (from->highest > into->highest || into->count == 0))
        into->highest = from->highest;
    for (size_t i = 0; i < from->n; i++)
        both += merge_part(into, &from->parts[i]);
    return both;
}

/* ---- gaps ---- */

/* Of the ragged part from `from` on: the first number that is there (or not), or the first behind
 * the part. */
static uint64_t next_bit(const struct seqset_part *p, uint64_t from, bool there)
{
    uint64_t end = (p->chunk + 1) * SEQSET_CHUNK;
    while (from < end) {
        uint64_t word = p->bits[from % SEQSET_CHUNK / 64];
        uint64_t left = (there ? word : ~word) >> (from % 64);
        if (left)
            return from + (unsigned)__builtin_ctzll(left);
        from = (from / 64 + 1) * 64;
    }
    return end;
}

/* The first number from `from` on that is there (or not); behind the highest: none. */
static uint64_t next_that_is(const struct seqset *s, uint64_t from, bool there)
{
    for (size_t at = find(s, from / SEQSET_CHUNK); at < s->n; at++) {
        const struct seqset_part *p = &s->parts[at];
        uint64_t begin = p->chunk * SEQSET_CHUNK;
        if (from < begin && !there)
            return from;
        from = from < begin ? begin : from;
        uint64_t end = begin + (p->whole ? p->whole : 1) * SEQSET_CHUNK;
        uint64_t next = !p->whole ? next_bit(p, from, there) : there ? from : end;
        if (next < end)
            return next;
        from = end;
    }
    return from;
}

bool seqset_gap(const struct seqset *s, uint64_t from, uint64_t *first, uint64_t *last)
{
    if (s->count == 0)
        return false;
    *first = next_that_is(s, from, false);
    if (*first > s->highest)
        return false;
    *last = next_that_is(s, *first, true) - 1; /* the highest is there */
    return true;
}

/* ---- memory ---- */

size_t seqset_bytes(const struct seqset *s)
{
    size_t bytes = s->capacity * sizeof *s->parts;
    for (size_t i = 0; i < s->n; i++)
        bytes += s->parts[i].bits ? WORDS * sizeof(uint64_t) : 0;
    return bytes;
}

void seqset_free(struct seqset *s)
{
    for (size_t i = 0; i < s->n; i++)
        mem_free(s->parts[i].bits);
    mem_free(s->parts);
    *s = (struct seqset){.n = 0};
}
