/* Bump allocation in blocks of 4 KiB; larger requests get a block of their own. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

struct arena_block {
    struct arena_block *older; /* next in the chain */
    size_t used, size;         /* bytes of `data` */
    alignas(max_align_t) char data[];
};

enum { BLOCK = 4096 };

void *arena_alloc(struct arena *arena, size_t bytes)
{
    const size_t mask = alignof(max_align_t) - 1;
    bytes = (bytes + mask) & ~mask;
    struct arena_block *b = arena->last;
    if (!b || b->size - b->used < bytes) {
        size_t size = bytes > BLOCK ? bytes : BLOCK;
        b = mem_zero(sizeof *b + size);
        b->size = size;
        b->older = arena->last;
        arena->last = b;
    }
    void *p = b->data + b->used;
    b->used += bytes;
    return p;
}

str arena_dup(struct arena *arena, str s)
{
    char *p = arena_alloc(arena, s.n + 1);
    if (s.n)
        memcpy(p, s.p, s.n);
    return (str){p, s.n};
}

const char *arena_z(struct arena *arena, str s)
{
    return arena_dup(arena, s).p;
}

str arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    char none[1]; /* only the length is wanted */
    int n = vsnprintf(none, sizeof none, format, args);
    va_end(args);
    char *p = arena_alloc(arena, (size_t)n + 1);
    vsnprintf(p, (size_t)n + 1, format, again);
    va_end(again);
    return (str){p, (size_t)n};
}

void arena_free(struct arena *arena)
{
    while (arena->last) {
        struct arena_block *b = arena->last;
        arena->last = b->older;
        mem_free(b);
    }
}
