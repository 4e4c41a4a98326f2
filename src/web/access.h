/* web/access.h: who may ask: the rules against pages of other sites (DNS rebinding, forged posts)
 * and against strangers (token). Pure. */
#ifndef WEIR_WEB_ACCESS_H
#define WEIR_WEB_ACCESS_H

#include "base/str.h"

/* Does the Host header name this machine itself: localhost, 127.x.x.x or [::1], with any port? */
bool access_is_local(str host);

/* Is the Origin header that of the page that this Host serves? */
bool access_same_origin(str origin, str host);

/* In a time that tells nothing of how much of it is right. */
bool access_token_is(str given, str token);

/* The value of a cookie; empty when it is not there. */
str access_cookie(str header, str name);

#endif
