/* Set-Cookie, read as leniently as browsers do, and the two matching rules. */
#include "proto/http_cookie.h"

#include <arpa/inet.h>
#include <string.h>

#include "proto/http_date.h"

/* ---- reading ---- */

/* The head's folded lines are among what may not go out again. */
static bool has_control(str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (((unsigned char)s.p[i] < ' ' && s.p[i] != '\t') || s.p[i] == 127)
            return true;
    return false;
}

/* Section 5.2.2. A number that is too large means never, as one that is too small means now. */
static bool read_max_age(str value, int64_t now_s, int64_t *expires_s)
{
    uint64_t age;
    bool negative = str_starts(value, STR("-"));
    str digits = str_skip(value, negative);
    for (size_t i = 0; i < digits.n; i++)
        if (digits.p[i] < '0' || digits.p[i] > '9')
            return false;
    if (digits.n == 0)
        return false;
    if (negative)
        *expires_s = INT64_MIN;
    else if (!str_u64(digits, &age) || age >= (uint64_t)(HTTP_COOKIE_STAYS - now_s))
        *expires_s = HTTP_COOKIE_STAYS;
    else
        *expires_s = age ? now_s + (int64_t)age : INT64_MIN;
    return true;
}

/* Of several attributes of the same name the last one counts. */
static void read_attributes(str rest, int64_t now_s, struct http_cookie *c)
{
    str piece, name, value;
    int64_t at_s;
    bool has_age = false; /* it counts, wherever an Expires stands */
    while (str_next(&rest, ';', &piece)) {
        str_cut(piece, '=', &name, &value);
        name = str_trim(name);
        value = str_trim(value);
        if (str_eq_nocase(name, STR("Secure")))
            c->secure = true;
        else if (str_eq_nocase(name, STR("Path")))
            c->path = str_starts(value, STR("/")) ? value : STR("");
        else if (str_eq_nocase(name, STR("Domain")) && value.n)
            c->domain = str_skip(value, str_starts(value, STR(".")));
        else if (str_eq_nocase(name, STR("Max-Age")))
            has_age = read_max_age(value, now_s, &c->expires_s) || has_age;
        else if (str_eq_nocase(name, STR("Expires")) && !has_age && http_date_read(value, &at_s))
            c->expires_s = at_s;
    }
}

bool http_cookie_parse(str line, int64_t now_s, struct http_cookie *out)
{
    str pair, attributes;
    str_cut(line, ';', &pair, &attributes);
    *out = (struct http_cookie){.expires_s = HTTP_COOKIE_STAYS};
    if (has_control(line) || !str_cut(pair, '=', &out->name, &out->value))
        return false;
    out->name = str_trim(out->name);
    out->value = str_trim(out->value);
    read_attributes(attributes, now_s, out);
    return out->name.n > 0;
}

/* ---- matching ---- */

static bool is_address(str host)
{
    char text[INET_ADDRSTRLEN];
    struct in_addr address;
    if (memchr(host.p, ':', host.n))
        return true;
    if (host.n >= sizeof text)
        return false;
    memcpy(text, host.p, host.n);
    text[host.n] = 0;
    return inet_pton(AF_INET, text, &address) == 1;
}

bool http_cookie_domain_matches(str host, str domain)
{
    if (str_eq_nocase(host, domain))
        return true;
    if (domain.n == 0 || host.n <= domain.n || host.p[host.n - domain.n - 1] != '.')
        return false;
    return str_eq_nocase(str_skip(host, host.n - domain.n), domain) && !is_address(host);
}

bool http_cookie_domain_is_own(str host, str domain)
{
    if (str_eq_nocase(host, domain))
        return true;
    return http_cookie_domain_matches(host, domain) && memchr(domain.p, '.', domain.n);
}

bool http_cookie_path_matches(str path, str cookie_path)
{
    if (!str_starts(path, cookie_path))
        return false;
    return path.n == cookie_path.n || str_ends(cookie_path, STR("/")) ||
           path.p[cookie_path.n] == '/';
}

str http_cookie_folder(str path)
{
    const char *slash = path.n ? memrchr(path.p, '/', path.n) : NULL;
    size_t n = slash ? (size_t)(slash - path.p) : 0;
    return n ? (str){path.p, n} : STR("/");
}
