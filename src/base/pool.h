/* base/pool.h: objects of one size by the million: taken from slabs, each at the beginning of a
 * cache line, given back to a free list. What is taken one after the other lies one behind the
 * other, so that whoever walks through them in that order is served by the processor's prefetcher.
 * One thread. */
#ifndef WEIR_BASE_POOL_H
#define WEIR_BASE_POOL_H

#include <stddef.h>

enum { CACHE_LINE = 64 };

struct pool_slab;

struct pool {
    size_t each;             /* bytes of an object, a multiple of a cache line */
    void *free;              /* given back: the first bytes of each point to the next */
    char *next, *end;        /* of the newest slab: what was never taken */
    struct pool_slab *slabs; /* newest first */
};

void pool_init(struct pool *p, size_t bytes);
/* Zeroed when it was never taken before, else as it was given back but for its first bytes. */
void *pool_take(struct pool *p);
void pool_give(struct pool *p, void *object);
void pool_free(struct pool *p); /* all objects, taken or not */

#endif
