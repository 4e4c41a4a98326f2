/* Peers, bytes and the echoing host of the loop's tests. */
#include "world.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"

/* ---- peers ---- */

int peer_listen(const struct addr *at, struct addr *bound, int backlog)
{
    int fd = socket(at->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    int room = 128 * 1024; /* of those accepted too: the kernel must not swallow a large send */
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    assert_int_equal(bind(fd, (const struct sockaddr *)&at->storage, at->length), 0);
    assert_int_equal(listen(fd, backlog), 0);
    *bound = *at;
    bound->length = sizeof bound->storage;
    assert_int_equal(getsockname(fd, (struct sockaddr *)&bound->storage, &bound->length), 0);
    return fd;
}

static int accept_one(int listening)
{
    struct pollfd p = {.fd = listening, .events = POLLIN};
    assert_int_equal(poll(&p, 1, 20000), 1);
    int fd = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

int peer_meet(struct guest *g, struct loop *l, enum family f)
{
    struct addr at;
    family_address(f, &at);
    int listening = peer_listen(&at, &at, 5);
    guest_connect(g, l, &at);
    TURN_UNTIL(l, g->told[CONNECTED]);
    int fd = accept_one(listening);
    close(listening);
    address_forget(&at);
    return fd;
}

void peer_pair(enum family f, int fds[2])
{
    struct addr at;
    family_address(f, &at);
    int listening = peer_listen(&at, &at, 5);
    fds[0] = socket(at.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fds[0], (struct sockaddr *)&at.storage, at.length), 0);
    fds[1] = accept_one(listening);
    close(listening);
    address_forget(&at);
}

void peer_reset(int fd)
{
    struct linger off = {.l_onoff = 1, .l_linger = 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &off, sizeof off);
    close(fd);
}

void peer_write(int fd, const void *bytes, size_t n)
{
    assert_int_equal(send(fd, bytes, n, MSG_NOSIGNAL), n);
}

size_t peer_read(int fd, struct loop *l, size_t n)
{
    char *bytes = mem_alloc(n);
    size_t got = 0;
    bool end = false;
    for (uint64_t stop = clock_now_ns() + 20 * NS_PER_S; !end && got < n;) {
        ssize_t r;
        while (got < n && (r = recv(fd, bytes + got, n - got, MSG_DONTWAIT)) >= 0 && !end) {
            end = r == 0;
            got += (size_t)r;
        }
        turn_before(l, stop, NS_PER_MS / 2);
    }
    assert_true(pattern_is((str){bytes, got}));
    mem_free(bytes);
    return got;
}

/* ---- bytes ---- */

static char pattern_at(size_t i)
{
    return (char)((i * UINT64_C(0x9E3779B97F4A7C15)) >> 56);
}

char *pattern_make(size_t n)
{
    char *p = mem_alloc(n + 1);
    for (size_t i = 0; i < n; i++)
        p[i] = pattern_at(i);
    return p;
}

bool pattern_is(str bytes)
{
    for (size_t i = 0; i < bytes.n; i++)
        if (bytes.p[i] != pattern_at(i))
            return false;
    return true;
}

/* ---- the host ---- */

struct room {
    struct sock sock;
    struct host *host;
    struct list link;
    struct buf in, out; /* to be echoed next, being echoed */
};

static void echo(struct room *r)
{
    if (sock_sending(&r->sock) || r->in.n == 0)
        return;
    struct buf empty = r->out;
    r->out = r->in;
    r->in = empty;
    r->in.n = 0;
    sock_send(&r->sock, r->out.p, r->out.n);
}

static void room_received(struct sock *s, str bytes)
{
    struct room *r = CONTAINER_OF(s, struct room, sock);
    buf_str(&r->in, bytes);
    echo(r);
}

static void room_sent(struct sock *s)
{
    echo(CONTAINER_OF(s, struct room, sock));
}

static void room_ended(struct sock *s, const char *why)
{
    (void)why;
    sock_close(s);
}

static void room_closed(struct sock *s)
{
    struct room *r = CONTAINER_OF(s, struct room, sock);
    list_remove(&r->link);
    r->host->open--;
    buf_free(&r->in);
    buf_free(&r->out);
    mem_free(r);
}

static const struct sock_events room_events = {
    .received = room_received, .ended = room_ended, .sent = room_sent, .closed = room_closed};

static void room_open(struct listener *li, int fd)
{
    struct host *h = CONTAINER_OF(li, struct host, listener);
    struct room *r = mem_zero(sizeof *r);
    r->host = h;
    list_push_back(&h->rooms, &r->link);
    h->open++;
    h->served++;
    sock_take(h->loop, &r->sock, &room_events, fd, h->tls);
}

void host_open(struct host *h, struct loop *l, enum family f, struct tls_context *tls)
{
    struct addr at;
    struct err e = {0};
    uint16_t port;
    family_address(f, &at);
    *h = (struct host){.loop = l, .tls = tls, .at = at, .listener.accepted = room_open};
    list_init(&h->rooms);
    if (!listener_open(l, &h->listener, &at, &port, &e))
        fail_msg("%s", e.text);
    h->at.length = sizeof h->at.storage;
    getsockname(h->listener.watch.fd, (struct sockaddr *)&h->at.storage, &h->at.length);
}

void host_close(struct host *h)
{
    listener_close(&h->listener);
    address_forget(&h->at);
    for (struct list *i = h->rooms.next; i != &h->rooms; i = i->next)
        sock_close(&CONTAINER_OF(i, struct room, link)->sock);
    TURN_UNTIL(h->loop, h->open == 0);
}
