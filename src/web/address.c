/* Addresses as people write them. */
#include "web/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

static const char how[] = "write it like :8080 or 0.0.0.0:8080";

/* The part behind the last colon; "[::1]:80" has more of them. */
static bool cut_port(str text, str *host, uint16_t *port, struct err *e)
{
    uint64_t number;
    size_t at = text.n;
    while (at && text.p[at - 1] != ':' && text.p[at - 1] != ']')
        at--;
    bool has_colon = at && text.p[at - 1] == ':';
    if ((at && !has_colon) || !str_u64(str_skip(text, at), &number) || number > UINT16_MAX)
        return err_set(e, ERR_USAGE, "'" STR_FMT "' has no port; %s", STR_ARG(text), how);
    *host = (str){text.p, has_colon ? at - 1 : 0};
    *port = (uint16_t)number;
    return true;
}

bool web_address_check(str text, struct err *e)
{
    str host;
    uint16_t port;
    return text.n == 0 || cut_port(text, &host, &port, e);
}

static bool is_loopback(const struct addr *a)
{
    const struct sockaddr_in *four = (const struct sockaddr_in *)&a->storage;
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)&a->storage;
    if (a->storage.ss_family == AF_INET)
        return ntohl(four->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
    return a->storage.ss_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&six->sin6_addr);
}

bool web_address_read(str text, uint16_t port, struct web_address *out, struct err *e)
{
    struct addr found[ADDR_MOST];
    unsigned n;
    str host = {NULL, 0};
    if (text.n && !cut_port(text, &host, &port, e))
        return false;
    if (host.n > 2 && host.p[0] == '[')
        host = (str){host.p + 1, host.n - 2};
    if (!addr_resolve(host.n ? host : STR("127.0.0.1"), port, found, &n, e))
        return false;
    out->addr = found[0];
    out->local = is_loopback(&found[0]);
    return true;
}
