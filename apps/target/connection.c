/* Reading requests, and ending a connection so that the client still gets the last answer (RFC 9112
 * section 9.6). */
#include "target/connection.h"

#include <sys/socket.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "target/connection_inside.h"
#include "target/routes.h"

enum {
    HELD_MOST = 1024 * 1024, /* bytes of requests that a client may send ahead */
    ECHO_MOST = 16 * 1024 * 1024,
};

#define LINGER_NS (2 * NS_PER_S)

static struct connection *of(struct sock *s)
{
    return CONTAINER_OF(s, struct connection, sock);
}

/* ---- reading ---- */

/* What was sent cannot be read further: says so and ends the connection. A request that was counted
 * before remains one, and this is its answer. */
static void refuse(struct connection *c, uint16_t status, const char *why)
{
    bool counted = c->state == READ_BODY && c->answer.counted;
    c->server->metrics.refused++;
    c->body.n = c->type_n = 0;
    c->answer = route_error(status, why, &c->body);
    c->answer.counted = counted;
    c->request.keep_alive = false;
    connection_answer(c);
}

static void count_request(struct connection *c, uint64_t stamp_ns)
{
    struct server *sv = c->server;
    struct target_options *o = sv->options;
    if (sv->metrics.requests++ == 0)
        for (size_t i = 0; i < o->n_stalls; i++)
            stall_arm(&o->stalls[i], sv->loop, sv->signals.watch.fd);
    access_log_add(&sv->log, stamp_ns, c->request.method, c->request.target);
}

/* The head is complete: all that is needed of it is taken now. */
static void plan_answer(struct connection *c, uint64_t stamp_ns)
{
    const struct request *r = &c->request;
    c->to_head = str_eq(r->method, STR("HEAD"));
    c->answer = route_request(r, &c->body);
    if (c->answer.counted) {
        count_request(c, stamp_ns);
        faults_apply(&c->server->faults, r->query, &c->answer, &c->body);
    }
    if (c->answer.body == ANSWER_ECHO) {
        buf_str(&c->body, r->type);
        c->type_n = r->type.n;
    }
}

/* When the kernel got the first byte of *rest. */
static uint64_t stamp_of(const struct connection *c, const str *rest)
{
    size_t held = c->inbox.bytes.n;
    return held ? inbox_stamp(&c->inbox, held - rest->n) : c->sock.stamp_ns;
}

/* False: needs more bytes. */
static bool read_head(struct connection *c, str *rest)
{
    struct request *r = &c->request;
    enum http_step step = request_parse(r, *rest);
    if (step == HTTP_MORE)
        return false;
    if (step == HTTP_ERROR) {
        refuse(c, r->status, r->why);
        return true;
    }
    plan_answer(c, stamp_of(c, rest));
    *rest = str_skip(*rest, r->n);
    http_body_start(&c->upload, &(struct http_head){.framing = r->framing, .length = r->length});
    c->state = READ_BODY;
    if (r->expects && r->minor > 0 && r->framing != HTTP_BODY_NONE && rest->n == 0)
        buf_str(&c->next, STR("HTTP/1.1 100 Continue\r\n\r\n"));
    return true;
}

static void take_body(struct connection *c, str data)
{
    if (c->answer.counted)
        c->server->metrics.body_bytes += data.n;
    if (c->answer.body == ANSWER_ECHO)
        buf_str(&c->body, data);
}

static void body_complete(struct connection *c)
{
    uint64_t delay = c->answer.delay_ns;
    c->state = WAIT;
    if (delay)
        loop_timer_arm(c->server->loop, &c->timer, loop_now(c->server->loop) + delay);
    else
        connection_answer(c);
}

/* False: needs more bytes. */
static bool read_body(struct connection *c, str *rest)
{
    enum http_step step;
    do {
        str data;
        step = http_body_feed(&c->upload, rest, &data);
        take_body(c, data);
    } while (step == HTTP_MORE && rest->n);
    if (step == HTTP_ERROR)
        refuse(c, 400, c->upload.why);
    else if (c->body.n > ECHO_MOST)
        refuse(c, 413, "more than 16 MiB are not echoed");
    else if (step == HTTP_DONE)
        body_complete(c);
    return step != HTTP_MORE || c->state != READ_BODY;
}

/* Takes up requests from the front of *rest, until they end or an answer takes its time. */
static void serve(struct connection *c, str *rest)
{
    bool going = true;
    while (going) {
        if (c->state == READ_HEAD)
            going = rest->n && c->next.n < OUT_MOST && read_head(c, rest);
        else
            going = c->state == READ_BODY && read_body(c, rest);
    }
    if (c->state == LAST)
        *rest = (str){NULL, 0};
}

/* The same with what is in the inbox. */
static void serve_held(struct connection *c)
{
    str rest = buf_view(&c->inbox.bytes);
    serve(c, &rest);
    inbox_drop(&c->inbox, c->inbox.bytes.n - rest.n);
    connection_flush(c);
}

/* ---- what the loop tells ---- */

static void received(struct sock *s, str bytes)
{
    struct connection *c = of(s);
    if (c->state == LAST)
        return;
    if (c->inbox.bytes.n == 0) {
        serve(c, &bytes);
        inbox_add(&c->inbox, bytes, s->stamp_ns);
        connection_flush(c);
    } else {
        inbox_add(&c->inbox, bytes, s->stamp_ns);
        serve_held(c);
    }
    if (c->inbox.bytes.n > HELD_MOST) {
        log_warn("a client sent more than %d bytes of requests ahead of its answers: closed",
                 HELD_MOST);
        sock_close(s);
    }
}

/* Everything of the last answer is with the kernel. A plain close would make the kernel reset the
 * connection when bytes came that nobody read, and the answer might be lost with it. */
static void end_politely(struct connection *c)
{
    if (c->drop) {
        sock_close(&c->sock);
        return;
    }
    shutdown(c->sock.fd, SHUT_WR);
    loop_timeout_arm(c->server->loop, &c->linger, loop_now(c->server->loop) + LINGER_NS);
}

static void stall_when_asked(struct connection *c)
{
    uint64_t ns = c->freeze_ns;
    c->freeze_ns = 0;
    if (ns)
        stall_now(ns, c->server->signals.watch.fd);
}

enum { IDLE_MOST = 4096 }; /* memory that a buffer keeps while it is empty */

static void trim(struct buf *b)
{
    if (b->capacity > IDLE_MOST)
        buf_free(b);
}

static void sent(struct sock *s)
{
    struct connection *c = of(s);
    if (sock_sending(s))
        return;
    if (c->state == SEND && c->stream.pause_ns == 0)
        connection_make_body(c);
    if (c->next.n) {
        connection_flush(c);
        return;
    }
    trim(&c->sending);
    trim(&c->next);
    stall_when_asked(c);
    if (c->state == LAST)
        end_politely(c);
    else if (c->inbox.bytes.n)
        serve_held(c);
}

static void ended(struct sock *s, const char *why)
{
    (void)why;
    sock_close(s);
}

static void closed(struct sock *s)
{
    struct connection *c = of(s);
    loop_timer_disarm(c->server->loop, &c->timer);
    wheel_disarm(&c->linger);
    list_remove(&c->link);
    c->server->metrics.open--;
    inbox_free(&c->inbox);
    buf_free(&c->body);
    buf_free(&c->sending);
    buf_free(&c->next);
    mem_free(c);
}

static void time_has_come(struct timer *t)
{
    struct connection *c = CONTAINER_OF(t, struct connection, timer);
    if (c->sock.state != SOCK_OPEN)
        return;
    if (c->state == WAIT)
        connection_answer(c);
    else
        connection_make_body(c);
    serve_held(c);
}

static void lingered(struct timeout *t)
{
    sock_close(&CONTAINER_OF(t, struct connection, linger)->sock);
}

static const struct sock_events events = {
    .received = received,
    .sent = sent,
    .ended = ended,
    .closed = closed,
};

void connection_open(struct server *sv, int fd)
{
    struct connection *c = mem_zero(sizeof *c);
    c->server = sv;
    c->timer.fire = time_has_come;
    c->linger.fire = lingered;
    list_init(&c->linger.link);
    list_push_back(&sv->connections, &c->link);
    sv->metrics.connections++;
    sv->metrics.open++;
    sock_take(sv->loop, &c->sock, &events, fd, sv->tls);
    if (sv->log.fd >= 0)
        sock_stamps(&c->sock);
}

void connections_close(struct server *sv)
{
    for (struct list *l = sv->connections.next; l != &sv->connections; l = l->next)
        sock_close(&CONTAINER_OF(l, struct connection, link)->sock);
}
