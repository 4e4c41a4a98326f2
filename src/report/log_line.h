/* report/log_line.h: a settled call as one line of JSON (spec/cli.md, "Per-call log";
 * spec/locust.md, "Line formats of the log"), formatted without printf: lines come by the million.
 * One thread. */
#ifndef WEIR_REPORT_LOG_LINE_H
#define WEIR_REPORT_LOG_LINE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/map.h"
#include "engine/sink.h"

enum log_style {
    LOG_WEIR,   /* seconds; service time, due */
    LOG_LOCUST, /* the fields of the Locust experiment, milliseconds */
};

/* Starts as {.style = …}. */
struct log_lines {
    enum log_style style;
    struct buf text;        /* the lines so far; whoever writes them out sets n to 0 */
    struct map starts;      /* by series: how its lines begin */
    struct log_start *last; /* of the last line */
    struct arena arena;
};

void log_line_add(struct log_lines *l, const struct call_record *call);
void log_lines_free(struct log_lines *l);

#endif
