/* target/shop.h: a shop of three paths, so that the example scenarios have a story to tell: log in,
 * look at goods, place an order. It knows nobody and forgets everything. */
#ifndef WEIR_TARGET_SHOP_H
#define WEIR_TARGET_SHOP_H

#include "base/buf.h"
#include "target/answer.h"
#include "target/request.h"

/* POST /login → {"token":"…"} */
struct answer shop_login(const struct request *r, str rest, struct buf *text);
/* GET /goods/SKU → {"sku":"SKU","price":n} */
struct answer shop_goods(const struct request *r, str rest, struct buf *text);
/* POST /orders → 201 {"id":"o-1","state":"NEW"}, each id once */
struct answer shop_orders(const struct request *r, str rest, struct buf *text);

#endif
