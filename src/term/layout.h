/* term/layout.h: the terminal view as a whole: which blocks fit, where they stand. Pure. */
#ifndef WEIR_TERM_LAYOUT_H
#define WEIR_TERM_LAYOUT_H

#include "term/canvas.h"
#include "term/model.h"

/* Rows that something would like to have. */
struct wish {
    unsigned least, most; /* least <= most; most 0: none */
    unsigned rank;        /* the lower first */
};

/* Divides `height` rows: whoever comes first by rank gets its least, then all get more in turn.
 * rows[i] is 0 or between least and most. Returns the rows given. */
unsigned layout_divide(const struct wish *wishes, unsigned n, unsigned height, unsigned *rows);

/* Draws the view on a canvas of any size, which was cleared. */
void layout_draw(struct model *m, struct canvas *c);

#endif
