/* stats/seqset.h: a set of sequence numbers, for those that come nearly in order and nearly all:
 * 0, 1, 2 … Where all came it costs next to nothing, where they are ragged a bit for each number:
 * 100 million in any order fit into 14 MB. One thread at a time. */
#ifndef WEIR_STATS_SEQSET_H
#define WEIR_STATS_SEQSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SEQSET_CHUNK = 4096 }; /* numbers */

/* Whole chunks in a row, or a ragged one. */
struct seqset_part {
    uint64_t chunk; /* the number of the first */
    uint64_t whole; /* so many have all their numbers; 0: it is ragged */
    uint64_t *bits; /* of the ragged one */
    unsigned set;   /* so many are set */
};

/* Starts as {0}. */
struct seqset {
    struct seqset_part *parts; /* ascending, whole ones that touch are one */
    size_t n, capacity;
    size_t last; /* of the last hit */
    uint64_t count;
    uint64_t highest; /* means nothing while count is 0 */
};

bool seqset_add(struct seqset *s, uint64_t number); /* false: it was there */
bool seqset_has(const struct seqset *s, uint64_t number);

/* Adds what another one holds; how many numbers were in both. */
uint64_t seqset_merge(struct seqset *into, const struct seqset *from);

/* The first stretch at or behind `from` of numbers that are missing, first to last; those that are
 * above all others are not missing. False: none. */
bool seqset_gap(const struct seqset *s, uint64_t from, uint64_t *first, uint64_t *last);

size_t seqset_bytes(const struct seqset *s); /* memory that it holds */
void seqset_free(struct seqset *s);

#endif
