/* Requests as bytes, and the way back. */
#include "proto/http_request.h"

#include <assert.h>
#include <string.h>

#include "base/base64.h"
#include "base/buf.h"

bool http_header_value_check(str name, str value, struct err *e)
{
    if (value.n == 0)
        return true;
    bool nul = memchr(value.p, 0, value.n);
    if (!nul && !memchr(value.p, '\r', value.n) && !memchr(value.p, '\n', value.n))
        return true;
    return err_set(e, ERR_USAGE, "the value of header '" STR_FMT "' holds a %s", STR_ARG(name),
                   nul ? "NUL byte" : "line break");
}

bool http_header_check(str name, str value, struct err *e)
{
    if (http_is_token(name))
        return http_header_value_check(name, value, e);
    return err_set(e, ERR_USAGE,
                   "'" STR_FMT "' is not a header's name; write it like 'X-Name: value'",
                   STR_ARG(name));
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

static bool check_length(const struct http_request *r, str value, struct err *e)
{
    uint64_t n;
    if (r->length_later)
        return err_set(e, ERR_USAGE, "leave Content-Length out: weir counts what a body becomes");
    if (str_u64(str_trim(value), &n) && n == r->body.n)
        return true;
    return err_set(e, ERR_USAGE,
                   "Content-Length: " STR_FMT
                   " does not fit the body of %zu bytes; leave it out, weir "
                   "counts",
                   STR_ARG(value), r->body.n);
}

static bool check_headers(const struct http_request *r, struct err *e)
{
    unsigned hosts = 0;
    for (size_t i = 0; i < r->header_count; i++) {
        const struct http_header *header = &r->headers[i];
        if (!http_header_check(header->name, header->value, e))
            return false;
        if (str_eq_nocase(header->name, STR("Content-Length")) &&
            !check_length(r, header->value, e))
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

static void add_length(struct buf *out, const struct http_request *r)
{
    bool has_length = r->body.n || str_eq(r->method, STR("POST")) ||
                      str_eq(r->method, STR("PUT")) || str_eq(r->method, STR("PATCH"));
    if (r->length_later)
        buf_str(out, STR("Content-Length: ${content-length}\r\n"));
    else if (has_length && !has(r, STR("Content-Length")))
        buf_printf(out, "Content-Length: %zu\r\n", r->body.n);
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
    add_length(out, r);
    buf_str(out, STR("\r\n"));
}

bool http_header_closes(str name, str value)
{
    str item;
    if (str_eq_nocase(name, STR("Connection")))
        while (http_list_next(&value, &item))
            if (str_eq_nocase(item, STR("close")))
                return true;
    return false;
}

static bool says_close(const struct http_request *r)
{
    for (size_t i = 0; i < r->header_count; i++)
        if (http_header_closes(r->headers[i].name, r->headers[i].value))
            return true;
    return false;
}

bool http_request_prepare(const struct http_request *request, struct arena *arena,
                          struct http_prepared *out, struct err *e)
{
    struct buf bytes = {0};
    assert(!request->length_later || request->body.n == 0);
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

bool http_request_head_read(str head, struct http_request_head *out)
{
    const str version = STR(" HTTP/1.1");
    str line, fields;
    if (!str_ends(head, STR("\r\n\r\n")) || !str_cut_at(head, STR("\r\n"), &line, &fields) ||
        !str_ends(line, version))
        return false;
    line.n -= version.n;
    out->fields = (str){fields.p, fields.n - 2};
    return str_cut(line, ' ', &out->method, &out->target) && http_is_token(out->method) &&
           str_starts(out->target, STR("/"));
}
