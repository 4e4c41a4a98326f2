/* Stream sockets: their states, and what owners are told. Backends call the sock_did_* functions;
 * what must not happen within a caller's own call (failures of connect and send, `sent`, `closed`)
 * is noted in the loop's todo and done at the end of the turn. */
#include "loop/sock.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "loop/backend.h"
#include "loop/tls.h"

void sock_todo(struct sock *s, unsigned what)
{
    if (!s->todo)
        list_push_back(&s->loop->todo, &s->link);
    s->todo |= (uint8_t)what;
}

static void start(struct loop *l, struct sock *s, const struct sock_events *on)
{
    *s = (struct sock){.on = on, .loop = l, .fd = -1};
    list_init(&s->link);
}

static void end_later(struct sock *s, const char *why)
{
    s->why = why;
    sock_todo(s, TODO_END);
}

void sock_connect(struct loop *l, struct sock *s, const struct sock_events *on,
                  const struct addr *to, struct tls_context *tls, const char *server_name)
{
    start(l, s, on);
    s->to = to;
    if (tls)
        s->tls = tls_open(tls, server_name);
    s->fd = socket(to->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s->fd < 0) {
        end_later(s, sock_reason(errno));
        return;
    }
    int one = 1;
    if (to->storage.ss_family != AF_UNIX)
        setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    l->backend->connect(s);
}

void sock_take(struct loop *l, struct sock *s, const struct sock_events *on, int fd,
               struct tls_context *tls)
{
    int one = 1;
    start(l, s, on);
    s->fd = fd;
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one); /* fails on unix sockets: fine */
    s->state = tls ? SOCK_CONNECTING : SOCK_OPEN;
    if (tls)
        s->tls = tls_open(tls, NULL);
    l->backend->receive(s);
}

void sock_stamps(struct sock *s)
{
    int one = 1;
    s->stamps = setsockopt(s->fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof one) == 0;
}

bool sock_sending(const struct sock *s)
{
    return s->sending;
}

static void hand_to_kernel(struct sock *s, str bytes)
{
    s->out = bytes.p;
    s->out_n = bytes.n;
    s->loop->backend->send(s);
}

/* TLS: what OpenSSL wants to have sent, when nothing is under way. */
static void send_cipher(struct sock *s)
{
    if (s->out_n)
        return;
    str cipher = tls_output(s->tls);
    if (cipher.n)
        hand_to_kernel(s, cipher);
}

void sock_send(struct sock *s, const void *bytes, size_t n)
{
    if (s->state != SOCK_OPEN || n == 0)
        return;
    assert(!s->sending);
    s->sending = true;
    if (!s->tls)
        hand_to_kernel(s, (str){bytes, n});
    else if (tls_write(s->tls, (str){bytes, n}))
        send_cipher(s);
    else
        end_later(s, tls_why(s->tls));
}

void sock_close(struct sock *s)
{
    if (s->state == SOCK_CLOSING)
        return;
    s->state = SOCK_CLOSING;
    s->todo &= TODO_CLOSE;
    list_remove(&s->link);
    if (s->fd < 0)
        sock_let_go(s);
    else
        s->loop->backend->let_go(s);
}

void sock_let_go(struct sock *s)
{
    sock_todo(s, TODO_CLOSE);
}

/* ---- what backends report ---- */

static void opened(struct sock *s)
{
    s->state = SOCK_OPEN;
    if (s->on->connected)
        s->on->connected(s);
}

/* TLS: goes on with the handshake; opened when it is through. False: it failed or goes on. */
static bool shake_hands(struct sock *s)
{
    enum tls_status status = tls_handshake(s->tls);
    send_cipher(s);
    if (status == TLS_FAILED)
        end_later(s, tls_why(s->tls));
    if (status == TLS_DONE)
        opened(s);
    return status == TLS_DONE;
}

void sock_did_connect(struct sock *s, int error)
{
    if (s->state != SOCK_CONNECTING)
        return;
    if (error) {
        sock_did_end(s, error);
        return;
    }
    s->loop->backend->receive(s);
    if (s->tls)
        shake_hands(s);
    else
        opened(s);
}

/* TLS: decrypts record by record and delivers; the owner may close in between. */
static void receive_cipher(struct sock *s, str cipher)
{
    enum tls_status status = TLS_DONE;
    str plain;
    tls_feed(s->tls, cipher);
    if (s->state == SOCK_CONNECTING && !shake_hands(s))
        return;
    while (s->state == SOCK_OPEN && (status = tls_read(s->tls, &plain)) == TLS_DONE)
        s->on->received(s, plain);
    if (s->state != SOCK_OPEN)
        return;
    send_cipher(s);
    if (status == TLS_FAILED || status == TLS_ENDED)
        end_later(s, status == TLS_FAILED ? tls_why(s->tls) : NULL);
}

void sock_did_receive(struct sock *s, const char *bytes, size_t n)
{
    if (s->state > SOCK_OPEN || s->todo & TODO_END)
        return;
    if (s->tls)
        receive_cipher(s, (str){bytes, n});
    else
        s->on->received(s, (str){bytes, n});
}

static void tell_end(struct sock *s)
{
    if (s->state >= SOCK_ENDED)
        return;
    s->state = SOCK_ENDED;
    s->on->ended(s, s->why);
}

/* A send that runs into a reset may use up its error, and then the stream looks as if it had ended
 * properly. Only asked when bytes were left over: an empty send tells. */
static int hidden_error(const struct sock *s)
{
    if (s->out_n == 0 || send(s->fd, "", 0, MSG_NOSIGNAL | MSG_DONTWAIT) == 0)
        return 0;
    return errno == EAGAIN ? 0 : errno;
}

void sock_did_end(struct sock *s, int error)
{
    if (!s->why && !error)
        error = hidden_error(s);
    if (!s->why && error)
        s->why = sock_reason(error);
    if (!s->why && s->tls && s->state == SOCK_CONNECTING)
        s->why = "TLS: the other side closed the connection in the handshake";
    if (!s->why && s->tls && s->state == SOCK_OPEN && !(s->todo & TODO_END))
        s->why = "TLS: the connection was cut off"; /* no close_notify: perhaps not by the peer */
    tell_end(s);
}

bool sock_did_send(struct sock *s, size_t n)
{
    s->out += n;
    s->out_n -= n;
    if (s->out_n)
        return true;
    if (s->state > SOCK_OPEN)
        return false;
    if (s->tls) {
        tls_output_done(s->tls);
        send_cipher(s);
        if (s->out_n)
            return false; /* a new piece, handed over just now */
    }
    if (s->sending && s->on->sent && s->state == SOCK_OPEN)
        sock_todo(s, TODO_SENT);
    s->sending = false;
    return false;
}

void sock_send_failed(struct sock *s, int error)
{
    s->out_n = 0; /* `sending` stays: `sent` will not come */
    if (s->state > SOCK_OPEN)
        return;
    s->why = sock_reason(error);
    shutdown(s->fd, SHUT_RDWR); /* what came before is still delivered, then the end */
}

/* ---- the end of a turn ---- */

/* As much as the kernel takes at once: nobody waits for it. */
static void say_farewell(struct sock *s)
{
    str bytes = tls_farewell(s->tls);
    if (bytes.n)
        send(s->fd, bytes.p, bytes.n, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void close_now(struct sock *s)
{
    if (s->tls && s->fd >= 0)
        say_farewell(s);
    if (s->fd >= 0)
        close(s->fd);
    s->fd = -1;
    tls_close(s->tls);
    s->tls = NULL;
    s->on->closed(s);
}

static void do_one(struct sock *s, unsigned todo)
{
    if (todo & TODO_CLOSE) {
        close_now(s);
        return; /* the memory may be gone */
    }
    if (todo & TODO_END)
        tell_end(s);
    if (todo & TODO_SENT && s->state == SOCK_OPEN && !s->sending) /* else of an earlier send */
        s->on->sent(s);
    if (todo & TODO_READ && s->state <= SOCK_OPEN)
        s->loop->backend->read_on(s);
}

void sock_do_todo(struct loop *l)
{
    struct list now, *node;
    list_take(&now, &l->todo);
    while ((node = list_pop_front(&now))) {
        struct sock *s = CONTAINER_OF(node, struct sock, link);
        unsigned todo = s->todo;
        s->todo = 0;
        do_one(s, todo);
    }
}
