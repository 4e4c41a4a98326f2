/* report/call_name.h: a series' name in the two fields that Locust's formats have for it: "GET
 * /ping" is type GET, name /ping. Pure. */
#ifndef WEIR_REPORT_CALL_NAME_H
#define WEIR_REPORT_CALL_NAME_H

#include "base/buf.h"
#include "stats/series.h"

/* The tag "type" (ENQUEUE); else the method in front of the name; else the protocol: HTTP. */
void call_type(const struct series *s, struct buf *out);

/* The name, without the method when that is the type. A view of the series'. */
str call_name(const struct series *s);

/* "protocol=http;topic=orders": the tags in one field. */
void call_tags(const struct series *s, struct buf *out);

#endif
