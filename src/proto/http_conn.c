/* One HTTP connection: sends a call's request, reads its reply, and is then free for the next. What
 * comes when nothing was asked, or behind a complete reply, closes it. */
#include "base/clock.h"
#include "base/mem.h"
#include "proto/http_pool.h"

static struct http_conn *conn_of(struct sock *s)
{
    return CONTAINER_OF(s, struct http_conn, sock);
}

void http_conn_close(struct http_conn *conn)
{
    list_remove(&conn->link);
    conn->state = HTTP_CONN_CLOSING;
    sock_close(&conn->sock);
}

void http_conn_send(struct http_conn *conn, struct call *call)
{
    struct http_call *h = http_call_of(call);
    conn->call = call;
    conn->state = HTTP_CONN_HEAD;
    conn->heard = false;
    conn->head = (struct http_head){.to_head = h->sent->is_head};
    h->conn = conn;
    call->outcome->reconnects += conn->replaces;
    conn->replaces = false;
    call->outcome->bytes_sent += h->sent->bytes.n;
    uint64_t now = clock_now_ns();
    if (!call->sent_ns)
        call->sent_ns = now;
    sock_send(&conn->sock, h->sent->bytes.p, h->sent->bytes.n);
}

/* The exchange ends without a reply; its call is done when the socket is closed, since the kernel
 * may still read the request. */
static void fail(struct http_conn *conn, const char *why)
{
    http_call_failed(conn->call, why);
    http_conn_close(conn);
}

/* The reply is complete; `clean`: the stream goes on and nothing stands behind it. */
static void answered(struct http_conn *conn, bool clean)
{
    struct call *call = conn->call;
    bool again = clean && conn->head.keep_alive && !http_call_of(call)->sent->closes;
    http_call_answered(call, &conn->head);
    if (sock_sending(&conn->sock)) { /* answered before the request was out */
        http_conn_close(conn);
        return;
    }
    conn->call = NULL;
    http_call_of(call)->conn = NULL;
    if (again)
        http_pool_free_conn(conn->pool, conn);
    else
        http_conn_close(conn);
    http_call_released(call);
}

static void keep_head(struct reply *r, str head)
{
    r->bytes.n = 0; /* that of a redirect before */
    buf_str(&r->bytes, head);
    r->head_n = head.n;
}

static void keep_body(struct reply *r, str data)
{
    size_t room = r->head_n + r->most - r->bytes.n;
    buf_add(&r->bytes, data.p, data.n < room ? data.n : room);
}

static void read_body(struct http_conn *conn, str rest)
{
    struct call *call = conn->call;
    enum http_step step;
    str data;
    do {
        step = http_body_feed(&conn->body, &rest, &data);
        call->outcome->length += data.n;
        if (call->outcome->reply)
            keep_body(call->outcome->reply, data);
    } while (step == HTTP_MORE && rest.n);
    bool clean = rest.n == 0;
    buf_free(&conn->partial); /* `rest` may have pointed into it */
    if (step == HTTP_ERROR)
        fail(conn, conn->body.why);
    else if (step == HTTP_DONE)
        answered(conn, clean);
}

/* Keeps what is there of an incomplete head; `all` may be the end of what is kept already. */
static void keep_partial(struct http_conn *conn, str all)
{
    struct buf *kept = &conn->partial;
    if (kept->n)
        buf_drop(kept, kept->n - all.n);
    else
        buf_str(kept, all);
}

static void read_head(struct http_conn *conn, str bytes)
{
    str all = bytes;
    if (conn->partial.n) {
        buf_str(&conn->partial, bytes);
        all = buf_view(&conn->partial);
    }
    enum http_step step = http_head_parse(&conn->head, all);
    while (step == HTTP_DONE && conn->head.status < 200) { /* 1xx: the reply is yet to come */
        all = str_skip(all, conn->head.n);
        conn->head = (struct http_head){.to_head = conn->head.to_head};
        step = http_head_parse(&conn->head, all);
    }
    if (step == HTTP_MORE) {
        keep_partial(conn, all);
    } else if (step == HTTP_ERROR) {
        fail(conn, conn->head.why);
    } else {
        if (conn->call->outcome->reply)
            keep_head(conn->call->outcome->reply, (str){all.p, conn->head.n});
        http_call_heard(conn->call, &conn->head);
        conn->state = HTTP_CONN_BODY;
        http_body_start(&conn->body, &conn->head);
        read_body(conn, str_skip(all, conn->head.n));
    }
}

static void on_received(struct sock *s, str bytes)
{
    struct http_conn *conn = conn_of(s);
    if (!conn->call) {
        http_conn_close(conn); /* nobody asked */
        return;
    }
    conn->heard = true;
    conn->call->outcome->bytes_received += bytes.n;
    if (conn->state == HTTP_CONN_HEAD)
        read_head(conn, bytes);
    else
        read_body(conn, bytes);
}

static void on_ended(struct sock *s, const char *why)
{
    struct http_conn *conn = conn_of(s);
    if (conn->state == HTTP_CONN_CONNECTING) {
        struct http_pool *pool = conn->pool;
        http_conn_close(conn);
        http_pool_refused(pool, why ? why : "connection closed in the handshake");
    } else if (!conn->call) {
        http_conn_close(conn);
    } else if (conn->state == HTTP_CONN_BODY && !why && http_body_eof(&conn->body) == HTTP_DONE) {
        answered(conn, false);
    } else {
        const char *closed = conn->heard ? "reply cut short" : "connection closed before the reply";
        fail(conn, why ? why : closed);
    }
}

static void on_connected(struct sock *s)
{
    struct http_conn *conn = conn_of(s);
    http_pool_opened(conn->pool, conn);
}

static void on_closed(struct sock *s)
{
    struct http_conn *conn = conn_of(s);
    struct http_pool *pool = conn->pool;
    struct call *call = conn->call;
    bool lost = !conn->gone;
    buf_free(&conn->partial);
    list_remove(&conn->own);
    mem_free(conn);
    if (call) {
        http_call_of(call)->conn = NULL;
        http_call_released(call);
    }
    http_pool_gone(pool, lost);
}

static const struct sock_events conn_events = {
    .connected = on_connected,
    .received = on_received,
    .ended = on_ended,
    .closed = on_closed,
};

struct http_conn *http_conn_open(struct http_pool *p)
{
    struct http_conn *conn = mem_zero(sizeof *conn);
    list_init(&conn->link);
    list_init(&conn->own);
    conn->pool = p;
    conn->state = HTTP_CONN_CONNECTING;
    sock_connect(p->client->loop, &conn->sock, &conn_events, &p->addrs[p->addr],
                 p->url.tls ? p->client->tls : NULL, p->server_name);
    return conn;
}
