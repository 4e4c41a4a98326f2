/* scenario/feed.h: in which order rows are given out, over all workers of a run. Shared by them: a
 * counter for each worker, no lock. Pure but for these. */
#ifndef WEIR_SCENARIO_FEED_H
#define WEIR_SCENARIO_FEED_H

#include "base/err.h"
#include "base/rng.h"
#include "base/str.h"
#include "load/share.h"

enum feed_mode {
    FEED_QUEUE,    /* each row once: a worker's own (every n-th) in order, then what others left */
    FEED_SHUFFLE,  /* the same, in an order that the seed gives, whatever the number of workers */
    FEED_CIRCULAR, /* a worker's take j is its share's element j, again from the start at the end */
    FEED_RANDOM,   /* any row, as often as it comes */
};

/* "queue", "circular", "random", "shuffle"; false with a sentence (ERR_USAGE) that names the
 * nearest. */
bool feed_mode_parse(str text, enum feed_mode *out, struct err *e);

struct feed;

/* `driver`: which of the rows (> 0) belong to this process: row r to driver r mod n; {0, 1}: all.
 * With the modes that give each row once, the others are never given here. `workers`: of this
 * process. */
struct feed *feed_open(enum feed_mode mode, uint64_t rows, struct share driver, unsigned workers,
                       uint64_t seed);
void feed_close(struct feed *f);

/* The next row for a worker; false: none is left in this process (queue and shuffle). Called on the
 * worker's thread; `rng` is drawn from for random rows only. */
bool feed_take(struct feed *f, unsigned worker, struct rng *rng, uint64_t *row);

#endif
