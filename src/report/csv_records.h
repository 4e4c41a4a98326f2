/* report/csv_records.h: tables of a run that reads records (--csv PREFIX): PREFIX_records.csv, a
 * row for each series at the end, and PREFIX_records_history.csv, a row for each second and series
 * as the run goes on; PREFIX_metrics.csv, what the clients measured, at the end. Times in ms; an
 * empty field where nothing was measured, or audited. */
#ifndef WEIR_REPORT_CSV_RECORDS_H
#define WEIR_REPORT_CSV_RECORDS_H

#include "base/buf.h"
#include "engine/sink.h"

/* Opens the files. NULL with a sentence. */
struct sink *csv_records_sink(const char *prefix, struct err *e);

void csv_records(const struct summary *s, struct buf *out); /* the first table */

#endif
