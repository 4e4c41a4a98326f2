/* term/orders.h: what keys ask of the run. On the run's thread; knows no terminal. */
#ifndef WEIR_TERM_ORDERS_H
#define WEIR_TERM_ORDERS_H

#include "engine/control.h"
#include "term/keys.h"

/* Starts as {.control = …}. */
struct orders {
    struct control *control;
    unsigned marks; /* given so far: they are numbered */
    bool ended;     /* the drain too */
};

/* A key that orders something of the run; others are nothing. False: it cannot be now, and why. */
bool orders_give(struct orders *o, enum press press, struct err *e);

/* What the plan asks for from that moment on, a tenth more or less: rates by that factor, users by
 * one at least and never to none. False: nothing is left. Stages in the arena. */
bool orders_scaled(const struct profile *p, uint64_t at_ns, bool more, struct arena *arena,
                   struct profile *out);

#endif
