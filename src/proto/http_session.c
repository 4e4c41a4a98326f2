/* What a user keeps between its calls: the connections that it used last, one for each origin, and
 * its cookies, which join its requests. */
#include "base/clock.h"
#include "proto/http_pool.h"

/* ---- connections ---- */

struct http_conn *http_session_conn(const struct http_session *s, const struct http_pool *p)
{
    for (struct list *l = s->conns.next; l && l != &s->conns; l = l->next) {
        struct http_conn *conn = CONTAINER_OF(l, struct http_conn, own);
        if (conn->pool == p && conn->state == HTTP_CONN_IDLE)
            return conn;
    }
    return NULL;
}

void http_session_has(struct http_session *s, struct http_conn *conn)
{
    if (!s->conns.next)
        list_init(&s->conns);
    list_remove(&conn->own);
    list_push_back(&s->conns, &conn->own);
    conn->had = true;
}

void http_session_end(struct client *c, void *session)
{
    struct http_session *s = session;
    struct list *own;
    (void)c;
    while (s->conns.next && (own = list_pop_front(&s->conns))) {
        struct http_conn *conn = CONTAINER_OF(own, struct http_conn, own);
        conn->gone = conn->state == HTTP_CONN_IDLE;
        if (conn->gone)
            http_conn_close(conn); /* as a browser that is closed does */
    }
    http_jar_free(&s->jar);
}

/* ---- cookies ---- */

static int64_t now_s(void)
{
    return (int64_t)(clock_wall_ns() / NS_PER_S);
}

static bool read_asked(const struct http_call *h, struct http_request_head *out)
{
    return http_request_head_read((str){h->asked->bytes.p, h->asked->head_n}, out);
}

/* Where the request goes, by the name in its Host, which is the one that the server knows. */
static struct http_place place_of(const struct http_call *h, const struct http_request_head *asked)
{
    struct http_place place = {.tls = h->pool->url.tls};
    str host = http_header_find(asked->fields, STR("Host")), rest;
    bool v6 = str_starts(host, STR("["));
    str_cut(str_skip(host, v6), v6 ? ']' : ':', &place.host, &rest);
    str_cut(asked->target, '?', &place.path, &rest);
    return place;
}

void http_session_join(struct http_session *s, struct http_call *h)
{
    struct buf *out = &h->pool->client->scratch;
    const struct http_prepared *asked = h->asked;
    struct http_request_head head;
    if (!s->jar.first || !read_asked(h, &head) || http_header_find(head.fields, STR("Cookie")).p)
        return;
    struct http_place to = place_of(h, &head);
    out->n = 0;
    buf_add(out, asked->bytes.p, asked->head_n - 2);
    buf_str(out, STR("Cookie: "));
    if (!http_jar_write(&s->jar, &to, now_s(), out))
        return;
    buf_str(out, STR("\r\n\r\n"));
    struct http_prepared *sent = arena_alloc(&h->arena, sizeof *sent);
    *sent = *asked;
    sent->head_n = out->n;
    buf_str(out, str_skip(asked->bytes, asked->head_n));
    sent->bytes = arena_dup(&h->arena, buf_view(out));
    h->sent = sent;
}

void http_session_learn(struct http_session *s, const struct http_call *h, str fields)
{
    const str name = STR("Set-Cookie");
    struct http_request_head asked;
    struct http_header header;
    if (!h->pool->client->config->cookies || !http_header_find(fields, name).p ||
        !read_asked(h, &asked))
        return;
    struct http_place from = place_of(h, &asked);
    while (http_header_next(&fields, &header))
        if (str_eq_nocase(header.name, name))
            http_jar_take(&s->jar, &from, header.value, now_s());
}
