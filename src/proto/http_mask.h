/* proto/http_mask.h: heads as they may be shown to people and kept in logs, without secrets. Pure.
 */
#ifndef WEIR_PROTO_HTTP_MASK_H
#define WEIR_PROTO_HTTP_MASK_H

#include "base/arena.h"

/* A copy of a request's or response's head, broken ones too, in which the values of Authorization,
 * Proxy-Authorization and Cookie, and everything behind the name of a Set-Cookie, are "***". What
 * follows the blank line is copied as it is. */
str http_mask_secrets(str head, struct arena *arena);

#endif
