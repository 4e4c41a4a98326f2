/* report/log.h: the per-call log (--log): a line for every settled call, formatted and written by a
 * thread of its own. Never silently incomplete: batches that come faster than they can be written
 * are dropped above 64 MiB, counted, and make the run DEGRADED; a file that cannot be written is an
 * error of the sink's finish. */
#ifndef WEIR_REPORT_LOG_H
#define WEIR_REPORT_LOG_H

#include "engine/sink.h"
#include "report/log_line.h"

/* Opens the file and starts the thread; path lives as long as the sink. NULL with a sentence. Its
 * settle also reports the lines that workers lost (results.log_lines_lost). */
struct sink *log_sink(const char *path, enum log_style style, struct err *e);

#endif
