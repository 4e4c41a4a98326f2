/* target/inbox.h: bytes of one connection that came before they could be used: part of a request,
 * or requests behind one that is still being answered. Each byte keeps the time at which the kernel
 * got it, so that a request that had to wait is logged with its true arrival. */
#ifndef WEIR_TARGET_INBOX_H
#define WEIR_TARGET_INBOX_H

#include "base/buf.h"

/* Starts as {0}; an empty one holds no memory. */
struct inbox {
    struct buf bytes;
    struct inbox_mark {
        size_t n;          /* bytes that came together */
        uint64_t stamp_ns; /* when, wall clock; 0: not known */
    } * marks;             /* their sum is bytes.n */
    size_t n_marks, capacity;
};

void inbox_add(struct inbox *in, str bytes, uint64_t stamp_ns);
uint64_t inbox_stamp(const struct inbox *in, size_t offset); /* of the byte there */
void inbox_drop(struct inbox *in, size_t first);             /* these were used */
void inbox_free(struct inbox *in);

#endif
