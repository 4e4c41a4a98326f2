/* Rare things, counted by key in a short vector. */
#include "stats/tally.h"

#include <assert.h>

#include "base/mem.h"

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

/* Index of the row with this key, made when there is none. */
static size_t row_of(struct tally *t, struct tally_key key)
{
    for (size_t i = 0; i < t->used; i++)
        if (same_key(t->rows[i].key, key))
            return i;
    t->rows = mem_room(t->rows, t->used, &t->capacity, sizeof *t->rows);
    t->rows[t->used] = (struct tally_row){.key = key};
    return t->used++;
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
}

void tally_free(struct tally *t)
{
    mem_free(t->rows);
    *t = (struct tally){0};
}
