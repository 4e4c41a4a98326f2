/* The connections to one origin: who waits gets the first that is free; a new one is opened when
 * more wait than are being opened, up to the limit. Where users have connections of their own, a
 * free one is not given to others as long as new ones can be opened for them. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "proto/http_pool.h"

/* A name lookup for an origin that is none of the config's, on the offload thread. May outlive its
 * pool: nobody waits for a dead name server. */
struct http_resolve {
    struct job job;
    struct http_pool *pool; /* NULL: gone */
    bool answered;          /* and the pool is being told */
    char host[256];
    uint16_t port;
    bool found;
    struct addr addrs[ADDR_MOST];
    unsigned n;
    struct err err;
};

static void start_lookup(struct http_pool *p);

/* Connections for those that wait. */
static void open_more(struct http_pool *p)
{
    unsigned most = p->client->connections;
    if (p->n_addrs == 0 && p->n_waiting && !p->resolve)
        start_lookup(p);
    while (p->n_addrs && p->n_connecting < p->n_waiting && p->open < most)
        http_pool_connect(p);
    if (p->n_connecting < p->n_waiting && p->open >= most)
        p->client->waited = true;
}

void http_pool_connect(struct http_pool *p)
{
    struct http_conn *conn = http_conn_open(p);
    conn->replaces = p->lost > 0;
    p->lost -= conn->replaces;
    p->open++;
    p->n_connecting++;
    list_push_back(&p->connecting, &conn->link);
}

static struct call *next_waiting(struct http_pool *p)
{
    struct list *first = list_pop_front(&p->waiting);
    if (!first)
        return NULL;
    p->n_waiting--;
    struct http_call *h = CONTAINER_OF(first, struct http_call, link);
    return call_of_own(h);
}

/* The session of a call whose user has connections of its own, else NULL. */
static struct http_session *owner(const struct http_pool *p, struct call *call)
{
    return p->client->config->connections_per_user ? http_call_of(call)->session : NULL;
}

static void carry(struct http_pool *p, struct http_conn *conn, struct call *call)
{
    struct http_session *user = owner(p, call);
    list_remove(&conn->link);
    if (user)
        http_session_has(user, conn);
    http_conn_send(conn, call);
}

void http_pool_free_conn(struct http_pool *p, struct http_conn *conn)
{
    bool stays = conn->had && p->n_waiting <= p->n_connecting; /* those get new ones */
    struct call *call = stays ? NULL : next_waiting(p);
    conn->state = HTTP_CONN_IDLE;
    if (call)
        carry(p, conn, call);
    else if (conn->had)
        list_push_back(&p->idle, &conn->link);
    else
        list_push_front(&p->idle, &conn->link);
}

/* The connection for a call that comes now; NULL: it has to wait for one. */
static struct http_conn *pick(const struct http_pool *p, struct call *call)
{
    const struct http_session *user = owner(p, call);
    struct http_conn *own = user ? http_session_conn(user, p) : NULL;
    if (own || list_empty(&p->idle))
        return own;
    struct http_conn *first = CONTAINER_OF(p->idle.next, struct http_conn, link);
    bool is_anybodys = !user || !first->had || p->open >= p->client->connections;
    return is_anybodys ? first : NULL;
}

void http_pool_take(struct http_pool *p, struct call *call)
{
    struct http_call *h = http_call_of(call);
    struct http_conn *conn = pick(p, call);
    if (conn) {
        carry(p, conn, call);
        return;
    }
    list_push_back(&p->waiting, &h->link);
    p->n_waiting++;
    open_more(p);
}

void http_pool_forget(struct http_pool *p, struct call *call)
{
    list_remove(&http_call_of(call)->link);
    p->n_waiting--;
    if (p->n_connecting <= p->n_waiting)
        return;
    /* The oldest connect has had its time; a new one may find the target back. */
    struct http_conn *oldest = CONTAINER_OF(p->connecting.next, struct http_conn, link);
    p->n_connecting--;
    http_conn_close(oldest);
}

void http_pool_opened(struct http_pool *p, struct http_conn *conn)
{
    list_remove(&conn->link);
    p->n_connecting--;
    bool first = !p->proven;
    p->proven = true;
    http_pool_free_conn(p, conn);
    if (first)
        http_client_probed(p, NULL);
}

static void fail_next(struct http_pool *p, const char *why)
{
    struct call *call = next_waiting(p);
    if (!call)
        return;
    http_call_failed(call, why);
    http_call_released(call);
}

void http_pool_refused(struct http_pool *p, const char *why)
{
    p->n_connecting--;
    if (!p->proven && p->addr + 1 < p->n_addrs) {
        p->addr++;
        http_pool_connect(p); /* the next address of the same name */
        return;
    }
    if (!p->proven)
        p->addr = 0;
    fail_next(p, why);
    http_client_probed(p, why);
}

void http_pool_gone(struct http_pool *p, bool lost)
{
    p->open--;
    p->lost += lost;
    if (p->client->closing)
        http_pool_close(p);
    else
        open_more(p);
}

/* ---- opening and closing ---- */

static void look_up(struct job *job)
{
    struct http_resolve *r = CONTAINER_OF(job, struct http_resolve, job);
    r->found = addr_resolve(str_from(r->host), r->port, r->addrs, &r->n, &r->err);
}

static void fail_unfound(struct http_pool *p)
{
    const struct http_call *h = CONTAINER_OF(p->waiting.next, struct http_call, link);
    fail_next(p, h->followed ? "the host of a redirect was not found" : "the host was not found");
}

static void looked_up(struct job *job)
{
    struct http_resolve *r = CONTAINER_OF(job, struct http_resolve, job);
    struct http_pool *p = r->pool;
    if (!p) {
        mem_free(r);
        return;
    }
    r->answered = true;
    if (r->found) {
        struct addr *addrs = arena_alloc(&p->arena, sizeof r->addrs);
        memcpy(addrs, r->addrs, sizeof r->addrs);
        p->addrs = addrs;
        p->n_addrs = r->n;
    }
    for (unsigned n = r->found ? 0 : p->n_waiting; n > 0; n--)
        fail_unfound(p);
    p->resolve = NULL; /* now only: the end of the last call closes pools, this one too */
    mem_free(r);
    if (p->client->closing)
        http_pool_close(p);
    else
        open_more(p);
}

static void start_lookup(struct http_pool *p)
{
    struct http_resolve *r = mem_zero(sizeof *r);
    r->pool = p;
    snprintf(r->host, sizeof r->host, STR_FMT, STR_ARG(p->url.host));
    r->port = p->url.port;
    r->job =
        (struct job){.reply = loop_mailbox(p->client->loop), .work = look_up, .done = looked_up};
    p->resolve = r;
    offload_submit(p->client->offload, &r->job);
}

static void copy_origin(struct http_pool *p, const struct http_url *url)
{
    p->url = (struct http_url){
        .tls = url->tls,
        .port = url->port,
        .host = arena_dup(&p->arena, url->host),
        .authority = arena_dup(&p->arena, url->authority),
        .target = STR("/"),
        .unix_path = arena_dup(&p->arena, url->unix_path),
    };
    p->server_name = url->unix_path.n ? NULL : arena_z(&p->arena, url->host);
}

struct http_pool *http_pool_open(struct http_client *c, const struct http_url *origin,
                                 const struct addr *addrs, unsigned n)
{
    struct http_pool *p = mem_zero(sizeof *p);
    p->client = c;
    p->addrs = addrs;
    p->n_addrs = n;
    copy_origin(p, origin);
    list_init(&p->idle);
    list_init(&p->connecting);
    list_init(&p->waiting);
    list_push_back(&c->pools, &p->link);
    return p;
}

struct http_pool *http_pool_find(struct http_client *c, const struct http_url *url)
{
    for (struct list *l = c->pools.next; l != &c->pools; l = l->next) {
        struct http_pool *p = CONTAINER_OF(l, struct http_pool, link);
        if (http_url_same_origin(&p->url, url))
            return p;
    }
    return http_pool_open(c, url, NULL, 0);
}

static void close_all(struct list *conns)
{
    while (!list_empty(conns))
        http_conn_close(CONTAINER_OF(conns->next, struct http_conn, link));
}

void http_pool_close(struct http_pool *p)
{
    close_all(&p->idle);
    close_all(&p->connecting);
    if (p->open || (p->resolve && p->resolve->answered))
        return; /* http_pool_gone or looked_up comes back here */
    if (p->resolve)
        p->resolve->pool = NULL;
    struct http_client *c = p->client;
    list_remove(&p->link);
    arena_free(&p->arena);
    mem_free(p);
    http_client_pool_gone(c);
}
