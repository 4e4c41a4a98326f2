/* What strangers send to a live run: orders as JSON, and the headers that say who they are. The
 * first byte says which order it is. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "web/access.h"
#include "web/address.h"
#include "web/inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_headers(str text)
{
    struct err e;
    str host, origin;
    str_cut(text, '\n', &host, &origin);
    /* Whose origin is that of a host which is this machine's is this machine's, too. */
    if (access_same_origin(origin, host) && access_is_local(host) &&
        !str_contains(host, STR(" ")) &&
        !access_is_local(str_skip(origin, str_starts(origin, STR("https")) ? 8 : 7)))
        abort();
    access_cookie(text, STR("weir_token"));
    if (access_token_is(text, STR("0123456789abcdef")) != str_eq(text, STR("0123456789abcdef")))
        abort();
    web_address_check(text, &e);
    expo_accepted(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const paths[] = {"/api/load", "/api/mark", "/api/stop"};
    struct err why = {0};
    if (size == 0)
        return 0;
    str body = {(const char *)data + 1, size - 1};
    struct errand *e = errand_make(NULL, NULL);
    bool good = order_read(str_from(paths[data[0] % 3]), body, e, &why);
    if (!good && (why.kind != ERR_USAGE || !why.text[0]))
        abort();
    if (good && e->order.kind == ORDER_MARK && (e->order.text.n == 0 || e->order.text.n > 200))
        abort();
    if (good && e->order.kind == ORDER_CHANGE && !e->order.stages.n && !(e->order.level > 0))
        abort();
    errand_free(e);
    read_headers(body);
    return 0;
}
