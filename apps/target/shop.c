/* The shop's three answers. */
#include "target/shop.h"

#include "target/routes.h"

static struct answer made(uint16_t status)
{
    return (struct answer){.status = status, .body = ANSWER_TEXT, .counted = true};
}

static bool is_post(const struct request *r)
{
    return str_eq(r->method, STR("POST"));
}

struct answer shop_login(const struct request *r, str rest, struct buf *text)
{
    (void)rest;
    if (!is_post(r))
        return route_error(405, "POST /login with any body logs in", text);
    buf_str(text, STR("{\"token\":\"t-0123456789\"}\n"));
    return made(200);
}

struct answer shop_goods(const struct request *r, str rest, struct buf *text)
{
    (void)r;
    if (rest.n == 0)
        return route_error(404, "which goods? GET /goods/SKU", text);
    buf_str(text, STR("{\"sku\":\""));
    route_add_quoted(rest, text);
    buf_printf(text, "\",\"price\":%zu}\n", 10 + rest.n % 7);
    return made(200);
}

struct answer shop_orders(const struct request *r, str rest, struct buf *text)
{
    static uint64_t orders; /* the server has one thread */
    (void)rest;
    if (!is_post(r))
        return route_error(405, "POST /orders places one", text);
    buf_printf(text, "{\"id\":\"o-%llu\",\"state\":\"NEW\"}\n", (unsigned long long)++orders);
    return made(201);
}
