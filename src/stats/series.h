/* stats/series.h: what is counted under one name: a series, its data over any stretch of time, and
 * how such data add up. The same struct holds one second of one worker, one second of the run, and
 * the whole run. One thread at a time. */
#ifndef WEIR_STATS_SERIES_H
#define WEIR_STATS_SERIES_H

#include "stats/fate.h"
#include "stats/hist.h"
#include "stats/record_class.h"
#include "stats/tally.h"

struct tag {
    str name, value;
};

/* What its data are. */
enum series_kind {
    SERIES_CALLS,   /* calls, parts of them, blocks of a script */
    SERIES_RECORDS, /* records that a client has read */
    SERIES_COUNTER, /* a script's metric: started counts its additions, sum is what they made */
    SERIES_VALUES,  /* a script's metric: response holds values in 1/SERIES_VALUE_UNITS, sum too */
    SERIES_TIMES,   /* times that a client measured: response holds ns, sum is of seconds */
};

#define SERIES_VALUE_UNITS 1000.0

/* What a series is: made once, never changed; lives as long as the plan. */
struct series {
    str name;               /* "GET /ping" */
    const struct tag *tags; /* sorted as they are shown */
    unsigned n_tags;
    bool replies; /* its calls wait for replies: counted in the book of those */
    bool part;    /* a share of another call's time: in no total and no ledger */
    enum series_kind kind;
};

/* Same name, same tags, same kind: the same series wherever it was counted. */
bool series_same(const struct series *a, const struct series *b);
bool series_same_tags(const struct series *a, const struct series *b);
str series_tag(const struct series *s, str name); /* "": it has none of that name */

/* Of records that were read; response holds the times since they were due, service those since they
 * were sent, started counts them, bytes_received what they hold. */
struct record_counts {
    bool audited;                     /* the rest of this is known, but for the clocks */
    uint64_t classes[RECORD_CLASSES]; /* add up to started */
    uint64_t reordered;               /* of the first: behind one with a higher number */
    uint64_t lost;                    /* known at the end of the run */
    uint64_t early;                   /* came before they were due, by the sender's clock … */
    uint64_t earliest_ns;             /* … by so much at most */
};

/* What was counted. Starts as {0}. */
struct series_data {
    uint64_t started;         /* by the second of due */
    uint64_t started_in_plan; /* of them: due before the end of the plan; what rates count */
    uint64_t fates[FATES];    /* by the second of done, like all below */
    struct hist response;     /* done - due, ns: ok, failed_check, timeout */
    struct hist service;      /* done - sent, ns: ok, failed_check */
    uint64_t bytes_sent, bytes_received;
    uint64_t body_bytes;      /* of the bodies of complete replies: ok, failed_check */
    uint64_t possibly_stored; /* failed, and the target may have kept them all the same */
    uint64_t reconnects;      /* connections opened in place of a lost one */
    struct tally status;      /* protocol's status codes, by number */
    struct tally causes;      /* why calls were not ok, in words */
    struct tally checks_passed, checks_failed; /* by their names */
    double sum;                                /* of a metric */
    double last;               /* of what clients measure: the newest; no record keeps it */
    struct record_counts read; /* of SERIES_RECORDS */
};

void record_counts_add(struct record_counts *into, const struct record_counts *from);
void series_data_merge(struct series_data *into, const struct series_data *from);
void series_data_clear(struct series_data *d); /* empty again, keeps its memory */
void series_data_free(struct series_data *d);

/* Calls that have their fate. */
uint64_t series_data_ended(const struct series_data *d);
/* Of them: not ok. */
uint64_t series_data_failed(const struct series_data *d);
bool series_data_empty(const struct series_data *d);

#endif
