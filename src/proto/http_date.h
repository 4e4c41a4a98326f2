/* proto/http_date.h: the dates that servers write into a cookie's Expires, in whatever form:
 * browsers take all of them (RFC 6265 section 5.1.1). Pure. */
#ifndef WEIR_PROTO_HTTP_DATE_H
#define WEIR_PROTO_HTTP_DATE_H

#include "base/str.h"

/* Seconds since 1970, UTC. False: no date, or one that never was. */
bool http_date_read(str text, int64_t *unix_s);

#endif
