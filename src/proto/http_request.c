/* Requests as bytes, and what becomes of one at a redirect. */
#include "proto/http_request.h"

#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "base/buf.h"

bool http_header_check(str name, str value, struct err *e)
{
    static const char forbidden[] = {'\r', '\n', 0};
    if (!http_is_token(name))
        return err_set(e, ERR_USAGE,
                       "'" STR_FMT "' is not a header's name; write it like 'X-Name: value'",
                       STR_ARG(name));
    for (size_t i = 0; i < value.n; i++)
        if (memchr(forbidden, value.p[i], sizeof forbidden))
            return err_set(e, ERR_USAGE, "the value of header '" STR_FMT "' holds a %s",
                           STR_ARG(name), value.p[i] ? "line break" : "NUL byte");
    return true;
}

static const struct http_header *find(const struct http_request *r, str name)
{
    for (size_t i = 0; i < r->header_count; i++)
        if (str_eq_nocase(r->headers[i].name, name))
            return &r->headers[i];
    return NULL;
}

static bool has(const struct http_request *r, str name)
{
    return find(r, name) != NULL;
}

static bool check_length(const struct http_header *header, str body, struct err *e)
{
    uint64_t n;
    if (str_u64(str_trim(header->value), &n) && n == body.n)
        return true;
    return err_set(e, ERR_USAGE,
                   "Content-Length: " STR_FMT
                   " does not fit the body of %zu bytes; leave it out, weir "
                   "counts",
                   STR_ARG(header->value), body.n);
}

static bool check_headers(const struct http_request *r, struct err *e)
{
    unsigned hosts = 0;
    for (size_t i = 0; i < r->header_count; i++) {
        const struct http_header *header = &r->headers[i];
        if (!http_header_check(header->name, header->value, e))
            return false;
        if (str_eq_nocase(header->name, STR("Content-Length")) && !check_length(header, r->body, e))
            return false;
        if (str_eq_nocase(header->name, STR("Host")) && ++hosts > 1)
            return err_set(e, ERR_USAGE, "there can be only one Host header");
    }
    if (has(r, STR("Transfer-Encoding")))
        return err_set(e, ERR_USAGE,
                       "Transfer-Encoding cannot be set: weir sends bodies with their "
                       "Content-Length");
    return true;
}

static bool check(const struct http_request *r, struct err *e)
{
    if (!http_is_token(r->method))
        return err_set(e, ERR_USAGE, "'" STR_FMT "' is not a method; write it like GET or POST",
                       STR_ARG(r->method));
    if (str_eq(r->method, STR("CONNECT")))
        return err_set(e, ERR_USAGE, "CONNECT makes tunnels, which weir does not");
    return check_headers(r, e);
}

static void add_header(struct buf *out, str name, str value)
{
    buf_str(out, name);
    buf_str(out, STR(": "));
    buf_str(out, value);
    buf_str(out, STR("\r\n"));
}

/* RFC 7617 */
static void add_credentials(struct buf *out, const struct http_request *r)
{
    str credentials = r->credentials.p ? r->credentials : r->url->credentials;
    if (!credentials.p || has(r, STR("Authorization")))
        return;
    buf_str(out, STR("Authorization: Basic "));
    base64_add(out, credentials);
    buf_str(out, STR("\r\n"));
}

/* Host comes first, as RFC 9112 section 3.2 asks for; the user's too. */
static void add_defaults(struct buf *out, const struct http_request *r)
{
    const struct http_header *host = find(r, STR("Host"));
    add_header(out, STR("Host"), host ? host->value : r->url->authority);
    if (!has(r, STR("User-Agent")))
        add_header(out, STR("User-Agent"), STR("weir/" WEIR_VERSION));
    if (!has(r, STR("Accept")))
        add_header(out, STR("Accept"), STR("*/*"));
    add_credentials(out, r);
}

static bool has_length(const struct http_request *r)
{
    return r->body.n || str_eq(r->method, STR("POST")) || str_eq(r->method, STR("PUT")) ||
           str_eq(r->method, STR("PATCH"));
}

static void add_head(struct buf *out, const struct http_request *r)
{
    buf_str(out, r->method);
    buf_char(out, ' ');
    buf_str(out, r->url->target);
    buf_str(out, STR(" HTTP/1.1\r\n"));
    add_defaults(out, r);
    for (size_t i = 0; i < r->header_count; i++)
        if (!str_eq_nocase(r->headers[i].name, STR("Host")))
            add_header(out, r->headers[i].name, r->headers[i].value);
    if (has_length(r) && !has(r, STR("Content-Length")))
        buf_printf(out, "Content-Length: %zu\r\n", r->body.n);
    buf_str(out, STR("\r\n"));
}

static bool says_close(const struct http_request *r)
{
    for (size_t i = 0; i < r->header_count; i++) {
        str rest = r->headers[i].value, item;
        if (str_eq_nocase(r->headers[i].name, STR("Connection")))
            while (http_list_next(&rest, &item))
                if (str_eq_nocase(item, STR("close")))
                    return true;
    }
    return false;
}

bool http_request_prepare(const struct http_request *request, struct arena *arena,
                          struct http_prepared *out, struct err *e)
{
    struct buf bytes = {0};
    if (!check(request, e))
        return false;
    add_head(&bytes, request);
    *out = (struct http_prepared){
        .head_n = bytes.n,
        .is_head = str_eq(request->method, STR("HEAD")),
        .closes = says_close(request),
    };
    buf_str(&bytes, request->body);
    out->bytes = arena_dup(arena, buf_view(&bytes));
    buf_free(&bytes);
    return true;
}

bool http_is_redirect(unsigned status)
{
    return (status >= 301 && status <= 303) || status == 307 || status == 308;
}

static bool becomes_get(str method, unsigned status)
{
    if (status == 303)
        return !str_eq(method, STR("HEAD"));
    return (status == 301 || status == 302) && str_eq(method, STR("POST"));
}

/* Headers that only their first server may see. */
static bool is_private(str name)
{
    return str_eq_nocase(name, STR("Authorization")) || str_eq_nocase(name, STR("Cookie")) ||
           str_eq_nocase(name, STR("Proxy-Authorization")) || str_eq_nocase(name, STR("Host"));
}

static bool describes_body(str name)
{
    return name.n > 8 && str_eq_nocase((str){name.p, 8}, STR("Content-"));
}

struct http_request http_request_redirect(const struct http_request *original, unsigned status,
                                          const struct http_url *to, struct arena *arena)
{
    bool leaves = !http_url_same_origin(original->url, to);
    bool drops_body = becomes_get(original->method, status);
    struct http_request next = *original;
    struct http_header *headers = arena_alloc(arena, original->header_count * sizeof *headers);
    next.header_count = 0;
    for (size_t i = 0; i < original->header_count; i++) {
        str name = original->headers[i].name;
        if (!(leaves && is_private(name)) && !(drops_body && describes_body(name)))
            headers[next.header_count++] = original->headers[i];
    }
    next.headers = headers;
    next.url = to;
    if (leaves)
        next.credentials = (str){NULL, 0};
    if (drops_body) {
        next.method = STR("GET");
        next.body = (str){NULL, 0};
    }
    return next;
}
