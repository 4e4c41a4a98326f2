/* A growing run of bytes. */
#include "base/buf.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"

void buf_reserve(struct buf *b, size_t more)
{
    size_t need;
    if (__builtin_add_overflow(b->n, more, &need))
        mem_out(more);
    if (need <= b->capacity)
        return;
    size_t size = b->capacity ? b->capacity : 64;
    while (size < need)
        size += size / 2 + 8;
    b->p = mem_grow(b->p, size);
    b->capacity = size;
}

void buf_add(struct buf *b, const void *bytes, size_t n)
{
    if (n == 0)
        return;
    buf_reserve(b, n);
    memcpy(b->p + b->n, bytes, n);
    b->n += n;
}

void buf_str(struct buf *b, str s)
{
    buf_add(b, s.p, s.n);
}

void buf_char(struct buf *b, char c)
{
    buf_add(b, &c, 1);
}

void buf_vprintf(struct buf *b, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    char none[1]; /* only the length is wanted */
    int n = vsnprintf(none, sizeof none, format, args);
    buf_reserve(b, (size_t)n + 1);
    vsnprintf(b->p + b->n, (size_t)n + 1, format, again);
    va_end(again);
    b->n += (size_t)n;
}

void buf_printf(struct buf *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    buf_vprintf(b, format, args);
    va_end(args);
}

void buf_drop(struct buf *b, size_t first)
{
    if (first >= b->n) {
        b->n = 0;
        return;
    }
    memmove(b->p, b->p + first, b->n - first);
    b->n -= first;
}

str buf_view(const struct buf *b)
{
    return (str){b->p, b->n};
}

void buf_free(struct buf *b)
{
    mem_free(b->p);
    *b = (struct buf){0};
}
