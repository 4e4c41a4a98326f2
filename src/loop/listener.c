/* Listening sockets. */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "loop/sock.h"

enum {
    BACKLOG = 4096,       /* spec/fleet.md: a frozen target must not drop connects */
    ACCEPTS_A_TURN = 256, /* then the accepted ones are served */
    REST_MS = 100, /* without descriptors; a backlog that cannot be emptied is always readable */
};

/* Connects were not lost, they wait: nobody is turned away for a shortage that may be over soon. */
static void take_a_rest(struct listener *li)
{
    if (!li->warned)
        log_warn("cannot accept connections: %s; they wait", sock_reason(errno));
    li->warned = true;
    loop_unwatch(li->loop, &li->watch);
    loop_timer_arm(li->loop, &li->rest, loop_now(li->loop) + REST_MS * NS_PER_MS);
}

static void accept_again(struct timer *t)
{
    struct listener *li = CONTAINER_OF(t, struct listener, rest);
    loop_watch(li->loop, &li->watch);
}

static bool is_shortage(int error)
{
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

static void accept_some(struct watch *w)
{
    struct listener *li = CONTAINER_OF(w, struct listener, watch);
    for (int i = 0; i < ACCEPTS_A_TURN; i++) {
        int fd = accept4(w->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            li->accepted(li, fd);
        } else if (errno != ECONNABORTED && errno != EINTR) {
            if (is_shortage(errno))
                take_a_rest(li);
            return;
        }
    }
}

static uint16_t bound_port(int fd)
{
    struct sockaddr_storage at;
    socklen_t n = sizeof at;
    if (getsockname(fd, (struct sockaddr *)&at, &n) != 0)
        return 0;
    if (at.ss_family == AF_INET)
        return ntohs(((struct sockaddr_in *)&at)->sin_port);
    if (at.ss_family == AF_INET6)
        return ntohs(((struct sockaddr_in6 *)&at)->sin6_port);
    return 0;
}

bool listener_open(struct loop *l, struct listener *li, const struct addr *at, uint16_t *port,
                   struct err *e)
{
    int one = 1;
    int fd = socket(at->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return err_set(e, ERR_RUN, "cannot make a socket: %s", strerror(errno));
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, (const struct sockaddr *)&at->storage, at->length) != 0 ||
        listen(fd, BACKLOG) != 0) {
        err_set(e, ERR_RUN, "cannot listen on %s: %s", at->text, strerror(errno));
        close(fd);
        return false;
    }
    *port = bound_port(fd);
    li->loop = l;
    li->warned = false;
    li->rest = (struct timer){.fire = accept_again};
    li->watch = (struct watch){.fd = fd, .readable = accept_some};
    loop_watch(l, &li->watch);
    return true;
}

void listener_close(struct listener *li)
{
    if (li->rest.place)
        loop_timer_disarm(li->loop, &li->rest);
    else
        loop_unwatch(li->loop, &li->watch);
    shutdown(li->watch.fd, SHUT_RDWR); /* at once: io_uring may hold the file a while longer */
    close(li->watch.fd);
    li->watch.fd = -1; /* accept_some may be above us */
}
