/* Slabs of 64 KiB; what is free is poisoned for AddressSanitizer. */
#include "base/pool.h"

#include <sanitizer/asan_interface.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { SLAB = 64 * 1024 };

struct pool_slab {
    struct pool_slab *older;
};

void pool_init(struct pool *p, size_t bytes)
{
    *p = (struct pool){.each = (bytes + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE};
}

static void add_slab(struct pool *p)
{
    size_t bytes = CACHE_LINE + (SLAB > p->each ? SLAB / p->each : 1) * p->each;
    struct pool_slab *s = aligned_alloc(CACHE_LINE, bytes);
    if (!s)
        mem_out(bytes);
    memset(s, 0, bytes);
    s->older = p->slabs;
    p->slabs = s;
    p->next = (char *)s + CACHE_LINE;
    p->end = (char *)s + bytes;
}

void *pool_take(struct pool *p)
{
    char *object = p->free;
    if (object) {
        ASAN_UNPOISON_MEMORY_REGION(object, p->each);
        p->free = *(void **)object;
        return object;
    }
    if (p->next == p->end)
        add_slab(p);
    object = p->next;
    p->next += p->each;
    return object;
}

void pool_give(struct pool *p, void *object)
{
    *(void **)object = p->free;
    p->free = object;
    ASAN_POISON_MEMORY_REGION(object, p->each);
}

void pool_free(struct pool *p)
{
    for (struct pool_slab *older, *s = p->slabs; s; s = older) {
        older = s->older;

        free(s);
    }
    pool_init(p, p->each);
}
