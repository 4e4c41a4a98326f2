/* report/csv.h: tables (--csv PREFIX): PREFIX_requests.csv and PREFIX_distribution.csv with the
 * columns of Locust, at the end; PREFIX_history.csv, a row for each second and series, as the run
 * goes on. Times in ms; an empty field where nothing was measured. Parts of calls are in the
 * history alone. */
#ifndef WEIR_REPORT_CSV_H
#define WEIR_REPORT_CSV_H

#include "base/buf.h"
#include "engine/sink.h"

/* Opens the three files. NULL with a sentence. */
struct sink *csv_sink(const char *prefix, struct err *e);

void csv_requests(const struct summary *s, struct buf *out);
void csv_distribution(const struct summary *s, struct buf *out);

#endif
