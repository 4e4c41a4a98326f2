/* base/map64.h: numbers to numbers, by the million, on the path of calls: kept in parts that grow
 * one by one, so that no call waits while all of it is moved. 16 bytes an entry, 21 to 43 with the
 * room between. Starts as {0}; never shrinks. One thread at a time. */
#ifndef WEIR_BASE_MAP64_H
#define WEIR_BASE_MAP64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct map64_part;

struct map64 {
    struct map64_part *parts; /* by the key's hash; NULL: nothing was put in yet */
};

/* Any key but UINT64_MAX. False: it is not there. */
bool map64_get(const struct map64 *m, uint64_t key, uint64_t *value);
void map64_put(struct map64 *m, uint64_t key, uint64_t value);   /* instead of what was there */
bool map64_take(struct map64 *m, uint64_t key, uint64_t *value); /* gets and removes */
void map64_free(struct map64 *m);

#endif
