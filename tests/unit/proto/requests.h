/* tests/unit/proto/requests.h: an arena for each test, and URLs and texts of requests. */
#ifndef WEIR_UNIT_PROTO_REQUESTS_H
#define WEIR_UNIT_PROTO_REQUESTS_H

#include "unit.h"

#include "proto/http_url.h"

/* What weir adds to a request that says nothing else. */
#define AGENT  "User-Agent: weir/" WEIR_VERSION "\r\n"
#define ACCEPT "Accept: */*\r\n"

#define LENGTH(a) (sizeof(a) / sizeof *(a))

static inline int make_arena(void **state)
{
    static struct arena arena;
    *state = &arena;
    return 0;
}

static inline int free_arena(void **state)
{
    arena_free(*state);
    return 0;
}

static inline void same(str got, str want)
{
    if (!str_eq(got, want))
        fail_msg("got '" STR_FMT "', want '" STR_FMT "'", STR_ARG(got), STR_ARG(want));
}

static inline const struct http_url *url_of(void **state, const char *text)
{
    struct http_url *url = arena_alloc(*state, sizeof *url);
    struct err e = {0};
    if (!http_url_parse(str_from(text), *state, url, &e))
        fail_msg("%s", e.text);
    return url;
}

#endif
