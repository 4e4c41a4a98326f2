/* proto/http_redirect.h: the request that a redirect asks for (RFC 9110 section 15.4), made from
 * the bytes of the one that was redirected, so that it does not matter whether these were written
 * once or rendered for one call. Pure. */
#ifndef WEIR_PROTO_HTTP_REDIRECT_H
#define WEIR_PROTO_HTTP_REDIRECT_H

#include "proto/http_request.h"

/* Whether a response with this status and a Location sends the client elsewhere: 301 302 303 307
 * 308. */
bool http_is_redirect(unsigned status);

struct http_redirect {
    const struct http_prepared *sent; /* what was asked */
    const struct http_url *origin;    /* whom; its target and credentials do not matter */
    unsigned status;                  /* of the answer */
    str location;                     /* in it */
};

/* Makes the request that follows, and says where it goes. 303, and 301 or 302 after POST, make it a
 * GET without body and Content-* headers (HEAD stays HEAD); else method and body stay. At another
 * origin Authorization, Proxy-Authorization, Cookie and Host stay behind; credentials in the
 * location take the place of an Authorization that did, and of none else. Strings are in the arena
 * or those of *r. False with a sentence: the location cannot be used. */
bool http_redirect_follow(const struct http_redirect *r, struct arena *arena, struct http_url *to,
                          struct http_prepared *next, struct err *e);

#endif
