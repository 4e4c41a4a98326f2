/* term/capture.h: what anybody in this process writes to the terminal while the view is on it: it
 * is kept, so that it can be shown in the view and said again behind it. Standard output and error
 * are exchanged, where they are that terminal, so that libraries and scripts are caught too, and
 * nobody ever waits for a reader. On the run's thread, except for those who write. */
#ifndef WEIR_TERM_CAPTURE_H
#define WEIR_TERM_CAPTURE_H

#include "base/buf.h"
#include "base/err.h"

enum { CAPTURE_KEPT = 4 * 1024 * 1024 }; /* bytes; of more the oldest are dropped */

/* Starts as {.fd = -1}. */
struct capture {
    int fd;       /* the memory that takes the place of the terminal; -1: nothing is exchanged */
    int saved[2]; /* standard output and error; -1: that one stays as it is */
    uint64_t seen, dropped; /* bytes that capture_read has given out; the first ones, given up */
    struct buf line;        /* the beginning of one whose end has not come */
};

bool capture_begin(struct capture *c, struct err *e);

/* Gives out the lines that came since, without their ends. */
void capture_read(struct capture *c, void (*take)(void *owner, str line), void *owner);

/* The streams are as before; all that was kept is written to the terminal now. Harmless when
 * nothing was begun. */
void capture_end(struct capture *c);

#endif
