/* proto/kafka_kept.h: the records of one topic that nobody has taken yet, and those who wait for
 * some: by id, or for any. First come, first served, on both sides. Pure; one thread. */
#ifndef WEIR_PROTO_KAFKA_KEPT_H
#define WEIR_PROTO_KAFKA_KEPT_H

#include "base/list.h"
#include "base/map64.h"
#include "base/pool.h"
#include "base/str.h"

/* Made by kafka_kept_make; whoever takes it out frees it (mem_free). */
struct kafka_kept_record {
    struct list by_age, by_id; /* of those that are kept */
    uint64_t hash;
    uint64_t read_ns; /* monotonic: when it came */
    int64_t offset, timestamp_ms;
    size_t place; /* the caller's */
    int32_t partition;
    bool null; /* it has no value */
    str id;    /* n is 0: none; all three within bytes */
    str head, body;
    char bytes[];
};

/* In the memory of whoever waits. */
struct kafka_kept_waiter {
    struct list link;
    uint64_t hash;
    str id; /* p is NULL: any will do; stays */
};

struct kafka_kept {
    uint64_t keep_ns;
    struct list by_age;  /* of records, the oldest first */
    struct list waiting; /* for any */
    struct map64 ids;    /* the hash of an id: its records, or those who wait for them */
    struct pool pool;
};

void kafka_kept_open(struct kafka_kept *k, uint64_t keep_ns);
void kafka_kept_close(struct kafka_kept *k); /* nobody waits */

/* A copy of a record's texts; the other fields are the caller's to set. body.p NULL: null. */
struct kafka_kept_record *kafka_kept_make(str id, str head, str body);

/* Who is the first to want a record with this id, which has just come: waits still. NULL: nobody
 * wants it now. */
struct kafka_kept_waiter *kafka_kept_wanted(const struct kafka_kept *k, str id);
/* Then it is kept. */
void kafka_kept_add(struct kafka_kept *k, struct kafka_kept_record *r);

/* The oldest that it wants; NULL: none, it waits from now on. */
struct kafka_kept_record *kafka_kept_take(struct kafka_kept *k, struct kafka_kept_waiter *w);
void kafka_kept_leave(struct kafka_kept *k, struct kafka_kept_waiter *w); /* waits no more */

/* Frees what came more than keep_ns ago. When to do so again; UINT64_MAX: nothing is kept. */
uint64_t kafka_kept_expire(struct kafka_kept *k, uint64_t now_ns);

#endif
