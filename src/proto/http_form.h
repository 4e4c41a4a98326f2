/* proto/http_form.h: form pairs as application/x-www-form-urlencoded (WHATWG URL standard,
 * section 5.2). Pure. */
#ifndef WEIR_PROTO_HTTP_FORM_H
#define WEIR_PROTO_HTTP_FORM_H

#include "base/buf.h"

/* Adds "name=value", behind an '&' when `out` is not empty. A space becomes '+'; letters, digits
 * and
 * * - . _ stay; every other byte becomes %XX. */
void http_form_add(struct buf *out, str name, str value);

#endif
