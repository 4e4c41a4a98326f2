/* report/text_blocks.h: the blocks that the summary for people is made of, each one or more whole
 * lines. Private to report/text*.c. */
#ifndef WEIR_REPORT_TEXT_BLOCKS_H
#define WEIR_REPORT_TEXT_BLOCKS_H

#include "engine/summary.h"
#include "report/page.h"

/* text_times.c: response and service time side by side, and a drawing of the former. */
void text_times(struct page *p, const struct series_data *total);

/* text_calls.c: what became of the calls, in words; bytes; a table when there are several series.
 */
void text_calls(struct page *p, const struct summary *s);
void text_traffic(struct page *p, const struct summary *s);
void text_series(struct page *p, const struct summary *s);
/* A column with its name and what tells it from others of that name. */
void text_series_name(struct page *p, const struct series *s, unsigned width);
/* Why something did not go well, the most frequent first, a line each. */
void text_reasons(struct page *p, const struct tally *reasons);

/* text_scripts.c: why iterations ended by an error, checks, metrics; nothing where there are none.
 */
void text_script_errors(struct page *p, const struct summary *s);
void text_checks(struct page *p, const struct summary *s);
void text_metrics(struct page *p, const struct summary *s);

/* text_verdict.c: both books as equations, those of several scenarios too, thresholds, notes, the
 * verdict. */
void text_books(struct page *p, const struct summary *s);
void text_verdict(struct page *p, const struct summary *s);

#endif
