/* engine/sink.h: where results go. A sink is one file with one table; the run calls it from the
 * aggregator's thread, in this order: prepared, begin, then second, calls, shown, failed and event
 * as they come, then conclude, settle, finish, close. A sink that has to wait for the world (a slow
 * disk) does so in a thread of its own. */
#ifndef WEIR_ENGINE_SINK_H
#define WEIR_ENGINE_SINK_H

#include "engine/control.h"
#include "engine/plan.h"
#include "engine/summary.h"
#include "loop/mailbox.h"
#include "stats/results.h"

/* One settled call, for logs. Times in ns. */
struct call_record {
    const struct series *series;
    const char *cause;    /* in words; NULL when ok */
    uint64_t due_ns;      /* from the start of the plan */
    uint64_t response_ns; /* done - due */
    uint64_t service_ns;  /* done - sent; 0 when it was never sent */
    uint64_t length;      /* of the reply's body, bytes */
    uint16_t status;      /* 0: none */
    uint8_t fate;         /* enum fate */
};

enum { CALL_BATCH = 512 };

struct call_batch {
    struct mail mail;                   /* whoever holds the batch may mail it on */
    void *holder;                       /* for the receiver of that mail */
    void (*done)(struct call_batch *b); /* MUST: takes it back to be filled again; any thread */
    unsigned n;
    struct call_record records[CALL_BATCH];
};

enum { SHOWN_MOST = 64 * 1024 };

/* A call in full (--show), texts in the memory of the message; valid during the call. */
struct shown_call {
    struct call_record record;
    str request;                        /* as sent; all three cut to SHOWN_MOST bytes */
    str head;                           /* of the reply; empty when there was none */
    str body;                           /* of the reply, without chunk framing */
    uint64_t request_bytes, body_bytes; /* before cutting */
};

/* What was counted in one second of the plan, over all workers. Rows of the same second add up: a
 * call that was taken late still starts in the second in which it was due. */
struct second {
    int64_t second;
    const struct results *delta;
    uint64_t length_s; /* of a record that has merged them into longer stretches; 0: one second */
};

/* Something that happened to the run as a whole. */
struct run_event {
    uint64_t at_ns;   /* from the start of the plan */
    const char *kind; /* "stage", "end", "stop", "interrupt", "pause", "resume", "change", "mark",
                       * "abort", "stuck": static text */
    const char *text; /* for people; valid during the call */
};

struct sink;

struct sink_table {
    const char *name;
    /* MAY. Before anything else: what is known of the run while it connects, or is held, and how to
     * direct it (control.h). Both are there until close. */
    void (*prepared)(struct sink *s, const struct run_info *info, struct control *control);
    /* MAY. The run is about to start. */
    void (*begin)(struct sink *s, const struct run_info *info);
    /* MAY. A second is complete on every worker. */
    void (*second)(struct sink *s, const struct second *row);
    /* MAY. Settled calls, in order per worker; only when the plan says log_calls. The batch now
     * belongs to the sink: it gives it back by batch->done, from any thread. */
    void (*calls)(struct sink *s, struct call_batch *batch);
    /* MAY. A call in full. */
    void (*shown)(struct sink *s, const struct shown_call *call);
    /* MAY. The books are about to be judged: adds to the results what only the end tells. */
    void (*conclude)(struct sink *s, struct summary *summary, struct results *results);
    /* MAY. One of the first calls that failed, in full, and are not shown; only when the plan keeps
     * failures. */
    void (*failed)(struct sink *s, const struct shown_call *call);
    /* MAY. An event, when it happens. */
    void (*event)(struct sink *s, const struct run_event *event);
    /* MAY. What control_look says is another thing now. */
    void (*changed)(struct sink *s);
    /* MAY. What its own work says against the run, as of now: lines lost. At any time; writes into
     * the summary's verdict. */
    void (*doubt)(struct sink *s, struct summary *summary);
    /* MAY. The last chance to change the summary, and the end of what is shown of a run that lives.
     * Before any finish. */
    void (*settle)(struct sink *s, struct summary *summary);
    /* MAY. The books are closed. False: the output is incomplete, with the reason (exit code 1). */
    bool (*finish)(struct sink *s, const struct summary *summary, struct err *e);
    /* MAY. The process ends at once, without any of what follows: gives back what is not its own,
     * the terminal above all. Must not wait. */
    void (*vanish)(struct sink *s);
    /* MUST. Frees it; also when the run never began. */
    void (*close)(struct sink *s);
};

struct sink {
    const struct sink_table *table;
    struct sink *next; /* the run's list */
};

#endif
