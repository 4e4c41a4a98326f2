/* stats/hist_list.h: the samples of a histogram as a list of the buckets that have any: some bytes
 * for few samples, where a histogram takes a kB for each that lies apart. For the many that are
 * added up and looked at, not recorded into. Adding up is exact. One thread. */
#ifndef WEIR_STATS_HIST_LIST_H
#define WEIR_STATS_HIST_LIST_H

#include "stats/hist.h"

/* Starts as {0}. */
struct hist_list {
    struct hist_samples {
        uint64_t n; /* not 0 */
        unsigned bucket;
    } * list;                 /* ascending */
    size_t n;                 /* of them */
    uint64_t count, min, max; /* as a histogram's: with the overflow, which is in no bucket */
    u128 sum;
};

void hist_list_add(struct hist_list *into, const struct hist *from);
void hist_list_merge(struct hist_list *into, const struct hist_list *from); /* two different ones */
void hist_list_free(struct hist_list *l);                                   /* empty again */

struct hist_walk hist_list_walk(const struct hist_list *l);
double hist_list_mean(const struct hist_list *l); /* 0 when there are no samples */

#endif
