/* The paths: one function and one line of the table for each. */
#include "target/routes.h"

#include "base/units.h"
#include "target/shop.h"

/* The longest filler: more is hardly a test any more. */
#define FILLER_MAX UINT64_C(10000000000)

void route_add_quoted(str words, struct buf *out)
{
    for (size_t i = 0; i < words.n; i++) {
        unsigned char c = (unsigned char)words.p[i];
        if (c == '"' || c == '\\')
            buf_printf(out, "\\%c", c);
        else if (c < 0x20 || c >= 0x7f) /* of a request; perhaps not UTF-8 */
            buf_printf(out, "\\u%04x", c);
        else
            buf_char(out, (char)c);
    }
}

struct answer route_error(uint16_t status, const char *sentence, struct buf *text)
{
    buf_str(text, STR("{\"error\":\""));
    route_add_quoted(str_from(sentence), text);
    buf_str(text, STR("\"}\n"));
    return (struct answer){.status = status, .body = ANSWER_TEXT, .counted = true};
}

bool query_next(str *query, str *key, str *value)
{
    str pair;
    while (query->n && str_next(query, '&', &pair))
        if (pair.n) {
            str_cut(pair, '=', key, value);
            return true;
        }
    return false;
}

static str query_find(str query, str wanted)
{
    str key, value;
    while (query_next(&query, &key, &value))
        if (str_eq(key, wanted))
            return value;
    return (str){NULL, 0};
}

/* ---- one function for each path; rest: what follows the path of the table ---- */

static struct answer ping(const struct request *r, str rest, struct buf *text)
{
    (void)r, (void)rest, (void)text;
    return (struct answer){.status = 200, .body = ANSWER_PING, .counted = true};
}

static struct answer status(const struct request *r, str rest, struct buf *text)
{
    uint64_t code;
    (void)r;
    if (!str_u64(rest, &code) || code < 200 || code > 599)
        return route_error(400, "the status is a number from 200 to 599, as in /status/503", text);
    struct answer a = {.status = (uint16_t)code, .body = ANSWER_TEXT, .counted = true};
    if (code == 204 || code == 304)
        a.body = ANSWER_NONE;
    else
        buf_printf(text, "{\"status\":%u}\n", a.status);
    return a;
}

static struct answer filler(str size, struct buf *text)
{
    struct answer a = {.status = 200, .body = ANSWER_FILLER, .counted = true};
    struct err e;
    if (!units_size(size, &a.size, &e))
        return route_error(400, e.text, text);
    if (a.size > FILLER_MAX)
        return route_error(400, "at most 10 GB are sent", text);
    return a;
}

static struct answer bytes(const struct request *r, str rest, struct buf *text)
{
    (void)r;
    return filler(rest, text);
}

static struct answer chunked(const struct request *r, str rest, struct buf *text)
{
    struct answer a = filler(rest, text);
    a.chunked = a.body == ANSWER_FILLER && r->minor > 0;
    return a;
}

static struct answer slow_body(const struct request *r, str rest, struct buf *text)
{
    (void)rest;
    struct err e;
    struct answer a = filler(query_find(r->query, STR("size")), text);
    if (a.body == ANSWER_FILLER &&
        !units_duration(query_find(r->query, STR("for")), &a.spread_ns, &e))
        return route_error(400, e.text, text);
    return a;
}

static struct answer redirect(const struct request *r, str rest, struct buf *text)
{
    uint64_t hops;
    (void)r;
    if (!str_u64(rest, &hops) || hops < 1 || hops > 1000000)
        return route_error(400, "the redirects are a number from 1 on, as in /redirect/3", text);
    return (struct answer){
        .status = 302, .body = ANSWER_TEXT, .counted = true, .redirect = (uint32_t)hops};
}

static struct answer echo(const struct request *r, str rest, struct buf *text)
{
    (void)r, (void)rest, (void)text;
    return (struct answer){.status = 200, .body = ANSWER_ECHO, .counted = true};
}

static struct answer metrics(const struct request *r, str rest, struct buf *text)
{
    (void)rest, (void)text;
    return (struct answer){.status = 200, .body = ANSWER_METRICS, .wants_json = r->wants_json};
}

static struct answer stall(const struct request *r, str rest, struct buf *text)
{
    (void)rest;
    struct err e;
    struct answer a = {.status = 200, .body = ANSWER_TEXT};
    if (!str_eq(r->method, STR("POST")))
        a = route_error(405, "POST /stall?for=2s stops this server for 2 s", text);
    else if (!units_duration(query_find(r->query, STR("for")), &a.freeze_ns, &e))
        a = route_error(400, e.text, text);
    else
        buf_printf(text, "{\"stall_ns\":%llu}\n", (unsigned long long)a.freeze_ns);
    a.counted = false;
    return a;
}

static const struct route {
    str path;
    bool open; /* more of the path may follow */
    struct answer (*plan)(const struct request *r, str rest, struct buf *text);
    const char *shown; /* as people write it */
} routes[] = {
    {{"/ping", 5}, false, ping, "/ping"},
    {{"/status/", 8}, true, status, "/status/503"},
    {{"/bytes/", 7}, true, bytes, "/bytes/10000"},
    {{"/chunked/", 9}, true, chunked, "/chunked/10000"},
    {{"/slow-body", 10}, false, slow_body, "/slow-body?size=10000&for=1s"},
    {{"/redirect/", 10}, true, redirect, "/redirect/3"},
    {{"/echo", 5}, false, echo, "/echo"},
    {{"/login", 6}, false, shop_login, "/login"},
    {{"/goods/", 7}, true, shop_goods, "/goods/SKU"},
    {{"/orders", 7}, false, shop_orders, "/orders"},
    {{"/metrics", 8}, false, metrics, "/metrics"},
    {{"/stall", 6}, false, stall, "/stall?for=2s"},
};

enum { ROUTES = sizeof routes / sizeof *routes };

static struct answer not_found(struct buf *text)
{
    struct buf words = {0};
    buf_str(&words, STR("no such path; there are"));
    for (size_t i = 0; i < ROUTES; i++)
        buf_printf(&words, "%s %s", i ? "," : "", routes[i].shown);
    buf_char(&words, 0);
    struct answer a = route_error(404, words.p, text);
    buf_free(&words);
    return a;
}

struct answer route_request(const struct request *r, struct buf *text)
{
    for (size_t i = 0; i < ROUTES; i++) {
        const struct route *route = &routes[i];
        if (route->open ? str_starts(r->path, route->path) : str_eq(r->path, route->path))
            return route->plan(r, str_skip(r->path, route->path.n), text);
    }
    return not_found(text);
}
