/* A daemon around a table of routes. Its thread never takes a signal: those are the run's. */
#include "web/server.h"

#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json_out.h"
#include "base/mem.h"
#include "base/thread.h"
#include "web/access.h"

enum {
    BODY_MOST = 64 * 1024,
    CONNECTIONS = 128,
    SILENT_S = 3, /* then a connection that has not yet asked for anything is closed, and … */
    IDLE_S = 30,  /* … one that has, when nothing moves on it; streams stay */
    BACKLOG = 64,
};

struct server {
    struct server_options options;
    struct MHD_Daemon *daemon;
    char url[160];
    pthread_mutex_t lock; /* of the next two */
    pthread_cond_t fewer;
    unsigned answering; /* requests whose answers are not yet out; streams aside */
};

#define LAST_WORDS_NS NS_PER_S /* for the answers that are on their way when all ends */

/* ---- answers ---- */

str server_header(const struct server_request *q, const char *name)
{
    return str_from(MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, name));
}

str server_query(const struct server_request *q, const char *name)
{
    return str_from(MHD_lookup_connection_value(q->connection, MHD_GET_ARGUMENT_KIND, name));
}

enum MHD_Result server_queue(struct server_request *q, unsigned status,
                             struct MHD_Response *response)
{
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    MHD_add_response_header(response, "Cache-Control", "no-store");
    MHD_add_response_header(response, "Referrer-Policy", "no-referrer");
    MHD_add_response_header(response, "Cross-Origin-Resource-Policy", "same-origin");
    enum MHD_Result queued = MHD_queue_response(q->connection, status, response);
    MHD_destroy_response(response);
    return queued;
}

enum MHD_Result server_reply(struct server_request *q, unsigned status, const char *type,
                             struct buf *body)
{
    struct MHD_Response *r =
        MHD_create_response_from_buffer(body->n, body->p, MHD_RESPMEM_MUST_COPY);
    buf_free(body);
    MHD_add_response_header(r, "Content-Type", type);
    return server_queue(q, status, r);
}

enum MHD_Result server_refuse(struct server_request *q, unsigned status, const char *format, ...)
{
    struct buf text = {0}, body = {0};
    struct json_out j = {.out = &body};
    va_list args;
    va_start(args, format);
    buf_vprintf(&text, format, args);
    va_end(args);
    json_out_object(&j);
    json_out_key(&j, STR("error"));
    json_out_text(&j, buf_view(&text));
    json_out_end(&j);
    buf_char(&body, '\n');
    buf_free(&text);
    return server_reply(q, status, "application/json", &body);
}

/* ---- access ---- */

static bool has_token(const struct server_request *q)
{
    str token = q->server->options.token, bearer = server_header(q, "Authorization");
    if (str_starts(bearer, STR("Bearer ")) && access_token_is(str_skip(bearer, 7), token))
        return true;
    str cookie = access_cookie(server_header(q, "Cookie"), STR("weir_token"));
    return access_token_is(cookie, token);
}

/* The link that was printed: its token becomes a cookie and leaves the address. */
static enum MHD_Result let_in(struct server_request *q)
{
    struct buf cookie = {0};
    struct MHD_Response *r = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    buf_printf(&cookie, "weir_token=" STR_FMT "; HttpOnly; SameSite=Strict; Path=/",
               STR_ARG(q->server->options.token));
    buf_char(&cookie, 0);
    MHD_add_response_header(r, "Set-Cookie", cookie.p);
    MHD_add_response_header(r, "Location", "/");
    buf_free(&cookie);
    return server_queue(q, MHD_HTTP_SEE_OTHER, r);
}

static bool is_post(const struct server_request *q)
{
    return strcmp(q->route->method, "POST") == 0;
}

/* A post changes something: not by a form or a script of another site. */
static const char *post_is_foreign(const struct server_request *q)
{
    str origin = server_header(q, "Origin"), type = server_header(q, "Content-Type");
    str fetch = server_header(q, "Sec-Fetch-Site"), kind, rest;
    if (origin.n && !access_same_origin(origin, server_header(q, "Host")))
        return "this order comes from a page of another site";
    if (fetch.n && !str_eq(fetch, STR("same-origin")) && !str_eq(fetch, STR("none")))
        return "this order comes from a page of another site";
    str_cut(type, ';', &kind, &rest);
    if (!str_eq_nocase(str_trim(kind), STR("application/json")))
        return "an order needs Content-Type: application/json";
    return NULL;
}

/* ---- requests ---- */

static bool method_is(const char *wanted, const char *method)
{
    bool head = strcmp(method, "HEAD") == 0; /* as GET; libmicrohttpd leaves the body out */
    return strcmp(wanted, head ? "GET" : method) == 0;
}

/* NULL: no route; *other: another method would have had one. */
static const struct server_route *find(const struct server *s, const char *method, const char *path,
                                       const char **other)
{
    for (const struct server_route *r = s->options.routes; r->path; r++) {
        if (strcmp(r->path, path) != 0)
            continue;
        if (method_is(r->method, method))
            return r;
        *other = r->method;
    }
    return NULL;
}

static enum MHD_Result refuse_method(struct server_request *q, const char *allowed)
{
    struct MHD_Response *r = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    MHD_add_response_header(r, "Allow", allowed);
    return server_queue(q, MHD_HTTP_METHOD_NOT_ALLOWED, r);
}

static enum MHD_Result respond(struct server_request *q, const char *method, const char *path)
{
    struct server *s = q->server;
    const char *why, *allowed = NULL;
    if (s->options.at.local && !access_is_local(server_header(q, "Host")))
        return server_refuse(q, MHD_HTTP_FORBIDDEN,
                             "this page is for this machine: ask for localhost or 127.0.0.1");
    bool asked = s->options.token.n > 0;
    if (asked && !has_token(q)) {
        if (strcmp(path, "/") == 0 && access_token_is(server_query(q, "token"), s->options.token))
            return let_in(q);
        return server_refuse(q, MHD_HTTP_UNAUTHORIZED,
                             "a token is needed: open the link that weir printed at its start");
    }
    q->route = find(s, method, path, &allowed);
    if (!q->route && allowed)
        return refuse_method(q, allowed);
    if (!q->route)
        return server_refuse(q, MHD_HTTP_NOT_FOUND, "there is nothing at %s", path);
    if (is_post(q) && (why = post_is_foreign(q)))
        return server_refuse(q, MHD_HTTP_FORBIDDEN, "%s", why);
    if (q->too_long)
        return server_refuse(q, MHD_HTTP_CONTENT_TOO_LARGE, "an order has at most 64 KiB");
    return q->route->answer(s->options.owner, q);
}

static void count_answers(struct server *s, int more)
{
    pthread_mutex_lock(&s->lock);
    s->answering += (unsigned)more;
    pthread_cond_signal(&s->fewer);
    pthread_mutex_unlock(&s->lock);
}

static void stop_counting(struct server_request *q)
{
    if (q->answering)
        count_answers(q->server, -1);
    q->answering = false;
}

/* libmicrohttpd calls it for the head, for each piece of the body, and at the end. */
static enum MHD_Result on_request(void *server, struct MHD_Connection *connection, const char *path,
                                  const char *method, const char *version, const char *data,
                                  size_t *n, void **state)
{
    struct server_request *q = *state;
    (void)version;
    if (!q) {
        q = *state = mem_zero(sizeof *q);
        q->server = server;
        q->connection = connection;
        MHD_set_connection_option(connection, MHD_CONNECTION_OPTION_TIMEOUT, (unsigned)IDLE_S);
        return MHD_YES;
    }
    if (*n == 0) {
        count_answers(q->server, 1);
        q->answering = true;
        enum MHD_Result queued = respond(q, method, path);
        if (q->stream)
            stop_counting(q);
        return queued;
    }
    q->too_long = q->too_long || q->body.n + *n > BODY_MOST;
    if (!q->too_long)
        buf_add(&q->body, data, *n);
    *n = 0;
    return MHD_YES;
}

static void on_completed(void *server, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode how)
{
    struct server *s = server;
    struct server_request *q = *state;
    (void)connection;
    (void)how;
    if (!q)
        return;
    stop_counting(q);
    if (q->stream)
        s->options.ended(s->options.owner, q->stream);
    buf_free(&q->body);
    mem_free(q);
    *state = NULL;
}

static void no_log(void *owner, const char *format, va_list args)
{
    (void)owner;
    (void)format;
    (void)args;
}

/* ---- opening and closing ---- */

static void read_url(struct server *s, int fd)
{
    struct sockaddr_storage at = s->options.at.addr.storage;
    socklen_t n = sizeof at;
    str text = str_from(s->options.at.addr.text);
    getsockname(fd, (struct sockaddr *)&at, &n);
    uint16_t port = at.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&at)->sin6_port
                                             : ((struct sockaddr_in *)&at)->sin_port;
    while (text.n && text.p[text.n - 1] != ':')
        text.n--;
    snprintf(s->url, sizeof s->url, "http://" STR_FMT "%u", STR_ARG(text), ntohs(port));
}

static int listen_at(const struct server_options *o, struct err *e)
{
    int one = 1, fd = socket(o->at.addr.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        err_set(e, ERR_RUN, "%s: cannot make a socket: %s", o->option, strerror(errno));
        return -1;
    }
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, (const struct sockaddr *)&o->at.addr.storage, o->at.addr.length) == 0 &&
        listen(fd, BACKLOG) == 0)
        return fd;
    err_set(e, ERR_RUN, "cannot listen on %s: %s; %s=:PORT takes another port, port 0 any free one",
            o->at.addr.text, strerror(errno), o->option);
    close(fd);
    return -1;
}

static struct MHD_Daemon *start_daemon(struct server *s, int fd)
{
    sigset_t before;
    thread_signals_off(&before);
    struct MHD_Daemon *d =
        MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_INTERNAL_POLLING_THREAD |
                             MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG,
                         0, NULL, NULL, on_request, s, MHD_OPTION_EXTERNAL_LOGGER, no_log, NULL,
                         MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_NOTIFY_COMPLETED, on_completed, s,
                         MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
                         MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)SILENT_S, MHD_OPTION_END);
    thread_signals_back(&before);
    return d;
}

static void open_lock(struct server *s)
{
    pthread_condattr_t monotonic;
    pthread_mutex_init(&s->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&s->fewer, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

/* Who gave the order to stop wants to hear that it was taken. */
static void finish_answers(struct server *s)
{
    uint64_t until_ns = clock_now_ns() + LAST_WORDS_NS;
    const struct timespec until = {.tv_sec = (time_t)(until_ns / NS_PER_S),
                                   .tv_nsec = (long)(until_ns % NS_PER_S)};
    pthread_mutex_lock(&s->lock);
    while (s->answering)
        if (pthread_cond_timedwait(&s->fewer, &s->lock, &until) == ETIMEDOUT)
            break;
    pthread_mutex_unlock(&s->lock);
}

static void free_server(struct server *s)
{
    pthread_cond_destroy(&s->fewer);
    pthread_mutex_destroy(&s->lock);
    mem_free(s);
}

struct server *server_open(const struct server_options *o, struct err *e)
{
    int fd = listen_at(o, e);
    if (fd < 0)
        return NULL;
    struct server *s = mem_zero(sizeof *s);
    s->options = *o;
    open_lock(s);
    read_url(s, fd);
    s->daemon = start_daemon(s, fd);
    if (s->daemon)
        return s;
    err_set(e, ERR_RUN, "%s: cannot start a server: %s", o->option, strerror(errno));
    close(fd);
    free_server(s);
    return NULL;
}

const char *server_url(const struct server *s)
{
    return s->url;
}

void server_close(struct server *s)
{
    if (!s)
        return;
    finish_answers(s);
    MHD_stop_daemon(s->daemon);
    free_server(s);
}
