/* report/csv_field.h: fields of CSV files (RFC 4180). Names are written as they are, only quoted: a
 * spreadsheet may take one that starts with '=' for a formula, but names come from who runs weir,
 * never from the target, and a changed name would not match the other outputs any more. */
#ifndef WEIR_REPORT_CSV_FIELD_H
#define WEIR_REPORT_CSV_FIELD_H

#include "base/buf.h"
#include "stats/series.h"

/* Quoted where it must be; each byte that is no UTF-8 becomes U+FFFD. */
void csv_text(struct buf *out, str text);

/* A comma, and the number when it is one. */
void csv_number(struct buf *out, double v);

/* ns as ms, with a comma before it; nothing behind the comma when it is not a number. */
void csv_ms(struct buf *out, double ns);

/* A comma and a whole number. */
void csv_count(struct buf *out, uint64_t n);

/* The name of a series as a field, its tags in one behind it: "buy,region=eu". */
void csv_series(struct buf *out, const struct series *s);

#endif
