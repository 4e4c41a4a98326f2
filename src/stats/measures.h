/* stats/measures.h: what clients measure by themselves, beside calls: one table for their names,
 * kinds, units and meaning, so that those who measure, thresholds and documentation agree; and what
 * Java's clients call the same. Constant. */
#ifndef WEIR_STATS_MEASURES_H
#define WEIR_STATS_MEASURES_H

#include "stats/series.h"

enum measure_id {
    MEASURE_RTT_AVG,
    MEASURE_RTT_P50,
    MEASURE_RTT_P99,
    MEASURE_RTT_MAX,
    MEASURE_QUEUE_AVG,
    MEASURE_QUEUE_P99,
    MEASURE_QUEUE_MAX,
    MEASURE_OUTBUF_AVG,
    MEASURE_OUTBUF_P99,
    MEASURE_OUTBUF_MAX,
    MEASURE_THROTTLE_AVG,
    MEASURE_THROTTLE_MAX,
    MEASURE_REQUESTS,
    MEASURE_RETRIES,
    MEASURE_TX_ERRORS,
    MEASURE_REQUEST_TIMEOUTS,
    MEASURE_SENT_RECORDS,
    MEASURE_QUEUED_RECORDS,
    MEASURE_QUEUED_BYTES,
    MEASURE_ROOM_BYTES,
    MEASURE_BATCH_BYTES,
    MEASURE_BATCH_RECORDS,
    MEASURE_LAG,
    MEASURE_GROUP_LAG,
    MEASURE_GROUP_WAIT,
    MEASURE_GROUP_PARTITION_LAG,
    MEASURE_GROUP_PARTITION_WAIT,
    MEASURE_COMMITS,
    MEASURE_ABORTS,
    MEASURE_COMMITTED_RECORDS,
    MEASURE_ABORTED_RECORDS,
    MEASURE_MARKS,
    MEASURE_POSSIBLE_MARKS,
    MEASURES
};

struct measure {
    const char *name;      /* of its series; one word */
    enum series_kind kind; /* SERIES_COUNTER, SERIES_VALUES or SERIES_TIMES */
    const char *unit;      /* "s", "bytes", "records" … */
    const char *by;        /* tags that tell its series apart, for people */
    const char *meaning;   /* half a line for people */
};

extern const struct measure measures[MEASURES];

const struct measure *measure_find(str name); /* NULL: there is none */

/* A metric of Java's clients. */
struct measure_java {
    const char *name;
    const char *ours; /* the figure that is the same here: "kafka_lag.max"; NULL: there is none … */
    const char *why; /* … and what to do, a sentence; NULL where there is one */
};

extern const struct measure_java measures_java[]; /* name NULL ends it */

const struct measure_java *measure_java_find(str name); /* NULL: it is none of theirs */

#endif
