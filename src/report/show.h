/* report/show.h: calls in full (--show N): request and reply as they went over the wire, secrets
 * masked, bodies cut, whatever is not text escaped. */
#ifndef WEIR_REPORT_SHOW_H
#define WEIR_REPORT_SHOW_H

#include "engine/sink.h"
#include "report/page.h"

/* Writes to paper->out, which stays the caller's. */
struct sink *show_sink(struct paper paper);

/* One call with its caption; `number` from 1. */
void show_call(struct page *p, const struct shown_call *call, unsigned number);

#endif
