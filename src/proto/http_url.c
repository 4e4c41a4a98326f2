/* URLs: cut into scheme, authority and target, each checked on its own; and references resolved. */
#include "proto/http_url.h"

#include <arpa/inet.h>
#include <string.h>

static const char hex[] = "0123456789ABCDEF";

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

void http_percent_add(struct buf *out, str s, const char *stay)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (is_alpha(c) || is_digit(c) || (c && strchr(stay, c))) {
            buf_char(out, c);
            continue;
        }
        const char encoded[] = {'%', hex[(unsigned char)c >> 4], hex[c & 15]};
        buf_add(out, encoded, sizeof encoded);
    }
}

static str join(str a, str b, struct arena *arena)
{
    char *out = arena_alloc(arena, a.n + b.n + 1);
    if (a.n)
        memcpy(out, a.p, a.n);
    if (b.n)
        memcpy(out + a.n, b.p, b.n);
    return (str){out, a.n + b.n};
}

/* Bytes before the first one that is in `set`, all of s when there is none. */
static size_t span_until(str s, const char *set)
{
    size_t n = 0;
    while (n < s.n && (s.p[n] == 0 || !strchr(set, s.p[n])))
        n++;
    return n;
}

/* Cuts "scheme:" off *rest (RFC 3986 section 3.1). */
static bool cut_scheme(str *rest, str *scheme)
{
    size_t n = 0;
    while (n < rest->n &&
           (is_alpha(rest->p[n]) || (n && (is_digit(rest->p[n]) || rest->p[n] == '+' ||
                                           rest->p[n] == '-' || rest->p[n] == '.'))))
        n++;
    if (n == 0 || n == rest->n || rest->p[n] != ':')
        return false;
    *scheme = (str){rest->p, n};
    *rest = str_skip(*rest, n + 1);
    return true;
}

static bool known_scheme(str scheme, struct http_url *url)
{
    url->tls = str_eq_nocase(scheme, STR("https"));
    return url->tls || str_eq_nocase(scheme, STR("http"));
}

static int hex_value(char c)
{
    const char *at = c ? strchr(hex, c >= 'a' && c <= 'f' ? c - 'a' + 'A' : c) : NULL;
    return at ? (int)(at - hex) : -1;
}

/* "%41" becomes "A", a '%' without two digits stays. A user without a password has an empty one
 * (RFC 7617 section 2 wants the colon). */
static str read_userinfo(str s, struct arena *arena)
{
    char *out = arena_alloc(arena, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        int high = s.p[i] == '%' && i + 2 < s.n ? hex_value(s.p[i + 1]) : -1;
        int low = high >= 0 ? hex_value(s.p[i + 2]) : -1;
        out[n++] = low >= 0 ? (char)(high << 4 | low) : s.p[i];
        if (low >= 0)
            i += 2;
    }
    if (!s.n || !memchr(s.p, ':', s.n))
        out[n++] = ':';
    return (str){out, n};
}

static bool read_port(str text, struct http_url *url, struct err *e)
{
    uint64_t port;
    if (text.n == 0)
        return true;
    if (!str_u64(text, &port) || port < 1 || port > 65535)
        return err_set(e, ERR_USAGE, "port '" STR_FMT "' is not a number from 1 to 65535",
                       STR_ARG(text));
    url->port = (uint16_t)port;
    return true;
}

static bool check_name(str name, struct err *e)
{
    if (name.n == 0)
        return err_set(e, ERR_USAGE, "the host is missing");
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if ((unsigned char)c >= 128)
            return err_set(e, ERR_USAGE,
                           "host '" STR_FMT "' is not ASCII; write its form that begins with xn--",
                           STR_ARG(name));
        if (!is_alpha(c) && !is_digit(c) && (c == 0 || !strchr("-._~", c)))
            return err_set(e, ERR_USAGE, "host '" STR_FMT "' has a character that no host name has",
                           STR_ARG(name));
    }
    return true;
}

static bool check_ipv6(str host, struct arena *arena, struct err *e)
{
    struct in6_addr address;
    if (!memchr(host.p, 0, host.n) && inet_pton(AF_INET6, arena_z(arena, host), &address) == 1)
        return true;
    return err_set(e, ERR_USAGE, "'[" STR_FMT "]' is not an IPv6 address", STR_ARG(host));
}

static str lower(str s, struct arena *arena)
{
    char *p = arena_alloc(arena, s.n + 1);
    for (size_t i = 0; i < s.n; i++)
        p[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] | 0x20) : s.p[i];
    return (str){p, s.n};
}

/* "[v6]" or "name", with what stands behind its colon. */
static bool cut_host(str text, str *host, str *port, struct err *e)
{
    if (text.p[0] != '[') {
        str_cut(text, ':', host, port);
        if (port->n && memchr(port->p, ':', port->n))
            return err_set(e, ERR_USAGE, "an IPv6 address needs brackets, like [::1]:8080");
        return true;
    }
    if (!str_cut(str_skip(text, 1), ']', host, port))
        return err_set(e, ERR_USAGE, "a '[' without ']'");
    if (port->n && port->p[0] != ':')
        return err_set(e, ERR_USAGE, "'" STR_FMT "' behind ']' is not a port", STR_ARG(*port));
    *port = str_skip(*port, 1);
    return true;
}

/* "user:password@host:port" */
static bool read_authority(str text, struct arena *arena, struct http_url *url, struct err *e)
{
    str host, port;
    const char *at = text.n ? memrchr(text.p, '@', text.n) : NULL;
    if (at) {
        url->credentials = read_userinfo((str){text.p, (size_t)(at - text.p)}, arena);
        text = str_skip(text, (size_t)(at - text.p) + 1);
    }
    if (text.n == 0)
        return err_set(e, ERR_USAGE, "the host is missing");
    bool v6 = text.p[0] == '[';
    const uint16_t usual = url->tls ? 443 : 80;
    url->port = usual;
    if (!cut_host(text, &host, &port, e) ||
        !(v6 ? check_ipv6(host, arena, e) : check_name(host, e)) || !read_port(port, url, e))
        return false;
    url->host = lower(host, arena);
    url->authority = arena_printf(arena, v6 ? "[" STR_FMT "]" : STR_FMT, STR_ARG(url->host));
    if (url->port != usual)
        url->authority = arena_printf(arena, STR_FMT ":%u", STR_ARG(url->authority), url->port);
    return true;
}

static str drop_fragment(str s)
{
    return (str){s.p, span_until(s, "#")};
}

/* Path and query as they go over the wire. */
static bool read_target(str text, struct arena *arena, struct http_url *url, struct err *e)
{
    bool rooted = text.n && text.p[0] == '/';
    char *out = arena_alloc(arena, text.n * 3 + 2);
    size_t n = 0;
    if (!rooted)
        out[n++] = '/';
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (c <= ' ' || c == 127)
            return err_set(e, ERR_USAGE, "%s in the path or query; write %%%02X",
                           c == ' ' ? "a space" : "a control character", c);
        if (c < 128) {
            out[n++] = (char)c;
            continue;
        }
        out[n++] = '%';
        out[n++] = hex[c >> 4];
        out[n++] = hex[c & 15];
    }
    url->target = (str){out, n};
    return true;
}

/* "/path.sock:/uri"; the first colon ends the path, as in nginx's proxy_pass. */
static bool read_unix(str text, struct arena *arena, struct http_url *url, struct err *e)
{
    str path, uri;
    str_cut(text, ':', &path, &uri);
    if (memchr(path.p, 0, path.n))
        return err_set(e, ERR_USAGE, "a NUL byte in the path of the unix socket");
    url->unix_path = arena_dup(arena, path);
    url->host = url->authority = STR("localhost");
    return read_target(drop_fragment(uri), arena, url, e);
}

/* What stands behind "http://". */
static bool read_rest(str rest, struct arena *arena, struct http_url *url, struct err *e)
{
    size_t n = span_until(rest, "/?#");
    return read_authority((str){rest.p, n}, arena, url, e) &&
           read_target(drop_fragment(str_skip(rest, n)), arena, url, e);
}

static bool read_url(str text, struct arena *arena, struct http_url *url, struct err *e)
{
    str scheme, rest = text;
    bool has_scheme = cut_scheme(&rest, &scheme), slashes = str_starts(rest, STR("//"));
    if (has_scheme && known_scheme(scheme, url)) {
        if (!slashes)
            return err_set(e, ERR_USAGE, "'//' is missing behind '" STR_FMT ":'", STR_ARG(scheme));
        text = str_skip(rest, 2);
    }
    if (str_starts(text, STR("unix:/")))
        return read_unix(str_skip(text, 5), arena, url, e);
    if (has_scheme && slashes && text.p != rest.p + 2)
        return err_set(e, ERR_USAGE, "only http and https");
    return read_rest(text, arena, url, e);
}

/* Where user and password stand in a URL; n is 0 when it has none. */
static str find_userinfo(str text)
{
    str rest = text, scheme;
    if (!cut_scheme(&rest, &scheme) || !str_starts(rest, STR("//")))
        rest = text;
    if (str_starts(rest, STR("//")))
        rest = str_skip(rest, 2);
    rest.n = span_until(rest, "/?#");
    const char *at = rest.n ? memrchr(rest.p, '@', rest.n) : NULL;
    return (str){rest.p, at ? (size_t)(at - rest.p) : 0};
}

/* For error sentences: not too long, no password. */
static str quoted(str text, struct arena *arena)
{
    enum { LONGEST = 200 };
    str secret = find_userinfo(text);
    str before = {text.p, secret.n ? (size_t)(secret.p - text.p) : 0};
    str after = secret.n ? str_skip(text, before.n + secret.n) : text;
    str shown = join(before, join(secret.n ? STR("***") : STR(""), after, arena), arena);
    return shown.n > LONGEST ? join((str){shown.p, LONGEST}, STR("..."), arena) : shown;
}

/* Puts the URL before the sentence and leaves nothing in it that a terminal would obey. */
static bool refuse(const char *what, str text, struct arena *arena, struct err *e)
{
    err_wrap(e, "%s '" STR_FMT "'", what, STR_ARG(quoted(text, arena)));
    for (char *p = e->text; *p; p++)
        if ((unsigned char)*p < ' ' || *p == 127)
            *p = '?';
    return false;
}

bool http_url_parse(str text, struct arena *arena, struct http_url *out, struct err *e)
{
    struct http_url url = {0};
    if (!read_url(text, arena, &url, e))
        return refuse("URL", text, arena, e);
    *out = url;
    return true;
}

/* Removes "." and ".." from a path that begins with '/' (RFC 3986 section 5.2.4). */
static str remove_dots(str path, struct arena *arena)
{
    char *out = arena_alloc(arena, path.n + 1);
    size_t n = 0;
    str rest = str_skip(path, 1), segment;
    while (str_next(&rest, '/', &segment)) {
        bool up = str_eq(segment, STR("..")), last = rest.p == NULL;
        if (up || str_eq(segment, STR("."))) {
            while (up && n && out[--n] != '/')
                ;
            if (last)
                out[n++] = '/';
            continue;
        }
        out[n++] = '/';
        memcpy(out + n, segment.p, segment.n);
        n += segment.n;
    }
    return (str){out, n};
}

/* The path and query of a reference that has no authority (RFC 3986 sections 5.2.2, 5.2.3). */
static str merge(const struct http_url *base, str reference, struct arena *arena)
{
    str base_path, base_query;
    str_cut(base->target, '?', &base_path, &base_query);
    if (reference.n == 0)
        return base->target;
    if (reference.p[0] == '/')
        return reference;
    if (reference.p[0] != '?')
        while (base_path.p[base_path.n - 1] != '/')
            base_path.n--;
    return join(base_path, reference, arena);
}

static bool set_target(str text, struct arena *arena, struct http_url *url, struct err *e)
{
    if (!read_target(text, arena, url, e))
        return false;
    str path = {url->target.p, span_until(url->target, "?")};
    url->target = join(remove_dots(path, arena), str_skip(url->target, path.n), arena);
    return true;
}

static bool resolve(const struct http_url *base, str reference, struct arena *arena,
                    struct http_url *url, struct err *e)
{
    str scheme, rest = drop_fragment(reference);
    bool has_scheme = cut_scheme(&rest, &scheme);
    if (has_scheme && !known_scheme(scheme, url))
        return err_set(e, ERR_RUN, "only http and https");
    if (!has_scheme)
        url->tls = base->tls;
    if (str_starts(rest, STR("//"))) {
        rest = str_skip(rest, 2);
        size_t n = span_until(rest, "/?");
        return read_authority((str){rest.p, n}, arena, url, e) &&
               set_target(str_skip(rest, n), arena, url, e);
    }
    if (has_scheme)
        return err_set(e, ERR_RUN, "'//' is missing behind '" STR_FMT ":'", STR_ARG(scheme));
    *url = *base;
    return set_target(merge(base, rest, arena), arena, url, e);
}

bool http_url_resolve(const struct http_url *base, str reference, struct arena *arena,
                      struct http_url *out, struct err *e)
{
    struct http_url url = {0};
    if (!resolve(base, reference, arena, &url, e)) {
        e->kind = ERR_RUN;
        return refuse("Location", reference, arena, e);
    }
    *out = url;
    return true;
}

bool http_url_same_origin(const struct http_url *a, const struct http_url *b)
{
    return a->tls == b->tls && a->port == b->port && str_eq(a->host, b->host) &&
           str_eq(a->unix_path, b->unix_path);
}
