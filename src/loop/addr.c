/* Socket addresses and the blocking resolver. */
#include "loop/addr.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

static void set_text(struct addr *a)
{
    char host[80], port[8];
    getnameinfo((struct sockaddr *)&a->storage, a->length, host, sizeof host, port, sizeof port,
                NI_NUMERICHOST | NI_NUMERICSERV);
    bool six = a->storage.ss_family == AF_INET6;
    snprintf(a->text, sizeof a->text, six ? "[%s]:%s" : "%s:%s", host, port);
}

static const char *reason(int code)
{
    if (code == EAI_NONAME || code == EAI_NODATA)
        return "no such name";
    if (code == EAI_AGAIN)
        return "the name server does not answer";
    return code == EAI_SYSTEM ? strerror(errno) : gai_strerror(code);
}

bool addr_resolve(str host, uint16_t port, struct addr *out, unsigned *n, struct err *e)
{
    char name[256], service[8];
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV}, *found;
    if (host.n >= sizeof name)
        return err_set(e, ERR_RUN, "the host name is longer than 255 bytes");
    snprintf(name, sizeof name, STR_FMT, STR_ARG(host));
    snprintf(service, sizeof service, "%u", port);
    int code = getaddrinfo(name, service, &hints, &found);
    if (code)
        return err_set(e, ERR_RUN, "cannot find host '%s': %s", name, reason(code));
    *n = 0;
    for (struct addrinfo *i = found; i && *n < ADDR_MOST; i = i->ai_next) {
        struct addr *a = &out[(*n)++];
        memcpy(&a->storage, i->ai_addr, i->ai_addrlen);
        a->length = i->ai_addrlen;
        set_text(a);
    }
    freeaddrinfo(found);
    return true;
}

bool addr_unix(str path, struct addr *out, struct err *e)
{
    struct sockaddr_un *un = (struct sockaddr_un *)&out->storage;
    if (path.n == 0 || path.n >= sizeof un->sun_path)
        return err_set(e, ERR_USAGE, "a unix socket's path has 1 to %zu bytes, this one %zu",
                       sizeof un->sun_path - 1, path.n);
    memset(un, 0, sizeof *un);
    un->sun_family = AF_UNIX;
    memcpy(un->sun_path, path.p, path.n);
    out->length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + path.n + 1);
    snprintf(out->text, sizeof out->text, "unix:%s", un->sun_path);
    return true;
}
