/* The epoll backend, the reference. Sockets are registered once, edge-triggered for both
 * directions; reading goes on until the kernel has no more, sending is tried at once. */
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "loop/backend.h"

enum {
    EVENTS = 256,          /* taken by one epoll_wait */
    READ_SIZE = 64 * 1024, /* one receive */
    READS_A_TURN = 16,     /* of one socket; then the others go first */
    WATCH_TAG = 1,         /* low bit of the pointer in epoll_data: a watch, not a socket */
};

struct epoll_loop {
    struct loop loop; /* first */
    int fd;
    int n; /* events of this turn */
    struct epoll_event events[EVENTS];
    char bytes[READ_SIZE];
};

static struct epoll_loop *of(struct loop *l)
{
    return (struct epoll_loop *)l;
}

static struct loop *epoll_open(const struct loop_options *options, struct err *e)
{
    (void)options;
    int fd = epoll_create1(EPOLL_CLOEXEC);
    if (fd < 0) {
        err_set(e, ERR_RUN, "cannot make an epoll descriptor: %s", strerror(errno));
        return NULL;
    }
    struct epoll_loop *p = mem_zero(sizeof *p);
    p->fd = fd;
    return &p->loop;
}

static void epoll_close(struct loop *l)
{
    close(of(l)->fd);
    mem_free(of(l));
}

static void epoll_sleep(struct loop *l, uint64_t before_ns, uint64_t wake_ns)
{
    uint64_t ns = wake_ns > before_ns ? wake_ns - before_ns : 0;
    struct timespec t = {.tv_sec = (time_t)(ns / NS_PER_S), .tv_nsec = (long)(ns % NS_PER_S)};
    int n = epoll_pwait2(of(l)->fd, of(l)->events, EVENTS, wake_ns == UINT64_MAX ? NULL : &t, NULL);
    of(l)->n = n > 0 ? n : 0;
}

static bool add(struct loop *l, int fd, uint32_t events, uintptr_t data)
{
    struct epoll_event ev = {.events = events, .data.u64 = data};
    return epoll_ctl(of(l)->fd, EPOLL_CTL_ADD, fd, &ev) == 0;
}

static void end_later(struct sock *s, int error)
{
    s->why = sock_reason(error);
    sock_todo(s, TODO_END);
}

static void add_socket(struct sock *s)
{
    if (!add(s->loop, s->fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, (uintptr_t)s))
        end_later(s, errno);
}

static void epoll_receive(struct sock *s)
{
    if (s->to == NULL)
        add_socket(s);
}

static void epoll_connect(struct sock *s)
{
    const struct addr *to = s->to;
    if (connect(s->fd, (const struct sockaddr *)&to->storage, to->length) != 0 &&
        errno != EINPROGRESS)
        end_later(s, errno);
    else
        add_socket(s);
}

static void epoll_send(struct sock *s)
{
    while (s->out_n) {
        ssize_t n = send(s->fd, s->out, s->out_n, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno != EAGAIN)
            sock_send_failed(s, errno);
        if (n < 0 || !sock_did_send(s, (size_t)n))
            return;
    }
}

/* recv that also takes the kernel's time stamp of the bytes. */
static ssize_t receive_stamped(struct sock *s, char *bytes)
{
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(struct timespec))];
    struct iovec iov = {bytes, READ_SIZE};
    struct msghdr m = {
        .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    s->stamp_ns = 0;
    ssize_t n = recvmsg(s->fd, &m, 0);
    s->stamp_ns = 0;
    struct cmsghdr *c = n > 0 ? CMSG_FIRSTHDR(&m) : NULL;
    if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
        struct timespec t;
        memcpy(&t, CMSG_DATA(c), sizeof t);
        s->stamp_ns = (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
    }
    return n;
}

/* Reads what is there; `to_end`: the peer has ended, so a short read is not the last one. */
static void read_socket(struct sock *s, bool to_end)
{
    char *bytes = of(s->loop)->bytes;
    for (int i = 0; i < READS_A_TURN; i++) {
        ssize_t n = s->stamps ? receive_stamped(s, bytes) : recv(s->fd, bytes, READ_SIZE, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return;
        if (n <= 0) {
            sock_did_end(s, n < 0 ? errno : 0);
            return;
        }
        sock_did_receive(s, bytes, (size_t)n);
        if (s->state >= SOCK_ENDED || (n < READ_SIZE && !to_end))
            return;
    }
    sock_todo(s, TODO_READ);
}

static void epoll_read_on(struct sock *s)
{
    read_socket(s, true);
}

static void finish_connect(struct sock *s)
{
    int error = 0;
    socklen_t n = sizeof error;
    getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &n);
    sock_did_connect(s, error);
    s->to = NULL;
}

static void handle_socket(struct sock *s, uint32_t events)
{
    if (s->state >= SOCK_ENDED)
        return;
    if (s->to) {
        if (!(events & (EPOLLOUT | EPOLLERR | EPOLLHUP)))
            return;
        finish_connect(s);
        if (s->state >= SOCK_ENDED)
            return;
    }
    if (s->out_n && events & EPOLLOUT)
        epoll_send(s);
    if (events & (EPOLLIN | EPOLLRDHUP | EPOLLERR | EPOLLHUP))
        read_socket(s, events & (EPOLLRDHUP | EPOLLERR | EPOLLHUP));
}

static void epoll_deliver(struct loop *l)
{
    struct epoll_loop *p = of(l);
    for (int i = 0; i < p->n; i++) {
        uintptr_t data = (uintptr_t)p->events[i].data.u64;
        if (data & WATCH_TAG) {
            struct watch *w = (struct watch *)(data & ~(uintptr_t)WATCH_TAG);
            if (w->poll)
                w->readable(w);
        } else if (data) {
            handle_socket((struct sock *)data, p->events[i].events);
        }
    }
}

static void epoll_let_go(struct sock *s)
{
    epoll_ctl(of(s->loop)->fd, EPOLL_CTL_DEL, s->fd, NULL); /* a duplicate would keep it there */
    sock_let_go(s);
}

static void epoll_watch(struct watch *w, struct loop *l)
{
    w->poll = w;
    bool added = add(l, w->fd, EPOLLIN, (uintptr_t)w | WATCH_TAG);
    assert(added);
    (void)added;
}

static void epoll_unwatch(struct watch *w, struct loop *l)
{
    struct epoll_loop *p = of(l);
    w->poll = NULL;
    epoll_ctl(p->fd, EPOLL_CTL_DEL, w->fd, NULL);
    for (int i = 0; i < p->n; i++) /* its event may be in this turn's batch */
        if (p->events[i].data.u64 == ((uintptr_t)w | WATCH_TAG))
            p->events[i].data.u64 = 0;
}

const struct backend epoll_backend = {
    .name = "epoll",
    .open = epoll_open,
    .close = epoll_close,
    .wait = epoll_sleep,
    .deliver = epoll_deliver,
    .connect = epoll_connect,
    .receive = epoll_receive,
    .send = epoll_send,
    .let_go = epoll_let_go,
    .read_on = epoll_read_on,
    .watch = epoll_watch,
    .unwatch = epoll_unwatch,
};
