/* A short list, kept in the order of sending, so that a request only walks over it. */
#include "proto/http_jar.h"

#include <string.h>

#include "base/mem.h"

struct http_jar_cookie {
    struct http_jar_cookie *next;
    int64_t expires_s;                          /* since 1970 */
    uint32_t born;                              /* larger than those of all that were there */
    uint16_t name_n, value_n, domain_n, path_n; /* bytes of each */
    bool secure;
    bool host_only; /* for the domain, not for names below it */
    char text[];    /* name, '=', value; domain; path */
};

static str pair_of(const struct http_jar_cookie *c)
{
    return (str){c->text, (size_t)c->name_n + 1 + c->value_n};
}

static str domain_of(const struct http_jar_cookie *c)
{
    return (str){c->text + pair_of(c).n, c->domain_n};
}

static str path_of(const struct http_jar_cookie *c)
{
    return (str){domain_of(c).p + c->domain_n, c->path_n};
}

static void append(char **to, str s)
{
    if (s.n)
        memcpy(*to, s.p, s.n);
    *to += s.n;
}

/* NULL: it is too large. */
static struct http_jar_cookie *make(const struct http_cookie *c, const struct http_place *from)
{
    str domain = c->domain.n ? c->domain : from->host;
    str path = c->path.n ? c->path : http_cookie_folder(from->path);
    size_t bytes = c->name.n + c->value.n + domain.n + path.n;
    if (bytes > HTTP_COOKIE_MOST)
        return NULL;
    struct http_jar_cookie *made = mem_alloc(sizeof *made + bytes + 1);
    *made = (struct http_jar_cookie){
        .expires_s = c->expires_s,
        .name_n = (uint16_t)c->name.n,
        .value_n = (uint16_t)c->value.n,
        .domain_n = (uint16_t)domain.n,
        .path_n = (uint16_t)path.n,
        .secure = c->secure,
        .host_only = c->domain.n == 0,
    };
    char *to = made->text;
    append(&to, c->name);
    append(&to, STR("="));
    append(&to, c->value);
    append(&to, domain);
    append(&to, path);
    return made;
}

/* Section 5.3, step 11. */
static bool is_same(const struct http_jar_cookie *a, const struct http_jar_cookie *b)
{
    return str_eq((str){a->text, a->name_n}, (str){b->text, b->name_n}) &&
           str_eq_nocase(domain_of(a), domain_of(b)) && str_eq(path_of(a), path_of(b));
}

static void drop(struct http_jar_cookie **at)
{
    struct http_jar_cookie *gone = *at;
    *at = gone->next;
    mem_free(gone);
}

/* Removes what is over, and the cookie that `made` replaces, whose age it then has. */
static void make_way(struct http_jar *jar, struct http_jar_cookie *made, int64_t now_s)
{
    uint32_t newest = 0, replaced = 0;
    for (struct http_jar_cookie **at = &jar->first; *at;) {
        if ((*at)->born > newest)
            newest = (*at)->born;
        if (is_same(*at, made))
            replaced = (*at)->born;
        if ((*at)->expires_s <= now_s || is_same(*at, made))
            drop(at);
        else
            at = &(*at)->next;
    }
    made->born = replaced ? replaced : newest + 1;
}

static void drop_oldest_beyond(struct http_jar *jar, unsigned most)
{
    struct http_jar_cookie **oldest = &jar->first;
    unsigned n = 0;
    for (struct http_jar_cookie **at = &jar->first; *at; at = &(*at)->next, n++)
        if ((*at)->born < (*oldest)->born)
            oldest = at;
    if (n > most)
        drop(oldest);
}

static void insert(struct http_jar *jar, struct http_jar_cookie *made)
{
    struct http_jar_cookie **at = &jar->first;
    while (*at && ((*at)->path_n > made->path_n ||
                   ((*at)->path_n == made->path_n && (*at)->born < made->born)))
        at = &(*at)->next;
    made->next = *at;
    *at = made;
}

void http_jar_take(struct http_jar *jar, const struct http_place *from, str line, int64_t now_s)
{
    struct http_cookie c;
    if (!http_cookie_parse(line, now_s, &c) ||
        (c.domain.n && !http_cookie_domain_is_own(from->host, c.domain)))
        return;
    struct http_jar_cookie *made = make(&c, from);
    if (!made)
        return;
    make_way(jar, made, now_s);
    if (made->expires_s <= now_s) { /* it came to remove its like */
        mem_free(made);
        return;
    }
    insert(jar, made);
    drop_oldest_beyond(jar, HTTP_JAR_MOST);
}

static bool belongs(const struct http_jar_cookie *c, const struct http_place *to, int64_t now_s)
{
    str domain = domain_of(c);
    if (c->expires_s <= now_s || (c->secure && !to->tls))
        return false;
    if (!http_cookie_path_matches(to->path, path_of(c)))
        return false;
    return c->host_only ? str_eq_nocase(to->host, domain)
                        : http_cookie_domain_matches(to->host, domain);
}

bool http_jar_write(const struct http_jar *jar, const struct http_place *to, int64_t now_s,
                    struct buf *out)
{
    bool any = false;
    for (const struct http_jar_cookie *c = jar->first; c; c = c->next) {
        if (!belongs(c, to, now_s))
            continue;
        if (any)
            buf_str(out, STR("; "));
        buf_str(out, pair_of(c));
        any = true;
    }
    return any;
}

void http_jar_free(struct http_jar *jar)
{
    while (jar->first)
        drop(&jar->first);
}
