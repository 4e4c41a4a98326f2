/* proto/http_jar.h: the cookies of one user (RFC 6265 section 5.3 and 5.4). Pure but for its
 * memory: what the time is, says the caller. One thread. */
#ifndef WEIR_PROTO_HTTP_JAR_H
#define WEIR_PROTO_HTTP_JAR_H

#include "base/buf.h"
#include "proto/http_cookie.h"

enum {
    HTTP_JAR_MOST = 50, /* cookies; then the oldest goes. What section 6.1 wants for a domain */
    HTTP_COOKIE_MOST = 4096, /* bytes of name, value, domain and path; a larger one is not kept */
};

/* Starts as {0}. */
struct http_jar {
    struct http_jar_cookie *first; /* in the order in which they are sent: longer paths first, then
                                    * older ones */
};

/* Takes the value of a Set-Cookie header that came with the reply to a request: keeps, replaces or
 * removes a cookie, or ignores what is none or not the server's to set. */
void http_jar_take(struct http_jar *jar, const struct http_place *from, str line, int64_t now_s);

/* Adds the value of Cookie for a request, "a=b; c=d". False: there is none, nothing was added. */
bool http_jar_write(const struct http_jar *jar, const struct http_place *to, int64_t now_s,
                    struct buf *out);

void http_jar_free(struct http_jar *jar); /* {0} again */

#endif
