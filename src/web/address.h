/* web/address.h: where pages and metrics are served: [[HOST]:PORT]. */
#ifndef WEIR_WEB_ADDRESS_H
#define WEIR_WEB_ADDRESS_H

#include "loop/addr.h"

struct web_address {
    struct addr addr;
    bool local; /* nobody from elsewhere can reach it */
};

/* Is it written like one? False with a sentence (ERR_USAGE). Looks nothing up. */
bool web_address_check(str text, struct err *e);

/* ":8080" and "8080" are loopback, "HOST:8080" that host; port 0 is any free one; empty: loopback
 * and `port`. Looks a name up, which blocks. */
bool web_address_read(str text, uint16_t port, struct web_address *out, struct err *e);

#endif
