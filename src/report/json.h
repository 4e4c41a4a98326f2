/* report/json.h: the summary for machines (--json): schema 1 of spec/cli.md, at the end of a run.
 */
#ifndef WEIR_REPORT_JSON_H
#define WEIR_REPORT_JSON_H

#include "base/json_out.h"
#include "engine/sink.h"

/* Opens the file; path lives as long as the sink. NULL with a sentence. */
struct sink *json_sink(const char *path, struct err *e);

/* The text itself, one line for each series. */
void json_summary(const struct summary *s, struct buf *out);

/* The same with series that `put` writes: a value for each, or none. */
typedef void json_row(struct json_out *j, const struct summary *s, const struct result *r,
                      void *owner);
void json_summary_with(const struct summary *s, json_row *put, void *owner, struct buf *out);

#endif
