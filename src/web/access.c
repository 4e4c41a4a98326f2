/* Host, Origin, Cookie and token, each looked at as what a stranger wrote. */
#include "web/access.h"

/* The host of "host:port", "[::1]:port" or "host". */
static str without_port(str host)
{
    str before, after;
    if (str_starts(host, STR("["))) {
        size_t n = 0;
        while (n < host.n && host.p[n] != ']')
            n++;
        bool whole = n + 1 == host.n || (n + 1 < host.n && host.p[n + 1] == ':');
        return whole ? (str){host.p, n + 1} : host;
    }
    return str_cut(host, ':', &before, &after) ? before : host;
}

/* "127." and three numbers, nothing like 127.evil.example. */
static bool is_loopback_number(str host)
{
    str piece;
    unsigned pieces = 0;
    uint64_t number;
    if (!str_starts(host, STR("127.")))
        return false;
    while (str_next(&host, '.', &piece)) {
        pieces++;
        if (!str_u64(piece, &number) || number > 255)
            return false;
    }
    return pieces == 4;
}

bool access_is_local(str host)
{
    host = without_port(str_trim(host));
    return str_eq_nocase(host, STR("localhost")) || str_eq(host, STR("[::1]")) ||
           is_loopback_number(host);
}

bool access_same_origin(str origin, str host)
{
    if (str_starts(origin, STR("http://")))
        return str_eq_nocase(str_skip(origin, 7), host);
    return str_starts(origin, STR("https://")) && str_eq_nocase(str_skip(origin, 8), host);
}

bool access_token_is(str given, str token)
{
    unsigned differ = given.n != token.n;
    for (size_t i = 0; i < given.n; i++)
        differ |= token.n && given.p[i] != token.p[i % token.n];
    return !differ && token.n;
}

str access_cookie(str header, str name)
{
    str one, key, value;
    while (str_next(&header, ';', &one)) {
        str_cut(str_trim(one), '=', &key, &value);
        if (str_eq(key, name))
            return value;
    }
    return (str){NULL, 0};
}
