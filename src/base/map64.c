/* Open addressing with linear probing, at most three quarters full; removing moves what follows
 * back (Knuth, The Art of Computer Programming, volume 3, 6.4, algorithm R), so that nothing marks
 * holes. */
#include "base/map64.h"

#include <assert.h>

#include "base/mem.h"

enum { PART_BITS = 6, PARTS = 1 << PART_BITS, FIRST_BITS = 4 };

struct entry {
    uint64_t not_key; /* ~key; 0: free */
    uint64_t value;
};

struct map64_part {
    struct entry *entries;
    size_t used;
    unsigned bits; /* there are 1 << bits entries; 0: none */
};

/* Fibonacci hashing: the high bits of a product with 2^64 / golden ratio. */
static uint64_t hash(uint64_t key)
{
    return key * UINT64_C(0x9e3779b97f4a7c15);
}

static struct map64_part *part_of(const struct map64 *m, uint64_t key)
{
    return &m->parts[hash(key) >> (64 - PART_BITS)];
}

static size_t mask_of(const struct map64_part *p)
{
    return ((size_t)1 << p->bits) - 1;
}

static size_t home_of(const struct map64_part *p, uint64_t key)
{
    return (size_t)(hash(key) << PART_BITS >> (64 - p->bits));
}

/* Where the key is, or the free place where it belongs. */
static size_t place_of(const struct map64_part *p, uint64_t key)
{
    size_t i = home_of(p, key);
    while (p->entries[i].not_key && p->entries[i].not_key != ~key)
        i = (i + 1) & mask_of(p);
    return i;
}

static struct entry *find(const struct map64 *m, uint64_t key)
{
    assert(key != UINT64_MAX);
    if (!m->parts || part_of(m, key)->bits == 0)
        return NULL;
    struct map64_part *p = part_of(m, key);
    struct entry *e = &p->entries[place_of(p, key)];
    return e->not_key ? e : NULL;
}

bool map64_get(const struct map64 *m, uint64_t key, uint64_t *value)
{
    const struct entry *e = find(m, key);
    if (e)
        *value = e->value;
    return e != NULL;
}

static void enlarge(struct map64_part *p)
{
    struct map64_part bigger = {.bits = p->bits ? p->bits + 1 : FIRST_BITS, .used = p->used};
    bigger.entries = mem_array((size_t)1 << bigger.bits, sizeof *bigger.entries);
    for (size_t i = 0; p->bits && i <= mask_of(p); i++)
        if (p->entries[i].not_key)
            bigger.entries[place_of(&bigger, ~p->entries[i].not_key)] = p->entries[i];
    mem_free(p->entries);
    *p = bigger;
}

void map64_put(struct map64 *m, uint64_t key, uint64_t value)
{
    assert(key != UINT64_MAX);
    if (!m->parts)
        m->parts = mem_array(PARTS, sizeof *m->parts);
    struct map64_part *p = part_of(m, key);
    if (p->bits == 0 || p->used * 4 >= (mask_of(p) + 1) * 3)
        enlarge(p);
    struct entry *e = &p->entries[place_of(p, key)];
    p->used += e->not_key == 0;
    *e = (struct entry){~key, value};
}

/* Closes the hole: what follows it and would not be found beyond it moves into it. */
static void close_hole(struct map64_part *p, size_t hole)
{
    size_t mask = mask_of(p);
    for (size_t i = (hole + 1) & mask; p->entries[i].not_key; i = (i + 1) & mask) {
        size_t from_home = (i - home_of(p, ~p->entries[i].not_key)) & mask;
        if (from_home >= ((i - hole) & mask)) {
            p->entries[hole] = p->entries[i];
            hole = i;
        }
    }
    p->entries[hole] = (struct entry){0, 0};
    p->used--;
}

bool map64_take(struct map64 *m, uint64_t key, uint64_t *value)
{
    const struct entry *e = find(m, key);
    if (!e)
        return false;
    struct map64_part *p = part_of(m, key);
    *value = e->value;
    close_hole(p, (size_t)(e - p->entries));
    return true;
}

void map64_free(struct map64 *m)
{
    for (size_t i = 0; m->parts && i < PARTS; i++)
        mem_free(m->parts[i].entries);
    mem_free(m->parts);
    *m = (struct map64){NULL};
}
