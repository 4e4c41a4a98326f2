/* target/routes.h: which path is answered with what. Pure. */
#ifndef WEIR_TARGET_ROUTES_H
#define WEIR_TARGET_ROUTES_H

#include "base/buf.h"
#include "target/answer.h"
#include "target/request.h"

/* Any method will do, but for /stall. A path that is not there, or a value that cannot be read, is
 * an answer too: 404, 400. The body of an ANSWER_TEXT is added to *text. */
struct answer route_request(const struct request *r, struct buf *text);

/* The text of an answer that tells what went wrong: {"error":"…"}. */
struct answer route_error(uint16_t status, const char *sentence, struct buf *text);

/* The next "key=value" of a query; false behind the last. */
bool query_next(str *query, str *key, str *value);

/* Adds words of a request to a JSON string. */
void route_add_quoted(str words, struct buf *text);

#endif
