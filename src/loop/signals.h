/* loop/signals.h: Ctrl-C and SIGTERM as events of a loop, for a program that ends in good order.
 * One at a time in a process, on the thread that makes the others: these inherit what is blocked.
 */
#ifndef WEIR_LOOP_SIGNALS_H
#define WEIR_LOOP_SIGNALS_H

#include <signal.h>

#include "loop/loop.h"

struct signals {
    void (*came)(struct signals *s); /* set by the owner: called for each, on the loop's thread */
    struct loop *loop;
    struct watch watch; /* its descriptor is readable while one waits */
    sigset_t before;    /* the thread's mask */
};

/* Until signals_close SIGINT and SIGTERM are blocked and told. A closed pipe and a file that may
 * not grow are errors of the write from then on, like a full disk, and end no process. False with a
 * sentence: then nothing has changed. */
bool signals_open(struct signals *s, struct loop *l, struct err *e);
void signals_close(struct signals *s); /* while the loop is there */

#endif
