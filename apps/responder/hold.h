/* responder/hold.h: replies that are held back: some until their time comes, others so that they
 * leave in another order. One thread. */
#ifndef WEIR_RESPONDER_HOLD_H
#define WEIR_RESPONDER_HOLD_H

#include "base/list.h"
#include "base/rng.h"
#include "responder/sender.h"

struct hold {
    struct sender *sender;
    struct list delayed;        /* kept_reply.link: all by the same time, so in order */
    struct kept_reply **window; /* those of which the next is drawn */
    unsigned n, room;
    struct rng rng;
};

void hold_open(struct hold *h, struct sender *s, unsigned shuffle, uint64_t seed);

/* Both take the headers and copy the rest. */
void hold_delay(struct hold *h, struct reply *r, uint64_t due_ns);
void hold_send(struct hold *h, struct reply *r); /* now, or shuffled */

void hold_send_due(struct hold *h, uint64_t now_ns);
void hold_empty(struct hold *h); /* what is shuffled leaves */
bool hold_has_delayed(const struct hold *h);
uint64_t hold_close(struct hold *h); /* how many delayed ones were never sent */

#endif
