/* Open addressing with linear probing, at most three quarters full. */
#include "base/map.h"

#include "base/mem.h"

uint64_t map_hash(str key)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < key.n; i++)
        h = (h ^ (unsigned char)key.p[i]) * UINT64_C(0x100000001b3);
    return h;
}

static struct map_entry *place(const struct map *m, str key)
{
    size_t i = (size_t)map_hash(key) & (m->size - 1);
    while (m->entries[i].value && !str_eq(m->entries[i].key, key))
        i = (i + 1) & (m->size - 1);
    return &m->entries[i];
}

void *map_get(const struct map *m, str key)
{
    return m->size ? place(m, key)->value : NULL;
}

static void enlarge(struct map *m)
{
    struct map bigger = {.size = m->size ? m->size * 2 : 16, .used = m->used};
    bigger.entries = mem_array(bigger.size, sizeof *bigger.entries);
    for (size_t i = 0; i < m->size; i++)
        if (m->entries[i].value)
            *place(&bigger, m->entries[i].key) = m->entries[i];
    mem_free(m->entries);
    *m = bigger;
}

void map_put(struct map *m, str key, void *value)
{
    if (m->used * 4 >= m->size * 3)
        enlarge(m);
    struct map_entry *e = place(m, key);
    if (!e->value)
        m->used++;
    *e = (struct map_entry){key, value};
}

void map_free(struct map *m)
{
    mem_free(m->entries);
    *m = (struct map){0};
}
