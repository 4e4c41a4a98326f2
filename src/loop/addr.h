/* loop/addr.h: where a socket connects or listens: IPv4, IPv6, unix; and the resolver. */
#ifndef WEIR_LOOP_ADDR_H
#define WEIR_LOOP_ADDR_H

#include <sys/socket.h>

#include "base/err.h"
#include "base/str.h"

struct addr {
    struct sockaddr_storage storage;
    socklen_t length;
    char text[128]; /* "127.0.0.1:8081", "[::1]:8081", "unix:/run/x.sock" */
};

enum { ADDR_MOST = 16 }; /* addresses kept for one name */

/* Every stream address of host:port in the order of getaddrinfo (RFC 6724). Blocks: for the
 * offload thread. False: "cannot find host 'x': …". */
bool addr_resolve(str host, uint16_t port, struct addr *out, unsigned *n, struct err *e);

/* False when the path is longer than a unix address can hold. */
bool addr_unix(str path, struct addr *out, struct err *e);

#endif
