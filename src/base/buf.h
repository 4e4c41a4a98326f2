/* base/buf.h: a growing run of bytes. Starts as {0}; buf_free gives the memory back. */
#ifndef WEIR_BASE_BUF_H
#define WEIR_BASE_BUF_H

#include <stdarg.h>

#include "base/str.h"

struct buf {
    char *p;         /* the bytes; not zero-terminated */
    size_t n;        /* bytes used */
    size_t capacity; /* bytes allocated */
};

void buf_reserve(struct buf *b, size_t more); /* room for `more` bytes behind the end */
void buf_add(struct buf *b, const void *bytes, size_t n);
void buf_str(struct buf *b, str s);
void buf_char(struct buf *b, char c);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *format, va_list args);
void buf_drop(struct buf *b, size_t first); /* removes the first bytes, moves the rest down */
str buf_view(const struct buf *b);          /* valid until the next change */
void buf_free(struct buf *b);

#endif
