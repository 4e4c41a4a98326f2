/* report/record_read.h: a recorded run, told again to sinks as it was when it ran: begin, its
 * seconds, events and failures, its end. One thread. */
#ifndef WEIR_REPORT_RECORD_READ_H
#define WEIR_REPORT_RECORD_READ_H

#include "engine/sink.h"
#include "report/record_span.h"

struct recorded {
    struct record_db db;
    struct arena arena; /* all that was read */
    struct record_series series;
    struct run_info *info;
    struct results results;
    struct series_data total;
    struct verdict verdict;
    struct summary summary; /* filled by recorded_play */
};

/* Opens the file and reads what stood before the start. False: *e, and nothing is open. */
bool recorded_open(struct recorded *r, const char *path, struct err *e);
void recorded_close(struct recorded *r);

/* Did the run end, and its books close? One that was killed did not. */
bool recorded_has_end(struct recorded *r);

/* The run's settings with their origins, as args_walk tells them. */
void recorded_settings(struct recorded *r,
                       void (*visit)(void *owner, str name, str value, str origin), void *owner);

/* Closes the books of a run that did not end, at the last second that is there, and writes that.
 * False: *e; the run may still go on. */
bool recorded_repair(struct recorded *r, struct err *e);

/* Fills results, total and summary of a run that has ended. Failures stay in db. */
void recorded_sum_up(struct recorded *r);

/* Tells what is there of a run, also of one without an end: begin, events, seconds, failures, but
 * not finish. False: the record is damaged; *e. */
bool recorded_tell(struct recorded *r, struct sink *sinks, struct err *e);

/* Tells a run that has ended; settle is not called, for its summary is settled. The sinks stay the
 * caller's. False: the record is damaged, or a sink could not finish; *e. */
bool recorded_play(struct recorded *r, struct sink *sinks, struct err *e);

#endif
