/* A 4-ary heap: flatter than a binary one, its children share a cache line. */
#include "loop/heap.h"

#include "base/mem.h"

static void put(struct heap *h, size_t i, struct heap_entry e)
{
    h->entries[i] = e;
    e.timer->place = (uint32_t)i + 1;
}

static void sift_up(struct heap *h, size_t i, struct heap_entry e)
{
    while (i > 0) {
        size_t parent = (i - 1) / 4;
        if (h->entries[parent].due_ns <= e.due_ns)
            break;
        put(h, i, h->entries[parent]);
        i = parent;
    }
    put(h, i, e);
}

static size_t least_child(const struct heap *h, size_t i)
{
    size_t first = i * 4 + 1, best = first;
    for (size_t c = first + 1; c < first + 4 && c < h->n; c++)
        if (h->entries[c].due_ns < h->entries[best].due_ns)
            best = c;
    return best;
}

static void sift_down(struct heap *h, size_t i, struct heap_entry e)
{
    while (i * 4 + 1 < h->n) {
        size_t child = least_child(h, i);
        if (h->entries[child].due_ns >= e.due_ns)
            break;
        put(h, i, h->entries[child]);
        i = child;
    }
    put(h, i, e);
}

void heap_arm(struct heap *h, struct timer *t, uint64_t due_ns)
{
    heap_disarm(h, t);
    h->entries = mem_room(h->entries, h->n, &h->capacity, sizeof *h->entries);
    h->n++;
    sift_up(h, h->n - 1, (struct heap_entry){due_ns, t});
}

void heap_disarm(struct heap *h, struct timer *t)
{
    if (!t->place)
        return;
    size_t i = t->place - 1;
    t->place = 0;
    struct heap_entry last = h->entries[--h->n];
    if (i == h->n)
        return;
    if (i > 0 && last.due_ns < h->entries[(i - 1) / 4].due_ns)
        sift_up(h, i, last);
    else
        sift_down(h, i, last);
}

uint64_t heap_next_ns(const struct heap *h)
{
    return h->n ? h->entries[0].due_ns : UINT64_MAX;
}

struct timer *heap_pop_due(struct heap *h, uint64_t now_ns)
{
    if (heap_next_ns(h) > now_ns || h->n == 0)
        return NULL;
    struct timer *t = h->entries[0].timer;
    heap_disarm(h, t);
    return t;
}

void heap_free(struct heap *h)
{
    mem_free(h->entries);
    *h = (struct heap){0};
}
