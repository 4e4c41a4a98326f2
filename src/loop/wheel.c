/* A hashed timing wheel. A slot is swept when its tick is over, so that all of its timeouts of this
 * turn of the wheel are due then. */
#include "loop/wheel.h"

#include <string.h>

void wheel_init(struct wheel *w, uint64_t now_ns)
{
    for (unsigned i = 0; i < WHEEL_SLOTS; i++)
        list_init(&w->slots[i]);
    memset(w->maybe, 0, sizeof w->maybe);
    w->tick = now_ns >> WHEEL_TICK_SHIFT;
    w->next_ns = UINT64_MAX;
}

static uint64_t end_of_tick(uint64_t tick)
{
    if (tick >= UINT64_MAX >> WHEEL_TICK_SHIFT)
        return UINT64_MAX;
    return (tick + 1) << WHEEL_TICK_SHIFT;
}

void wheel_arm(struct wheel *w, struct timeout *t, uint64_t due_ns)
{
    uint64_t tick = due_ns >> WHEEL_TICK_SHIFT;
    if (tick < w->tick)
        tick = w->tick;
    unsigned slot = tick % WHEEL_SLOTS;
    list_remove(&t->link);
    t->due_ns = due_ns;
    list_push_back(&w->slots[slot], &t->link);
    w->maybe[slot / 64] |= UINT64_C(1) << slot % 64;
    if (end_of_tick(tick) < w->next_ns)
        w->next_ns = end_of_tick(tick);
}

void wheel_disarm(struct timeout *t)
{
    list_remove(&t->link);
}

/* Ticks from `tick` to the next slot that may hold something; WHEEL_SLOTS when there is none. */
static unsigned distance(const struct wheel *w, uint64_t tick)
{
    unsigned first = tick % WHEEL_SLOTS;
    for (unsigned seen = 0; seen < WHEEL_SLOTS;) {
        unsigned slot = (first + seen) % WHEEL_SLOTS;
        uint64_t word = w->maybe[slot / 64] >> slot % 64;
        if (word)
            return seen + (unsigned)__builtin_ctzll(word);
        seen += 64 - slot % 64;
    }
    return WHEEL_SLOTS;
}

/* Fires what is due in one slot; the rest belongs to a later turn of the wheel. */
static void sweep_slot(struct wheel *w, unsigned slot, uint64_t now_ns)
{
    struct list found, *node;
    list_take(&found, &w->slots[slot]);
    w->maybe[slot / 64] &= ~(UINT64_C(1) << slot % 64);
    while ((node = list_pop_front(&found))) {
        struct timeout *t = CONTAINER_OF(node, struct timeout, link);
        if (t->due_ns <= now_ns)
            t->fire(t);
        else
            wheel_arm(w, t, t->due_ns);
    }
}

void wheel_sweep(struct wheel *w, uint64_t now_ns)
{
    if (now_ns < w->next_ns)
        return;
    uint64_t now_tick = now_ns >> WHEEL_TICK_SHIFT; /* not over yet */
    if (now_tick - w->tick > WHEEL_SLOTS)
        w->tick = now_tick - WHEEL_SLOTS; /* after a long rest each slot is looked at once */
    while (w->tick < now_tick) {
        unsigned skip = distance(w, w->tick);
        if (w->tick + skip >= now_tick) {
            w->tick = now_tick;
            break;
        }
        unsigned slot = (w->tick + skip) % WHEEL_SLOTS;
        w->tick += skip + 1;
        sweep_slot(w, slot, now_ns);
    }
    unsigned ahead = distance(w, w->tick);
    w->next_ns = ahead == WHEEL_SLOTS ? UINT64_MAX : end_of_tick(w->tick + ahead);
}
