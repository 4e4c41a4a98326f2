/* stats/tally.h: counters for what is rare or of few kinds: replies by status number, failures by
 * cause. A key is a number or a text. A tally mostly has few rows, and one kind mostly comes many
 * times in a row: the row of the last hit is tried first, then all in order, or from an index where
 * a script has made up thousands. One thread at a time. */
#ifndef WEIR_STATS_TALLY_H
#define WEIR_STATS_TALLY_H

#include "base/str.h"

struct tally_key {
    str text;        /* empty: the key is the number. Not copied: lives as long as the plan */
    uint32_t number; /* 0 when the key is a text */
};

struct tally_row {
    struct tally_key key;
    uint64_t count; /* never 0 */
};

struct tally {
    struct tally_row *rows; /* in the order of their first use */
    size_t used, capacity;  /* rows */
    size_t last;            /* the row of the last hit; means nothing while used is 0 */
    uint32_t *index;        /* of many rows: 1 + the row, from its key's hash on; 0: free */
    size_t index_size;      /* a power of two, at least twice the rows in it; 0: there is none */
};

struct tally_key tally_number(uint32_t number);
struct tally_key tally_text(str text); /* not empty */

/* Starts as {0}. Texts are the same key when their bytes are, wherever they lie. */
void tally_add(struct tally *t, struct tally_key key, uint64_t times);
uint64_t tally_total(const struct tally *t); /* of all keys */
void tally_merge(struct tally *into, const struct tally *from);
void tally_clear(struct tally *t); /* no rows, keeps its memory */
void tally_free(struct tally *t);  /* no rows, holds no memory */

#endif
