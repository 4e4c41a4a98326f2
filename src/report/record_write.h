/* report/record_write.h: a record that is being written: what each thing becomes in the file, and
 * where transactions begin. One thread at a time; failures stay in db.failure. */
#ifndef WEIR_REPORT_RECORD_WRITE_H
#define WEIR_REPORT_RECORD_WRITE_H

#include "engine/sink.h"
#include "report/record.h"
#include "report/record_span.h"

struct record_event {
    uint64_t at_ns; /* from the start of the plan */
    const char *kind, *text;
};

struct record_writer {
    struct record_db db;
    struct record_series series;
    bool in_transaction;
    bool start_known;    /* the exact t = 0 is written */
    uint64_t cpu_ns;     /* of the process when the load began */
    int64_t newest;      /* second that was written; -1: none */
    int64_t minutes_end; /* all before this second are minutes */
};

/* Makes the file, with settings and thresholds. False: *e. */
bool record_writer_open(struct record_writer *w, const char *path, const struct record_about *about,
                        struct err *e);
/* The file is complete, closed. False: not all is in it, *e says why. Harmless when closed. */
bool record_writer_close(struct record_writer *w, struct err *e);

void record_writer_begin(struct record_writer *w, const struct run_info *info); /* commits */
void record_writer_second(struct record_writer *w, int64_t second, const struct results *delta,
                          uint64_t started_wall_ns);
void record_writer_event(struct record_writer *w, const struct record_event *event);
/* The load was changed: what it asks for from the beginning to its end. */
void record_writer_plan(struct record_writer *w, unsigned load, const struct profile *p);
void record_writer_failure(struct record_writer *w, const struct shown_call *call);
void record_writer_end(struct record_writer *w, const struct summary *s);
void record_writer_commit(struct record_writer *w);

#endif
