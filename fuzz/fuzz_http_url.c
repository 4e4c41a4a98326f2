/* URLs: the first line of an input is what a user types, the rest a Location found there. What is
 * accepted must be fit for a request and mean the same when it is read again. */
#include <stdlib.h>
#include <string.h>

#include "proto/http_redirect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check(const struct http_url *url)
{
    must(url->target.n > 0 && url->target.p[0] == '/');
    for (size_t i = 0; i < url->target.n; i++)
        must(url->target.p[i] > ' ' && url->target.p[i] < 127 && url->target.p[i] != '#');
    must(url->host.n > 0 && url->authority.n >= url->host.n);
    must((url->port == 0) == (url->unix_path.n > 0));
    must(!url->credentials.p || memchr(url->credentials.p, ':', url->credentials.n));
}

static void check_no_dots(str target)
{
    str path, query, segment;
    str_cut(target, '?', &path, &query);
    while (str_next(&path, '/', &segment))
        must(!str_eq(segment, STR(".")) && !str_eq(segment, STR("..")));
}

static void check_same(const struct http_url *a, const struct http_url *b)
{
    must(http_url_same_origin(a, b));
    must(str_eq(a->authority, b->authority) && str_eq(a->target, b->target));
}

static void check_again(const struct http_url *url, struct arena *arena)
{
    struct http_url again;
    struct err e = {0};
    if (url->unix_path.n)
        return;
    str text = arena_printf(arena, "%s://" STR_FMT STR_FMT, url->tls ? "https" : "http",
                            STR_ARG(url->authority), STR_ARG(url->target));
    must(http_url_parse(text, arena, &again, &e));
    check_same(url, &again);
}

/* The request has one line, and of the headers exactly those that are meant. */
static void check_request(const struct http_url *url, struct arena *arena)
{
    struct http_request r = {.method = STR("GET"), .url = url};
    struct http_prepared p;
    struct err e = {0};
    must(http_request_prepare(&r, arena, &p, &e));
    unsigned lines = 0;
    for (size_t i = 0; i < p.bytes.n; i++)
        lines += p.bytes.p[i] == '\n';
    must(lines == (url->credentials.p ? 6 : 5) && p.head_n == p.bytes.n);
}

/* A redirect to what was resolved, from the request's own bytes. */
static void check_redirect(const struct http_url *base, str reference, const struct http_url *to,
                           struct arena *arena)
{
    struct http_request r = {.method = STR("POST"), .url = base, .body = reference};
    struct http_prepared sent, next;
    struct http_request_head head;
    struct http_url again;
    struct err e = {0};
    must(http_request_prepare(&r, arena, &sent, &e));
    struct http_redirect redirect = {&sent, base, 303, reference};
    must(http_redirect_follow(&redirect, arena, &again, &next, &e));
    check_same(to, &again);
    must(next.head_n == next.bytes.n && http_request_head_read(next.bytes, &head));
    must(str_eq(head.method, STR("GET")) && str_eq(head.target, to->target));
    must(str_eq(http_header_find(head.fields, STR("Host")), to->authority));
}

static void check_refused(const struct err *e, enum err_kind kind)
{
    must(e->kind == kind && e->text[0]);
    for (const char *p = e->text; *p; p++)
        must((unsigned char)*p >= ' ' && *p != 127);
}

static void resolve(const struct http_url *base, str reference, struct arena *arena)
{
    struct http_url to, again;
    struct err e = {0};
    if (!http_url_resolve(base, reference, arena, &to, &e)) {
        check_refused(&e, ERR_RUN);
        return;
    }
    check(&to);
    check_no_dots(to.target);
    check_again(&to, arena);
    must(to.unix_path.n == 0 || str_eq(to.unix_path, base->unix_path));
    if (!str_starts(to.target, STR("//"))) {
        must(http_url_resolve(&to, to.target, arena, &again, &e));
        check_same(&to, &again);
    }
    check_redirect(base, reference, &to, arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct http_url url;
    struct err e = {0};
    str text, reference;
    str_cut((str){(const char *)data, size}, '\n', &text, &reference);
    if (http_url_parse(text, &arena, &url, &e)) {
        check(&url);
        check_again(&url, &arena);
        check_request(&url, &arena);
        resolve(&url, reference, &arena);
    } else {
        check_refused(&e, ERR_USAGE);
    }
    arena_free(&arena);
    return 0;
}
