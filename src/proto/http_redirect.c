/* A redirect: the request is read back, what may not go along is left out, and it is written anew.
 */
#include "proto/http_redirect.h"

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

/* The header lines that go along; `next` has their number. */
static void keep_headers(str fields, bool leaves, bool drops_body, struct arena *arena,
                         struct http_request *next)
{
    struct http_header header, *kept;
    size_t n = 0;
    for (str rest = fields; http_header_next(&rest, &header);)
        n++;
    kept = arena_alloc(arena, n * sizeof *kept);
    while (http_header_next(&fields, &header))
        if (!(leaves && is_private(header.name)) && !(drops_body && describes_body(header.name)))
            kept[next->header_count++] = header;
    next->headers = kept;
}

bool http_redirect_follow(const struct http_redirect *r, struct arena *arena, struct http_url *to,
                          struct http_prepared *next, struct err *e)
{
    const str bytes = r->sent->bytes;
    struct http_request_head head;
    if (!http_request_head_read((str){bytes.p, r->sent->head_n}, &head))
        return err_set(e, ERR_RUN, "the request that was redirected cannot be read back");
    struct http_url from = *r->origin;
    from.target = head.target;
    from.credentials = (str){NULL, 0}; /* they are in the head already */
    if (!http_url_resolve(&from, r->location, arena, to, e))
        return false;
    bool drops_body = becomes_get(head.method, r->status);
    struct http_request request = {.method = drops_body ? STR("GET") : head.method, .url = to};
    if (!drops_body)
        request.body = str_skip(bytes, r->sent->head_n);
    keep_headers(head.fields, !http_url_same_origin(&from, to), drops_body, arena, &request);
    return http_request_prepare(&request, arena, next, e);
}
