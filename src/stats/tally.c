/* Rare things, counted by key in a vector; where it is long, with an index of open addressing. */
#include "stats/tally.h"

#include <assert.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"

enum { FEW = 16 }; /* rows that are looked through as fast as an index is asked */

struct tally_key tally_number(uint32_t number)
{
    return (struct tally_key){.number = number};
}

struct tally_key tally_text(str text)
{
    assert(text.n > 0);
    return (struct tally_key){.text = text};
}

/* The same text mostly is the same pointer; two workers or two files may hold it twice. */
static bool same_key(struct tally_key a, struct tally_key b)
{
    if (a.number != b.number || a.text.n != b.text.n)
        return false;
    return a.text.p == b.text.p || str_eq(a.text, b.text);
}

/* Where the search for a key in the index begins. */
static size_t place_of(const struct tally *t, struct tally_key key)
{
    const uint64_t odd = 0x9E3779B97F4A7C15; /* 2^64 / golden ratio: spreads numbers (Knuth, 6.4) */
    uint64_t hash = key.text.n > 0 ? map_hash(key.text) : key.number * odd;
    return (hash ^ hash >> 32) & (t->index_size - 1);
}

static void index_row(struct tally *t, size_t row)
{
    size_t at = place_of(t, t->rows[row].key);
    while (t->index[at] != 0)
        at = (at + 1) & (t->index_size - 1);
    t->index[at] = (uint32_t)row + 1;
}

/* Of all rows, with room for as many again. */
static void make_index(struct tally *t)
{
    mem_free(t->index);
    t->index_size = t->index_size == 0 ? 4 * FEW : 2 * t->index_size;
    t->index = mem_array(t->index_size, sizeof *t->index);
    for (size_t i = 0; i < t->used; i++)
        index_row(t, i);
}

/* The row with this key; as many as there are rows: there is none. */
static size_t find(const struct tally *t, struct tally_key key)
{
    if (t->index_size == 0) {
        size_t i = 0;
        while (i < t->used && !same_key(t->rows[i].key, key))
            i++;
        return i;
    }
    size_t at = place_of(t, key);
    while (t->index[at] != 0 && !same_key(t->rows[t->index[at] - 1].key, key))
        at = (at + 1) & (t->index_size - 1);
    return t->index[at] != 0 ? t->index[at] - 1 : t->used;
}

/* The row with this key, made when there is none. */
static size_t row_of(struct tally *t, struct tally_key key)
{
    size_t row = find(t, key);
    if (row < t->used)
        return row;
    t->rows = mem_room(t->rows, t->used, &t->capacity, sizeof *t->rows);
    t->rows[t->used++] = (struct tally_row){.key = key};
    if (t->used > FEW && t->used * 2 > t->index_size)
        make_index(t);
    else if (t->index_size > 0)
        index_row(t, row);
    return row;
}

void tally_add(struct tally *t, struct tally_key key, uint64_t times)
{
    if (times == 0)
        return;
    if (t->used == 0 || !same_key(t->rows[t->last].key, key))
        t->last = row_of(t, key);
    t->rows[t->last].count += times;
}

uint64_t tally_total(const struct tally *t)
{
    uint64_t total = 0;
    for (size_t i = 0; i < t->used; i++)
        total += t->rows[i].count;
    return total;
}

void tally_merge(struct tally *into, const struct tally *from)
{
    for (size_t i = 0; i < from->used; i++)
        tally_add(into, from->rows[i].key, from->rows[i].count);
}

void tally_clear(struct tally *t)
{
    t->used = 0;
    mem_free(t->index);
    t->index = NULL;
    t->index_size = 0;
}

void tally_free(struct tally *t)
{
    mem_free(t->rows);
    mem_free(t->index);
    *t = (struct tally){0};
}
