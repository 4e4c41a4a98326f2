/* The options of `weir http`: what the request is. */
#include "cli/options_http.h"

#include <string.h>

#include "proto/http_mask.h"
#include "proto/http_request.h"

static const char request[] = "Request";

static bool check_method(str value, struct err *e)
{
    if (http_is_token(value))
        return true;
    return err_set(e, ERR_USAGE, "'" STR_FMT "' is not a method; write it like GET or POST",
                   STR_ARG(value));
}

bool http_header_read(str line, str *name, str *value, struct err *e)
{
    bool has_colon = str_cut(line, ':', name, value);
    *value = str_trim(*value);
    if (!has_colon)
        return err_set(e, ERR_USAGE,
                       "'" STR_FMT "' has no colon; write it like 'Accept: text/html'",
                       STR_ARG(line));
    return http_header_check(*name, *value, e);
}

static bool check_header(str line, struct err *e)
{
    str name, value;
    return http_header_read(line, &name, &value, e);
}

static void mask_header(str line, struct buf *out)
{
    struct arena arena = {0};
    buf_str(out, http_mask_secrets(line, &arena));
    arena_free(&arena);
}

static bool check_form(str value, struct err *e)
{
    if (memchr(value.p, '=', value.n))
        return true;
    return err_set(e, ERR_USAGE, "'" STR_FMT "' has no '='; write it like name=value",
                   STR_ARG(value));
}

/* Does not repeat the value: it may be a password. */
static bool check_user(str value, struct err *e)
{
    if (memchr(value.p, ':', value.n))
        return true;
    return err_set(e, ERR_USAGE, "there is no ':'; write it like name:password (users are -c N)");
}

static void mask_user(str value, struct buf *out)
{
    str name, password;
    str_cut(value, ':', &name, &password);
    buf_printf(out, STR_FMT ":***", STR_ARG(name));
}

bool http_statuses_read(str text, struct arena *arena, uint16_t **list, unsigned *n, struct err *e)
{
    str rest = text, piece;
    uint64_t code;
    *list = arena_alloc(arena, (text.n + 1) * sizeof **list);
    for (*n = 0; str_next(&rest, ',', &piece); ++*n) {
        if (!str_u64(str_trim(piece), &code) || code < 200 || code > 599)
            return err_set(e, ERR_USAGE,
                           "'" STR_FMT "' is not a list of status codes; write it like "
                           "200,201 (from 200 to 599)",
                           STR_ARG(text));
        (*list)[*n] = (uint16_t)code;
    }
    return *n > 0 || err_set(e, ERR_USAGE, "the list of status codes is empty");
}

static bool check_statuses(str value, struct err *e)
{
    struct arena arena = {0};
    uint16_t *ignored;
    unsigned n;
    bool good = http_statuses_read(value, &arena, &ignored, &n, e);
    arena_free(&arena);
    return good;
}

void http_mask_url(str url, struct buf *out)
{
    str scheme, rest, before_at, name, password;
    if (!str_cut_at(url, STR("://"), &scheme, &rest))
        rest = url;
    size_t authority = 0, at = 0;
    for (; authority < rest.n && !memchr("/?#", rest.p[authority], 3); authority++)
        if (rest.p[authority] == '@')
            at = authority;
    before_at = (str){rest.p, at};
    if (!str_cut(before_at, ':', &name, &password)) {
        buf_str(out, url);
        return;
    }
    buf_add(out, url.p, url.n - rest.n);
    buf_printf(out, STR_FMT ":***", STR_ARG(name));
    buf_str(out, str_skip(rest, at));
}

const struct option options_http[] = {
    {
        .name = "method",
        .letters = "mX",
        .type = OPTION_TEXT,
        .argument = "METHOD",
        .check = check_method,
        .help = "the request's method",
        .otherwise = "GET; POST with a body",
        .group = request,
    },
    {
        .name = "header",
        .letters = "H",
        .type = OPTION_TEXT,
        .argument = "'NAME: VALUE'",
        .repeats = true,
        .check = check_header,
        .mask = mask_header,
        .help = "a request header; takes the place of weir's own of that name",
        .group = request,
    },
    {
        .name = "body",
        .alias = "data",
        .type = OPTION_TEXT,
        .argument = "TEXT|@FILE",
        .help = "the request's body, or the file that holds it",
        .group = request,
    },
    {
        .name = "form",
        .type = OPTION_TEXT,
        .argument = "NAME=VALUE",
        .repeats = true,
        .check = check_form,
        .help = "a field of a form; the fields make the body",
        .group = request,
    },
    {
        .name = "user",
        .letters = "u",
        .type = OPTION_TEXT,
        .argument = "USER:PASSWORD",
        .check = check_user,
        .mask = mask_user,
        .help = "basic authentication",
        .group = request,
    },
    {
        .name = "expect-status",
        .type = OPTION_TEXT,
        .argument = "CODES",
        .check = check_statuses,
        .help = "the status codes that are right answers, like 200,201",
        .otherwise = "every 2xx and 3xx",
        .group = request,
    },
    {
        .name = "follow",
        .type = OPTION_COUNT,
        .argument = "N",
        .fallback = "0",
        .help = "follow up to N redirects, as parts of one call",
        .group = request,
    },
    {
        .name = "insecure",
        .type = OPTION_SWITCH,
        .help = "do not check the server's certificate",
        .group = request,
    },
    {.name = NULL},
};
