/* audit_scale [RECORDS [PARTITIONS]]: memory and time of an audit of that many records (100 million
 * of 6 partitions), in three orders. For bench/audit.sh; no test. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/rng.h"
#include "stats/audit.h"

static const struct audit_producer producer = {.run = 1};

/* Partition by partition, this many records at a time. */
static void in_turns(struct audit *a, uint64_t records, unsigned partitions, uint64_t turn)
{
    for (uint64_t base = 0; base < records; base += turn * partitions)
        for (unsigned p = 0; p < partitions; p++)
            for (uint64_t i = 0; i < turn; i++) {
                uint64_t number = base + i * partitions + p;
                if (number < records)
                    audit_record(a, &producer, number, p, 0);
            }
}

/* Every number once, in an order without any: multiplied by an odd number modulo a power of two. */
static void at_random(struct audit *a, uint64_t records)
{
    uint64_t size = 1;
    while (size < records)
        size *= 2;
    for (uint64_t i = 0; i < size; i++) {
        uint64_t number = (i * UINT64_C(0x9e3779b97f4a7c15) + 12345) & (size - 1);
        if (number < records)
            audit_record(a, &producer, number, 0, 0);
    }
}

static void report(const char *name, struct audit *a, uint64_t records, uint64_t begun_ns)
{
    struct rusage use;
    double ns = (double)(clock_now_ns() - begun_ns) / (double)records;
    getrusage(RUSAGE_SELF, &use);
    printf("%-28s %6.1f ns a record, at the end %6.3f MB, most of the process %5.1f MB\n", name, ns,
           (double)audit_bytes(a) / 1e6, (double)use.ru_maxrss / 1e3);
    if (a->classes[RECORD_FIRST] != records || a->classes[RECORD_DUPLICATE])
        exit(1);
    audit_free(a);
}

int main(int argc, char **argv)
{
    uint64_t records = argc > 1 ? strtoull(argv[1], NULL, 10) : 100 * 1000 * 1000;
    unsigned partitions = argc > 2 ? (unsigned)atoi(argv[2]) : 6;
    struct audit a = {.n = 0};
    uint64_t begun = clock_now_ns();
    in_turns(&a, records, partitions, 7000); /* as a fetch of 1 MB brings them */
    report("partitions in turns", &a, records, begun);
    begun = clock_now_ns();
    in_turns(&a, records, partitions, records / partitions + 1);
    report("one partition after another", &a, records, begun);
    begun = clock_now_ns();
    at_random(&a, records);
    report("in no order", &a, records, begun);
    return 0;
}
