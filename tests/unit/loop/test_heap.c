/* Timers in a heap: compared with a plain array that is searched, over many random operations. */
#include "unit.h"

#include "base/rng.h"
#include "loop/heap.h"

enum { TIMERS = 300 };

struct world {
    struct heap heap;
    struct timer timers[TIMERS];
    uint64_t due_ns[TIMERS]; /* what the heap should know; 0: not armed */
};

static void arm(struct world *w, size_t i, uint64_t due_ns)
{
    heap_arm(&w->heap, &w->timers[i], due_ns);
    w->due_ns[i] = due_ns;
}

static uint64_t earliest(const struct world *w)
{
    uint64_t best = UINT64_MAX;
    for (size_t i = 0; i < TIMERS; i++)
        if (w->due_ns[i] && w->due_ns[i] < best)
            best = w->due_ns[i];
    return best;
}

static void each_timer_knows_its_place(const struct world *w)
{
    size_t armed = 0;
    for (size_t i = 0; i < TIMERS; i++) {
        uint32_t place = w->timers[i].place;
        assert_int_equal(place != 0, w->due_ns[i] != 0);
        if (!place)
            continue;
        armed++;
        assert_ptr_equal(w->heap.entries[place - 1].timer, &w->timers[i]);
        assert_true(w->heap.entries[place - 1].due_ns == w->due_ns[i]);
    }
    assert_int_equal(w->heap.n, armed);
}

static void pop(struct world *w, uint64_t now_ns)
{
    uint64_t best = earliest(w);
    struct timer *t = heap_pop_due(&w->heap, now_ns);
    if (best > now_ns) {
        assert_null(t);
        return;
    }
    assert_non_null(t);
    assert_true(w->due_ns[t - w->timers] == best);
    w->due_ns[t - w->timers] = 0;
}

static void agrees_with_a_searched_array(void **state)
{
    (void)state;
    struct world w = {0};
    struct rng r = rng_make(7, 0);
    for (int step = 0; step < 100000; step++) {
        size_t i = (size_t)rng_below(&r, TIMERS);
        uint64_t ns = 1 + rng_below(&r, 1000); /* many equal ones */
        switch (rng_below(&r, 4)) {
        case 0:
        case 1: /* armed ones are moved, to and fro */
            arm(&w, i, ns);
            break;
        case 2:
            heap_disarm(&w.heap, &w.timers[i]);
            w.due_ns[i] = 0;
            break;
        default:
            pop(&w, ns);
        }
        assert_true(heap_next_ns(&w.heap) == earliest(&w));
        if (step % 64 == 0)
            each_timer_knows_its_place(&w);
    }
    heap_free(&w.heap);
}

static void timers_come_out_in_the_order_of_their_times(void **state)
{
    (void)state;
    static struct timer timers[10000];
    static uint64_t due_ns[10000];
    struct heap h = {0};
    struct rng r = rng_make(8, 0);
    for (size_t i = 0; i < 10000; i++)
        heap_arm(&h, &timers[i], due_ns[i] = rng_u64(&r) >> 1);
    uint64_t last = 0;
    for (size_t n = 0; n < 10000; n++) {
        struct timer *t = heap_pop_due(&h, UINT64_MAX);
        assert_non_null(t);
        assert_true(due_ns[t - timers] >= last);
        last = due_ns[t - timers];
    }
    assert_null(heap_pop_due(&h, UINT64_MAX));
    heap_free(&h);
}

static void a_timer_is_due_at_its_time_and_not_a_nanosecond_before(void **state)
{
    (void)state;
    struct heap h = {0};
    struct timer t = {0};
    heap_arm(&h, &t, 1000);
    assert_null(heap_pop_due(&h, 999));
    assert_ptr_equal(heap_pop_due(&h, 1000), &t);
    assert_int_equal(t.place, 0);
    assert_null(heap_pop_due(&h, 1000));
    heap_free(&h);
}

static void an_empty_heap_is_never_due(void **state)
{
    (void)state;
    struct heap h = {0};
    struct timer t = {0};
    assert_true(heap_next_ns(&h) == UINT64_MAX);
    assert_null(heap_pop_due(&h, UINT64_MAX));
    heap_disarm(&h, &t);
    heap_arm(&h, &t, 5);
    heap_disarm(&h, &t);
    heap_disarm(&h, &t);
    assert_true(heap_next_ns(&h) == UINT64_MAX);
    heap_free(&h);
}

static void arming_an_armed_timer_moves_it(void **state)
{
    (void)state;
    struct heap h = {0};
    struct timer a = {0}, b = {0};
    heap_arm(&h, &a, 10);
    heap_arm(&h, &b, 20);
    heap_arm(&h, &a, 30);
    assert_int_equal(h.n, 2);
    assert_ptr_equal(heap_pop_due(&h, 100), &b);
    assert_ptr_equal(heap_pop_due(&h, 100), &a);
    heap_free(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_a_searched_array),
        cmocka_unit_test(timers_come_out_in_the_order_of_their_times),
        cmocka_unit_test(a_timer_is_due_at_its_time_and_not_a_nanosecond_before),
        cmocka_unit_test(an_empty_heap_is_never_due),
        cmocka_unit_test(arming_an_armed_timer_moves_it),
    };
    return UNIT_RUN(tests);
}
