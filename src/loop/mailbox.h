/* loop/mailbox.h: hand over, do not lock. Any thread posts, one thread takes. A mail is embedded by
 * its owner and belongs to the receiver from the post on; nothing is allocated. Mails of one sender
 * arrive in order. */
#ifndef WEIR_LOOP_MAILBOX_H
#define WEIR_LOOP_MAILBOX_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/err.h"

struct mail {
    struct mail *next;               /* in the box */
    void (*deliver)(struct mail *m); /* called on the receiver's thread, may free the mail */
};

struct mailbox {
    _Atomic(struct mail *) newest; /* a stack: taken as a whole, then turned round */
    int fd;                        /* eventfd, non-blocking: readable when there is mail */
};

bool mailbox_open(struct mailbox *b, struct err *e); /* false with a sentence: no descriptor */
/* Nobody may post any more; a mail that was delivered may still be ringing, so join its thread
 * first. */
void mailbox_close(struct mailbox *b);

void mailbox_post(struct mailbox *b, struct mail *m); /* any thread; never blocks */
void mailbox_deliver(struct mailbox *b); /* the receiver's thread: all that is there now */

#endif
