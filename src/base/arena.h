/* base/arena.h: memory that lives and dies together (a plan, a summary). Nothing is freed alone. */
#ifndef WEIR_BASE_ARENA_H
#define WEIR_BASE_ARENA_H

#include "base/str.h"

struct arena_block;

struct arena {
    struct arena_block *last; /* newest block; the older ones hang on it */
};

/* Starts as {0}. Memory is cleared and aligned for any type; it lives until arena_free. */
void *arena_alloc(struct arena *arena, size_t bytes);
str arena_dup(struct arena *arena, str s);       /* a copy, zero-terminated behind its end */
const char *arena_z(struct arena *arena, str s); /* the same, as a C string */
str arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void arena_free(struct arena *arena);

#endif
