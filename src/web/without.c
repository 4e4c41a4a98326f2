/* A weir that was built without libmicrohttpd: nothing can be served. */
#include "web/web.h"

bool web_check_address(str text, struct err *e)
{
    (void)text;
    return err_set(e, ERR_USAGE, "this weir was built without libmicrohttpd: it serves nothing");
}

struct sink *web_sink(const struct web_options *options, struct err *e)
{
    (void)options;
    err_set(e, ERR_USAGE, "this weir was built without libmicrohttpd: it serves nothing");
    return NULL;
}
