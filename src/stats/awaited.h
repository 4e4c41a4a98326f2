/* stats/awaited.h: the book of records that scripts await (kafka:consume): what was seen on their
 * topics, and what calls took of it. */
#ifndef WEIR_STATS_AWAITED_H
#define WEIR_STATS_AWAITED_H

#include <stdint.h>

/* Starts as {0}. seen = taken + unclaimed. */
struct awaited_book {
    uint64_t seen, taken;
};

/* What no call took. A second alone may have taken what another has seen. */
static inline uint64_t awaited_book_unclaimed(const struct awaited_book *b)
{
    return b->seen > b->taken ? b->seen - b->taken : 0;
}

static inline void awaited_book_merge(struct awaited_book *into, const struct awaited_book *from)
{
    into->seen += from->seen;
    into->taken += from->taken;
}

#endif
