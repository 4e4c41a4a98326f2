/* stats/audit.h: whether records that carry sequence numbers all came, once, in order: what a
 * consumer can say about loss, duplicates and order, and what it cannot. Pure: numbers only. One
 * thread at a time; several workers have one each, which are merged at the end.
 *
 * A producer numbers its records 0, 1, 2 …, whatever partition they go to. A number that did not
 * come is lost only where it can be known: behind where reading began in the partitions, and before
 * where it has got to in every one of them; other missing numbers may lie where nobody has read. */
#ifndef WEIR_STATS_AUDIT_H
#define WEIR_STATS_AUDIT_H

#include "stats/record_class.h"
#include "stats/seqset.h"

/* Who numbered a record. */
struct audit_producer {
    uint64_t run;
    uint16_t driver, worker;
};

/* One producer's records in one partition. */
struct audit_lane {
    uint64_t records[RECORD_CORRUPT]; /* first, duplicate */
    uint64_t reordered;               /* of the first: behind one with a higher number */
    uint64_t begun, highest;          /* the first number that came, and the highest */
};

struct audit_gap {
    uint64_t first, last;
};

enum { AUDIT_GAPS = 5, AUDIT_OFFENDERS = 10 };

struct audit_source {
    struct audit_producer producer;
    struct seqset seen;
    struct audit_lane *lanes; /* by partition */
    unsigned n_lanes;
    /* After audit_conclude: */
    uint64_t lost, gaps;                /* numbers, and stretches of them */
    uint64_t unread;                    /* missing, but perhaps only not read */
    struct audit_gap first[AUDIT_GAPS]; /* the first of the lost */
};

enum audit_offence {
    OFFENCE_DUPLICATE,
    OFFENCE_REORDERED,
    OFFENCE_CORRUPT,
    OFFENCE_FOREIGN,
    OFFENCES
};

struct audit_offender {
    unsigned partition;
    int64_t offset;
    uint64_t number;                /* not of the last two */
    struct audit_producer producer; /* likewise */
};

/* The first ones of a kind. */
struct audit_offenders {
    struct audit_offender list[AUDIT_OFFENDERS];
    unsigned n;
};

/* What was read of a partition: offsets for people, and what follows from them. */
struct audit_reading {
    bool read;                /* some of it, and all from `start` to `next` */
    bool from_zero;           /* from the first record that was ever in it */
    bool to_end;              /* nothing is left */
    int64_t start, next, end; /* -1: not known */
};

/* Starts as {0}. */
struct audit {
    struct audit_source **sources; /* in the order of first use */
    size_t n, capacity;
    size_t *places; /* by producer: index into sources + 1; 0: free */
    size_t size;    /* of places, a power of two */
    size_t last;    /* the source of the last hit */
    uint64_t classes[RECORD_CLASSES], reordered;
    struct audit_offenders offenders[OFFENCES];
    /* After audit_conclude: */
    uint64_t lost, gaps, unread;
    struct audit_reading *partitions;
    unsigned n_partitions;
};

/* A record that carries a number. Numbers from 2^63 on are nobody's: corrupt. */
enum record_class audit_record(struct audit *a, const struct audit_producer *p, uint64_t number,
                               unsigned partition, int64_t offset);
/* One that does not: RECORD_CORRUPT or RECORD_FOREIGN. */
void audit_odd_one(struct audit *a, enum record_class class, unsigned partition, int64_t offset);

/* Adds another one, of other partitions; what both have is a duplicate. */
void audit_merge(struct audit *into, const struct audit *from);

/* Nothing comes any more: finds what was lost. The list, which is copied, has all partitions of the
 * topic. */
void audit_conclude(struct audit *a, const struct audit_reading *partitions, unsigned n);

/* Records came, and no fault of theirs is known. */
bool audit_is_clean(const struct audit *a);

uint64_t audit_received(const struct audit *a);
size_t audit_bytes(const struct audit *a); /* memory that it holds */
void audit_free(struct audit *a);

#endif
