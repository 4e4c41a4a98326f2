/* A server for the tests of the HTTP client. */
#include "proto/origin.h"

#include <sys/socket.h>

#include "base/mem.h"
#include "proto/http_request.h"

struct conn {
    struct sock sock;
    struct origin *origin;
    struct list link;
    unsigned number;
    struct buf in;
};

static struct conn *find(struct origin *o, unsigned number)
{
    for (struct list *l = o->conns.next; l != &o->conns; l = l->next) {
        struct conn *c = CONTAINER_OF(l, struct conn, link);
        if (c->number == number)
            return c;
    }
    fail_msg("connection %u is gone", number);
    return NULL;
}

static const char *answer_to(const struct origin *o, str target)
{
    for (const struct answer *a = o->answers; a && a->target; a++)
        if (str_eq(target, str_from(a->target)))
            return a->reply;
    return "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
}

/* Bytes of the first request in c->in; 0: it is not complete. */
static size_t complete(const struct conn *c, struct http_request_head *head)
{
    str before, after, all = buf_view(&c->in);
    uint64_t length = 0;
    if (!str_cut_at(all, STR("\r\n\r\n"), &before, &after))
        return 0;
    assert_true(http_request_head_read((str){all.p, before.n + 4}, head));
    str_u64(http_header_find(head->fields, STR("Content-Length")), &length);
    return after.n < length ? 0 : before.n + 4 + length;
}

static void on_received(struct sock *s, str bytes)
{
    struct conn *c = CONTAINER_OF(s, struct conn, sock);
    struct origin *o = c->origin;
    struct http_request_head head;
    buf_str(&c->in, bytes);
    size_t n = complete(c, &head);
    if (n == 0)
        return;
    assert_int_equal(c->in.n, n); /* weir does not pipeline */
    assert_true(o->n_asked < ASKED_MOST);
    struct asked *a = &o->asked[o->n_asked++];
    a->conn = c->number;
    buf_str(&a->text, buf_view(&c->in));
    const char *reply = answer_to(o, head.target);
    c->in.n = 0;
    if (reply)
        origin_answer(o, c->number, reply);
}

static void on_ended(struct sock *s, const char *why)
{
    (void)why;
    sock_close(s);
}

static void on_closed(struct sock *s)
{
    struct conn *c = CONTAINER_OF(s, struct conn, sock);
    list_remove(&c->link);
    c->origin->open--;
    buf_free(&c->in);
    mem_free(c);
}

static const struct sock_events conn_events = {
    .received = on_received, .ended = on_ended, .closed = on_closed};

static void on_accepted(struct listener *li, int fd)
{
    struct origin *o = CONTAINER_OF(li, struct origin, listener);
    struct conn *c = mem_zero(sizeof *c);
    c->origin = o;
    c->number = o->accepted++;
    o->open++;
    list_push_back(&o->conns, &c->link);
    sock_take(o->loop, &c->sock, &conn_events, fd, NULL);
}

void origin_open(struct origin *o, struct loop *l)
{
    struct addr at;
    struct err e = {0};
    uint16_t port;
    family_address(IPV4, &at);
    *o = (struct origin){.loop = l, .at = at, .listener.accepted = on_accepted};
    list_init(&o->conns);
    if (!listener_open(l, &o->listener, &at, &port, &e))
        fail_msg("%s", e.text);
    o->at.length = sizeof o->at.storage;
    getsockname(o->listener.watch.fd, (struct sockaddr *)&o->at.storage, &o->at.length);
}

void origin_refuse(struct origin *o)
{
    listener_close(&o->listener);
    o->refuses = true;
}

void origin_close(struct origin *o)
{
    if (!o->refuses)
        listener_close(&o->listener);
    for (struct list *l = o->conns.next; l != &o->conns; l = l->next)
        sock_close(&CONTAINER_OF(l, struct conn, link)->sock);
    TURN_UNTIL(o->loop, o->open == 0);
    for (unsigned i = 0; i < o->n_asked; i++)
        buf_free(&o->asked[i].text);
}

void origin_answer(struct origin *o, unsigned conn, const char *reply)
{
    str bytes = str_from(reply);
    sock_send(&find(o, conn)->sock, bytes.p, bytes.n);
}

void origin_hang_up(struct origin *o, unsigned conn)
{
    sock_close(&find(o, conn)->sock);
}

str origin_header(const struct origin *o, unsigned i, const char *name)
{
    assert_true(i < o->n_asked);
    str rest = buf_view(&o->asked[i].text), value = {NULL, 0};
    struct http_header header;
    while (http_header_next(&rest, &header))
        if (str_eq_nocase(header.name, str_from(name))) {
            assert_null(value.p);
            value = header.value;
        }
    return value;
}

void origin_was_asked(const struct origin *o, unsigned i, unsigned conn, const char *line)
{
    assert_true(i < o->n_asked);
    str text = buf_view(&o->asked[i].text);
    if (!str_starts(text, str_from(line)))
        fail_msg("request %u is '" STR_FMT "', not '%s'", i, STR_ARG(text), line);
    assert_int_equal(o->asked[i].conn, conn);
}
