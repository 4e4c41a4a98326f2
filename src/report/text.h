/* report/text.h: the summary for people. What was asked when the load starts; when it is over, what
 * came of it, from figures to the verdict in the last line. */
#ifndef WEIR_REPORT_TEXT_H
#define WEIR_REPORT_TEXT_H

#include "engine/sink.h"
#include "report/page.h"

/* Writes to paper->out, which stays the caller's. */
struct sink *text_sink(struct paper paper);

/* The first line: "open model: 500 starts/s for 10s, poisson, at most 10 000 connections"; the
 * second: where to, and how to repeat it. */
void text_opening(struct page *p, const struct run_info *info);

/* Everything after the run. */
void text_summary(struct page *p, const struct summary *s);

#endif
