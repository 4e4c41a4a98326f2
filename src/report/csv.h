/* report/csv.h: tables (--csv PREFIX): PREFIX_requests.csv and PREFIX_distribution.csv with the
 * columns of Locust, at the end; PREFIX_history.csv, a row for each second and series, as the run
 * goes on. Of scripts PREFIX_checks.csv and PREFIX_exceptions.csv too, of scripts and Kafka
 * PREFIX_metrics.csv, at the end. Times in ms; an empty field where nothing was measured. Parts of
 * calls are in the history alone. */
#ifndef WEIR_REPORT_CSV_H
#define WEIR_REPORT_CSV_H

#include "base/buf.h"
#include "engine/sink.h"

/* Opens the files that such a plan can fill. NULL with a sentence. */
struct sink *csv_sink(const char *prefix, const struct plan *plan, struct err *e);

/* csv_tables.c */
void csv_requests(const struct summary *s, struct buf *out);
void csv_distribution(const struct summary *s, struct buf *out);
void csv_checks(const struct summary *s, struct buf *out);
void csv_metrics(const struct summary *s, struct buf *out);
void csv_exceptions(const struct summary *s,
                    struct buf *out); /* why iterations ended by an error */

#endif
