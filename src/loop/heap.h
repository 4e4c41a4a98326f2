/* loop/heap.h: timers to the nanosecond, for starts and sleeps: a 4-ary heap of (due, timer). The
 * timer is embedded by its owner; arming allocates only when the heap has to grow. For the many
 * call timeouts, which almost never fire, see wheel.h. */
#ifndef WEIR_LOOP_HEAP_H
#define WEIR_LOOP_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct timer {
    void (*fire)(struct timer *t); /* called by the loop's thread, the timer is disarmed then */
    uint32_t place;                /* 1 + index in the heap; 0: not armed */
};

struct heap_entry {
    uint64_t due_ns;
    struct timer *timer;
};

struct heap {
    struct heap_entry *entries;
    size_t n, capacity;
};

void heap_arm(struct heap *h, struct timer *t, uint64_t due_ns); /* an armed timer is moved */
void heap_disarm(struct heap *h, struct timer *t);               /* harmless when not armed */
uint64_t heap_next_ns(const struct heap *h);                     /* UINT64_MAX when empty */
struct timer *heap_pop_due(struct heap *h, uint64_t now_ns);     /* disarmed; NULL: none is due */
void heap_free(struct heap *h);

#endif
