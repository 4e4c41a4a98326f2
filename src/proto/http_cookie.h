/* proto/http_cookie.h: one cookie as a server sets it, and where cookies belong (RFC 6265 sections
 * 5.1 and 5.2). SameSite and HttpOnly are not looked at: here are no third parties and no scripts
 * of a page. Pure; all strings are views. */
#ifndef WEIR_PROTO_HTTP_COOKIE_H
#define WEIR_PROTO_HTTP_COOKIE_H

#include "base/str.h"

#define HTTP_COOKIE_STAYS INT64_MAX /* expires_s: it goes with its user */

/* A request, as cookies see it. */
struct http_place {
    str host; /* without port */
    str path; /* begins with '/', without query */
    bool tls;
};

struct http_cookie {
    str name;          /* never empty */
    str value;         /* no control characters, in the name neither */
    str domain;        /* n is 0: the host that set it, and no other */
    str path;          /* begins with '/'; n is 0: the folder of the request that brought it */
    int64_t expires_s; /* since 1970 */
    bool secure;       /* only over TLS */
};

/* Reads the value of a Set-Cookie header. False: it sets none (no name, a control character). */
bool http_cookie_parse(str line, int64_t now_s, struct http_cookie *out);

/* Whether `host` is `domain`, or a name below it; addresses have none below (5.1.3). */
bool http_cookie_domain_matches(str host, str domain);

/* Whether a server at `host` may speak for `domain`: it matches, and is no top-level domain. There
 * is no list of public suffixes: "co.uk" passes. */
bool http_cookie_domain_is_own(str host, str domain);

bool http_cookie_path_matches(str path, str cookie_path); /* 5.1.4 */
str http_cookie_folder(str path);                         /* "/a/b" and "/a/": "/a"; "/a": "/" */

#endif
