/* report/whole_run.h: of a resumed run, what its store says of all of it: an audit of the summary,
 * held against the books of this process. */
#ifndef WEIR_REPORT_WHOLE_RUN_H
#define WEIR_REPORT_WHOLE_RUN_H

#include "engine/sink.h"
#include "proto/kafka_rpc.h"

/* *whole is set when the books are closed, and lives until then. */
struct sink *whole_run_sink(const struct kafka_rpc_whole *whole);

#endif
