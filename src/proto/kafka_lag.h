/* proto/kafka_lag.h: how far a consumer group is behind: where it has committed, where the topics
 * end, and since when the first record that it has not done waits there. Looks from outside: joins
 * nothing, commits nothing. Everything blocks, at most for the timeout; one thread at a time. */
#ifndef WEIR_PROTO_KAFKA_LAG_H
#define WEIR_PROTO_KAFKA_LAG_H

#include "proto/kafka_conf.h"

struct kafka_lag;

struct kafka_lag_partition {
    str topic; /* valid until kafka_lag_close */
    int32_t number;
    int64_t begin, end;
    int64_t committed; /* -1: nothing was */
    int64_t since_ms;  /* the time stamp of the first record that was not done, ms since 1970; -1:
                        * there is none, or it could not be read in time */
};

/* Records (offsets) from where it has committed to the end; NAN: nothing was committed. */
double kafka_lag_behind(const struct kafka_lag_partition *p);
/* Seconds since the first of them was written, by its time stamp and this wall clock; NAN: not
 * known. */
double kafka_lag_waits_s(const struct kafka_lag_partition *p, int64_t wall_ms);

struct kafka_lag_look {
    struct kafka_lag_partition *list; /* by topic and number */
    size_t n;
    uint64_t at_ns;  /* monotonic: when it was looked */
    int64_t wall_ms; /* the same, since 1970 */
};

/* `topic` NULL: all that the group has committed for. NULL with a sentence. The arguments live
 * longer than it does. */
struct kafka_lag *kafka_lag_open(str brokers, const struct kafka_properties *p, const char *group,
                                 const char *topic, uint64_t timeout_ns, struct err *e);
void kafka_lag_close(struct kafka_lag *l);

/* In the arena. False with a sentence. */
bool kafka_lag_look(struct kafka_lag *l, struct arena *arena, struct kafka_lag_look *out,
                    struct err *e);

/* The group itself. */
struct kafka_lag_group {
    bool known;        /* these brokers tell */
    unsigned members;  /* that are in it now */
    const char *state; /* "Stable", "Empty", "Dead"; static text */
    str *others;       /* of the first hundred: those that have committed for the same topics */
    size_t n_others;
};

/* In the arena; not known where the brokers do not tell (the embedded one). */
void kafka_lag_group(struct kafka_lag *l, struct arena *arena, struct kafka_lag_group *out);

#endif
