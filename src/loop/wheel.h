/* loop/wheel.h: call timeouts: many are armed, hardly one fires. A hashed timing wheel (Varghese
 * and Lauck, 1987) with ticks of about 4 ms: arming and disarming are list operations, firing is at
 * most two ticks late and never early. */
#ifndef WEIR_LOOP_WHEEL_H
#define WEIR_LOOP_WHEEL_H

#include <stdint.h>

#include "base/list.h"

struct timeout {
    struct list link;                /* in its slot; alone when not armed */
    uint64_t due_ns;                 /* when it shall fire */
    void (*fire)(struct timeout *t); /* called by the loop's thread, disarmed before */
};

enum {
    WHEEL_TICK_SHIFT = 22, /* a tick is 2^22 ns = 4.19 ms */
    WHEEL_SLOTS =
        2048, /* one turn of the wheel: 8.6 s; longer timeouts are passed over until due */
};

struct wheel {
    struct list slots[WHEEL_SLOTS];
    uint64_t maybe[WHEEL_SLOTS / 64]; /* a bit for each slot that may hold something */
    uint64_t tick;                    /* the first one that has not been swept yet */
    uint64_t next_ns; /* no armed timeout has to fire before; UINT64_MAX: none armed */
};

void wheel_init(struct wheel *w, uint64_t now_ns);
void wheel_arm(struct wheel *w, struct timeout *t,
               uint64_t due_ns);                    /* t->link must be initialised */
void wheel_disarm(struct timeout *t);               /* harmless when not armed */
void wheel_sweep(struct wheel *w, uint64_t now_ns); /* fires all that are due */

static inline uint64_t wheel_next_ns(const struct wheel *w)
{
    return w->next_ns;
}

#endif
