/* term/blocks.h: the parts of the terminal view, each a few rows in an area of the canvas. Private
 * to src/term. Pure. */
#ifndef WEIR_TERM_BLOCKS_H
#define WEIR_TERM_BLOCKS_H

#include "term/canvas.h"
#include "term/model.h"

/* Where a block stands on a wide screen. */
enum side { SIDE_WHOLE, SIDE_LEFT, SIDE_RIGHT };

struct block {
    enum side side;
    unsigned rank;  /* who gets its rows first when there are few: 0 before 1 */
    unsigned least; /* rows without which it is left out; fewer when it has not so many */
    /* MUST. Rows that it has; 0: nothing to show. */
    unsigned (*rows)(const struct model *m);
    /* MUST. In an area of `least` rows or more, of any width. */
    void (*draw)(struct model *m, struct canvas *c, struct area a);
};

/* blocks_head.c */
extern const struct block block_head, block_stages, block_keys;
/* blocks_rate.c */
extern const struct block block_rate, block_times, block_state;
/* blocks_calls.c */
extern const struct block block_fates, block_causes, block_distribution;
/* blocks_series.c */
extern const struct block block_series;
/* blocks_lists.c */
extern const struct block block_checks, block_thresholds, block_events, block_messages;
/* blocks_verdict.c */
extern const struct block block_verdict;

/* "── Title ────", the first row of a block. Where the block has one row only: nothing. */
void block_title(struct canvas *c, struct area a, const char *title);
/* What is below the title. */
struct area block_body(struct area a);

/* "1m30s", "0s": whole seconds. */
struct human block_moment(uint64_t ns);
/* "1.20 ms"; "-" without a value (NAN). */
struct human block_time(double ns);

#endif
