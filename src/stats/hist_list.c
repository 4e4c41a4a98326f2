#include "stats/hist_list.h"

#include "base/mem.h"

/* Both lists in one, at `out`; how long it is. */
static size_t join(const struct hist_list *a, const struct hist_list *b, struct hist_samples *out)
{
    size_t i = 0, j = 0, n = 0;
    while (i < a->n && j < b->n) {
        const struct hist_samples *x = &a->list[i], *y = &b->list[j];
        out[n] = x->bucket <= y->bucket ? *x : *y;
        if (x->bucket == y->bucket)
            out[n].n += y->n;
        i += x->bucket <= y->bucket;
        j += y->bucket <= x->bucket;
        n++;
    }
    while (i < a->n)
        out[n++] = a->list[i++];
    while (j < b->n)
        out[n++] = b->list[j++];
    return n;
}

void hist_list_merge(struct hist_list *into, const struct hist_list *from)
{
    if (from->count == 0)
        return;
    struct hist_samples *list = mem_alloc((into->n + from->n + 1) * sizeof *list);
    into->n = join(into, from, list);
    mem_free(into->list);
    into->list = list;
    if (from->min < into->min || into->count == 0)
        into->min = from->min;
    if (from->max > into->max)
        into->max = from->max;
    into->count += from->count;
    into->sum += from->sum;
}

static struct hist_list list_of(const struct hist *h)
{
    struct hist_list l = {.count = h->count, .min = h->min, .max = h->max, .sum = h->sum};
    struct hist_samples s;
    size_t capacity = 0;
    for (struct hist_walk w = hist_walk(h); w.next(&w, &s.bucket, &s.n);) {
        l.list = mem_room(l.list, l.n, &capacity, sizeof *l.list);
        l.list[l.n++] = s;
    }
    return l;
}

void hist_list_add(struct hist_list *into, const struct hist *from)
{
    if (from->count == 0)
        return;
    struct hist_list l = list_of(from);
    if (into->count == 0) {
        hist_list_free(into);
        *into = l;
        return;
    }
    hist_list_merge(into, &l);
    hist_list_free(&l);
}

void hist_list_free(struct hist_list *l)
{
    mem_free(l->list);
    *l = (struct hist_list){0};
}

static bool next_samples(struct hist_walk *w, unsigned *bucket, uint64_t *samples)
{
    const struct hist_list *l = w->of;
    if (w->at >= l->n)
        return false;
    *bucket = l->list[w->at].bucket;
    *samples = l->list[w->at++].n;
    return true;
}

struct hist_walk hist_list_walk(const struct hist_list *l)
{
    return (struct hist_walk){
        .next = next_samples, .of = l, .count = l->count, .min = l->min, .max = l->max};
}

double hist_list_mean(const struct hist_list *l)
{
    return l->count ? (double)l->sum / (double)l->count : 0;
}
