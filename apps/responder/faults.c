/* Hit i of a share p falls into the requests from i/p to (i+1)/p. */
#include "responder/faults.h"

#include "base/u128.h"

#define WHOLE_PPB UINT64_C(1000000000)

/* The first request of stretch i. */
static uint64_t begin_of(const struct fault_turn *t, uint64_t i)
{
    return (uint64_t)(((u128)i * WHOLE_PPB + t->ppb - 1) / t->ppb);
}

static void draw(struct fault_turn *t, struct rng *r)
{
    uint64_t from = begin_of(t, t->hits), to = begin_of(t, t->hits + 1);
    t->next = from + rng_below(r, to - from);
    t->hits++;
}

static void find_earliest(struct faults *f)
{
    f->earliest = UINT64_MAX;
    for (int i = FAULT_NONE + 1; i < FAULTS; i++) {
        const struct fault_turn *t = &f->turns[i];
        if (t->ppb && t->waiting)
            f->earliest = f->requests;
        else if (t->ppb && t->next < f->earliest)
            f->earliest = t->next;
    }
}

void faults_begin(struct faults *f, const uint64_t *ppb, uint64_t seed)
{
    *f = (struct faults){.rng = rng_make(seed, 0)};
    for (int i = FAULT_NONE + 1; i < FAULTS; i++) {
        f->turns[i].ppb = ppb[i];
        if (ppb[i])
            draw(&f->turns[i], &f->rng);
    }
    find_earliest(f);
}

enum fault faults_next(struct faults *f)
{
    uint64_t number = f->requests++;
    enum fault found = FAULT_NONE;
    if (number < f->earliest)
        return FAULT_NONE;
    for (int i = FAULT_NONE + 1; i < FAULTS; i++) {
        struct fault_turn *t = &f->turns[i];
        if (t->ppb && t->next == number) {
            t->waiting++;
            draw(t, &f->rng);
        }
        if (t->waiting && found == FAULT_NONE) {
            t->waiting--;
            found = (enum fault)i;
        }
    }
    find_earliest(f);
    return found;
}
