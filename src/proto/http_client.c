/* HTTP/1.1 as a protocol: opening (a connection to each origin, made before the load starts),
 * calls, closing. */
#include "proto/http_client.h"

#include <sys/resource.h>

#include "base/mem.h"
#include "loop/tls.h"
#include "proto/http_pool.h"

enum {
    CONNECTIONS_MOST = 10000, /* spec/measure.md, "Arrivals" */
    FILES_FOR_OTHERS = 256,   /* of the open-file limit */
};

unsigned http_connections_possible(unsigned origins)
{
    struct rlimit files;
    rlim_t left = CONNECTIONS_MOST;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
        left = files.rlim_cur > 2 * FILES_FOR_OTHERS ? files.rlim_cur - FILES_FOR_OTHERS
                                                     : files.rlim_cur / 2;
    }
    if (left > CONNECTIONS_MOST)
        left = CONNECTIONS_MOST;
    return origins > left ? 1 : (unsigned)left / (origins ? origins : 1);
}

static bool resolve(struct http_origin *o, struct err *e)
{
    if (o->url.unix_path.n == 0)
        return addr_resolve(o->url.host, o->url.port, o->addrs, &o->n_addrs, e);
    o->n_addrs = 1;
    return addr_unix(o->url.unix_path, &o->addrs[0], e);
}

bool http_config_resolve(struct http_config *c, struct err *e)
{
    for (unsigned i = 0; i < c->n_origins; i++)
        if (!resolve(&c->origins[i], e))
            return false;
    return true;
}

static struct http_client *of(struct client *c)
{
    return (struct http_client *)c;
}

/* ---- opening ---- */

static void say_ready(struct http_client *c, const struct err *e)
{
    if (c->ready)
        return;
    c->ready = true;
    wheel_disarm(&c->probe);
    c->client.on->ready(&c->client, e);
}

static const char *advice(const char *why)
{
    if (str_eq(str_from(why), STR("connection refused")) ||
        str_eq(str_from(why), STR("no such socket file")))
        return "; is it running?";
    if (str_contains(str_from(why), STR("certificate not accepted")))
        return " (--insecure accepts any)";
    if (str_contains(str_from(why), STR("does not speak TLS")))
        return "; try http://";
    return "";
}

void http_client_probed(struct http_pool *p, const char *why)
{
    struct http_client *c = p->client;
    struct err e;
    if (c->ready)
        return;
    if (why) {
        err_set(&e, ERR_RUN, "cannot connect to %s: %s%s", p->addrs[p->addr].text, why,
                advice(why));
        say_ready(c, &e);
    } else if (--c->unproven == 0) {
        say_ready(c, NULL);
    }
}

static void probe_is_over(struct timeout *t)
{
    struct http_client *c = CONTAINER_OF(t, struct http_client, probe);
    struct http_pool **silent = c->origins;
    if (c->failure.kind || c->unproven == 0) {
        say_ready(c, c->failure.kind ? &c->failure : NULL);
        return;
    }
    while ((*silent)->proven)
        silent++;
    http_client_probed(*silent, "no answer");
}

/* Without TLS although it is needed, or without origins, only `ready` is to be said. */
static void probe(struct http_client *c)
{
    const struct http_config *f = c->config;
    bool connects = !c->failure.kind && f->n_origins > 0;
    c->probe.fire = probe_is_over;
    loop_timeout_arm(c->loop, &c->probe, loop_now(c->loop) + (connects ? f->timeout_ns : 0));
    for (unsigned i = 0; connects && i < f->n_origins; i++)
        http_pool_connect(c->origins[i]);
}

static void open_pools(struct http_client *c)
{
    const struct http_config *f = c->config;
    list_init(&c->pools);
    c->origins = mem_array(f->n_origins, sizeof *c->origins);
    c->unproven = f->n_origins;
    for (unsigned i = 0; i < f->n_origins; i++) {
        const struct http_origin *o = &f->origins[i];
        c->origins[i] = http_pool_open(c, &o->url, o->addrs, o->n_addrs);
    }
}

static struct client *http_open(struct loop *l, struct offload *offload, const void *config,
                                struct share share, const struct client_events *on, void *owner)
{
    const struct http_config *f = config;
    struct http_client *c = mem_zero(sizeof *c);
    c->client = (struct client){.protocol = &http_protocol, .on = on, .owner = owner};
    c->loop = l;
    c->offload = offload;
    c->config = f;
    c->connections = (unsigned)share_of(share, f->connections);
    list_init(&c->probe.link);
    open_pools(c);
    if (f->may_need_tls)
        c->tls = tls_client_context(f->insecure, &c->failure);
    probe(c);
    return &c->client;
}

/* ---- calls ---- */

static void http_start(struct client *client, struct call *call, void *session)
{
    http_call_begin(of(client), call, session);
}

void http_call_done(struct http_client *c, struct call *call)
{
    struct outcome *o = call->outcome;
    const struct reply *r = o->reply;
    o->request = http_call_of(call)->sent->bytes;
    if (r) {
        str all = buf_view(&r->bytes);
        o->head = (str){all.p, r->head_n};
        o->body = str_skip(all, r->head_n);
    }
    c->client.on->done(&c->client, call);
}

static void http_finish(struct client *client, struct call *call)
{
    (void)client;
    arena_free(&http_call_of(call)->arena);
}

static void http_cancel(struct client *client, struct call *call)
{
    struct http_call *h = http_call_of(call);
    (void)client;
    h->goes_on = false;
    if (h->conn) {
        http_conn_close(h->conn); /* `done` comes when the kernel has let go of the request */
    } else {
        http_pool_forget(h->pool, call);
        http_call_released(call);
    }
}

/* ---- closing ---- */

static void http_close(struct client *client)
{
    struct http_client *c = of(client);
    unsigned pools = 0;
    c->closing = true;
    wheel_disarm(&c->probe);
    for (struct list *l = c->pools.next; l != &c->pools; l = l->next)
        pools++;
    if (pools == 0)
        http_client_pool_gone(c);
    struct list *next, *l = c->pools.next;
    for (; pools > 0; pools--, l = next) { /* the last one may take the client with it */
        next = l->next;
        http_pool_close(CONTAINER_OF(l, struct http_pool, link));
    }
}

void http_client_pool_gone(struct http_client *c)
{
    if (!list_empty(&c->pools))
        return;
    tls_context_free(c->tls);
    buf_free(&c->scratch);
    mem_free(c->origins);
    const struct client_events *on = c->client.on;
    on->closed(&c->client);
    mem_free(c);
}

static bool http_degraded(const struct client *client, struct err *why)
{
    const struct http_client *c = (const struct http_client *)client;
    if (!c->waited || c->config->capped)
        return false;
    err_set(why, ERR_RUN,
            "calls waited for a connection: all %u that this process may open were in use "
            "(-c sets a limit of your own, ulimit -n raises this one)",
            c->config->connections);
    return true;
}

const struct protocol http_protocol = {
    .name = "http",
    .call_size = sizeof(struct http_call),
    .session_size = sizeof(struct http_session),
    .open = http_open,
    .start = http_start,
    .cancel = http_cancel,
    .finish = http_finish,
    .end_session = http_session_end,
    .close = http_close,
    .degraded = http_degraded,
};
