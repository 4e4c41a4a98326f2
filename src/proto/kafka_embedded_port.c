/* bind() with a choice. A port that is taken must not fail in the mock cluster's hands: it would
 * free what it has not made yet (librdkafka 2.0.2, rd_kafka_mock_cluster_new). So its socket gets a
 * free port, and the caller sees `refused` and gives up. */
#include "proto/kafka_embedded_port.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static _Thread_local struct kafka_ports *chosen;

void kafka_ports_choose(struct kafka_ports *p)
{
    chosen = p;
}

static int system_bind(int fd, const struct sockaddr *at, socklen_t n)
{
    return (int)syscall(SYS_bind, fd, at, n);
}

/* Listening is tried, too: two sockets that may share a port until one listens can both be bound.
 */
static bool take(int fd, struct sockaddr_in *at, unsigned port)
{
    at->sin_port = htons((uint16_t)port);
    return system_bind(fd, (const struct sockaddr *)at, sizeof *at) == 0 && listen(fd, 1) == 0;
}

static int bind_chosen(struct kafka_ports *p, int fd, struct sockaddr_in *at)
{
    assert(p->n < KAFKA_PORTS_MOST);
    p->fds[p->n++] = fd;
    unsigned port = p->next;
    if (port == 0)
        return system_bind(fd, (const struct sockaddr *)at, sizeof *at);
    p->next++;
    if (take(fd, at, port))
        return 0;
    p->refused = port;
    p->error = errno;
    int unbound = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    dup3(unbound, fd, O_CLOEXEC);
    close(unbound);
    at->sin_port = 0;
    return system_bind(fd, (const struct sockaddr *)at, sizeof *at);
}

/* Under its C name this would have to agree with libc's declaration, which is a matter of taste of
 * the C library. */
int kafka_ports_bind(int fd, const struct sockaddr *at, socklen_t n) __asm__("bind");

int kafka_ports_bind(int fd, const struct sockaddr *at, socklen_t n)
{
    struct sockaddr_in in;
    if (!chosen || n < sizeof in || at->sa_family != AF_INET)
        return system_bind(fd, at, n);
    memcpy(&in, at, sizeof in);
    return in.sin_port ? system_bind(fd, at, n) : bind_chosen(chosen, fd, &in);
}
