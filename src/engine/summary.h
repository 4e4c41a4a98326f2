/* engine/summary.h: a finished run, as every output shows it. Read only for sinks (settle
 * excepted). */
#ifndef WEIR_ENGINE_SUMMARY_H
#define WEIR_ENGINE_SUMMARY_H

#include "base/machine.h"
#include "engine/plan.h"
#include "stats/audit.h"
#include "stats/threshold.h"

/* What people call things in this run. */
struct run_words {
    const char *user, *users; /* of the closed model: "user", "users" */
    const char *calls, *ok;   /* "calls", "ok" */
};

/* Known when the run starts. */
struct run_info {
    const struct plan *plan;
    const struct run_words *words; /* MAY be NULL: the usual ones */
    char id[40];                   /* unique text */
    const char *weir;              /* the version that makes the load */
    uint64_t started_wall_ns;      /* t = 0 of the plan */
    const char *loop;              /* "io_uring", "epoll" */
    struct machine machine;        /* that makes the load; of an old record: not known */
    const char *target;   /* where the load goes: "http://127.0.0.1:8081 (127.0.0.1:8081)" */
    const char *reading;  /* of a plan that reads: "all partitions from the end, until Ctrl-C" */
    uint64_t connections; /* at most; 0: does not apply */
};

enum validity { RUN_VALID, RUN_DEGRADED, RUN_INVALID };

enum { REASONS = 12, AUDITS = 4 };

/* Something that had to hold beside the thresholds, and whether it did. */
struct audit_result {
    const char *name; /* "verify"; static text */
    bool passed;
    double value;   /* what was found; NAN: nothing could be */
    char text[240]; /* a sentence */
};

struct verdict {
    enum validity validity;
    char reasons[REASONS][240]; /* why it is not valid, a sentence each */
    unsigned n_reasons;
    char notes[REASONS][240]; /* worth knowing, no verdict */
    unsigned n_notes;
    struct threshold_result *thresholds; /* in the arena given to guards_judge */
    unsigned n_thresholds, n_missed;     /* of them not passed */
    struct audit_result audits[AUDITS];
    unsigned n_audits, n_audits_failed;
    int exit_code;
};

struct summary {
    const struct run_info *info;
    const struct results *results;
    const struct series_data *total;  /* all calls that are not parts */
    struct iteration_book iterations; /* of all loads together */
    struct verdict *verdict;
    double length_s;      /* of the plan, as rates divide by it */
    double asked_rate;    /* iterations per second; NAN in the closed model */
    double achieved_rate; /* iterations started within the plan per second; NAN without length, or
                           * where they only wait */
    bool interrupted;     /* Ctrl-C */
    bool failed;          /* a client could not go on: the run is not what was asked for */
    bool balanced;        /* the books */
    const struct audit *audit; /* of the records that were read, concluded; NULL: none was made */
    double cpu_s;       /* of this process, from the start of the warm-up to the end of the drain */
    uint64_t rss_bytes; /* at the end */
};

const struct run_words *run_words(const struct run_info *info);

/* Adds a sentence; a verdict only gets worse. Beyond REASONS, the last one says that there are
 * more.
 */
void verdict_reason(struct verdict *v, enum validity validity, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void verdict_note(struct verdict *v, const char *format, ...) __attribute__((format(printf, 2, 3)));

void verdict_audit(struct verdict *v, const char *name, bool passed, double value,
                   const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Notes what the figures alone do not tell: that a closed model does not count waiting, that most
 * replies were redirects or one and the same wrong status. */
void summary_notes(struct summary *s);

#endif
