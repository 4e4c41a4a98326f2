/* A bucket is eight of the histogram's, but for the shortest times, whose buckets are wide already.
 */
#include "stats/periods.h"

#include <string.h>

#include "base/mem.h"

enum { FINE = 1024, TOGETHER = 8 };

unsigned period_bucket(unsigned hist_bucket)
{
    return hist_bucket < FINE ? hist_bucket : FINE + (hist_bucket - FINE) / TOGETHER;
}

uint64_t period_bucket_low(unsigned bucket)
{
    return hist_bucket_low(bucket < FINE ? bucket : FINE + (bucket - FINE) * TOGETHER);
}

void periods_reach(struct periods *p, size_t n)
{
    while (p->n < n) {
        p->list = mem_room(p->list, p->n, &p->capacity, sizeof *p->list);
        p->list[p->n++] = (struct period){0};
    }
}

static void add_samples(struct periods *p, size_t period, unsigned bucket, uint64_t count)
{
    if (count == 0)
        return;
    p->samples = mem_room(p->samples, p->n_samples, &p->samples_capacity, sizeof *p->samples);
    p->samples[p->n_samples++] = (struct period_sample){
        (uint32_t)period, bucket, count < UINT32_MAX ? (uint32_t)count : UINT32_MAX};
}

static void add_times(struct periods *p, size_t period, const struct hist *h)
{
    unsigned bucket = 0;
    uint64_t count = 0;
    for (unsigned b = hist_next(h, 0); b < HIST_BUCKETS; b = hist_next(h, b + 1)) {
        if (period_bucket(b) != bucket) {
            add_samples(p, period, bucket, count);
            count = 0;
        }
        bucket = period_bucket(b);
        count += hist_bucket_count(h, b);
    }
    add_samples(p, period, bucket, count);
    add_samples(p, period, PERIOD_BUCKETS - 1, h->overflow);
}

void periods_add(struct periods *p, size_t period, const struct series_data *d)
{
    periods_reach(p, period + 1);
    struct period *to = &p->list[period];
    to->started += (double)d->started_in_plan;
    to->ended += (double)series_data_ended(d);
    to->failed += (double)series_data_failed(d);
    to->samples += (double)d->response.count;
    to->sum_ns += (double)d->response.sum;
    add_times(p, period, &d->response);
}

size_t periods_active(const struct periods *p)
{
    size_t active = 0;
    for (size_t i = 0; i < p->n; i++)
        active += p->list[i].samples > 0;
    return active;
}

void periods_free(struct periods *p)
{
    mem_free(p->list);
    mem_free(p->samples);
    *p = (struct periods){.length_s = p->length_s};
}
