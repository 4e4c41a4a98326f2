/* report/progress.h: how a run is doing while it runs: on a terminal one line that is rewritten
 * each second, else a line each ten seconds. */
#ifndef WEIR_REPORT_PROGRESS_H
#define WEIR_REPORT_PROGRESS_H

#include "engine/sink.h"
#include "report/page.h"

/* Writes to paper->out, standard error as a rule, which stays the caller's; what cannot be written
 * is no error. In the list of sinks it stands before those that write to the same terminal: it
 * wipes its line before a call is shown, and before anything finishes. */
struct sink *progress_sink(struct paper paper);

#endif
