/* Cookies: the first line of an input is the request, "host /path", each other one a Set-Cookie
 * that comes with the reply. Whatever was set, a Cookie header is one clean line of pairs, goes to
 * no host that is a stranger, and is empty when the time is over. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "proto/http_jar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NOW = 1000000000 };

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_line(str line)
{
    str pair, name, value;
    unsigned pairs = 0;
    for (size_t i = 0; i < line.n; i++)
        must(((unsigned char)line.p[i] >= ' ' || line.p[i] == '\t') && line.p[i] != 127);
    while (str_next(&line, ';', &pair)) {
        must(pair.n <= HTTP_COOKIE_MOST + 2 && ++pairs <= HTTP_JAR_MOST);
        must(pairs == 1 || str_starts(pair, STR(" ")));
        must(str_cut(pair, '=', &name, &value) && str_trim(name).n > 0);
    }
}

/* What is sent to a place, as one line; "" when nothing is. */
static str sent(const struct http_jar *jar, struct http_place to, int64_t now_s, struct buf *out)
{
    out->n = 0;
    bool any = http_jar_write(jar, &to, now_s, out);
    must(any == (out->n > 0));
    if (any)
        check_line(buf_view(out));
    return buf_view(out);
}

static void check(const struct http_jar *jar, struct http_place at)
{
    struct buf all = {0}, some = {0};
    at.tls = true;
    size_t secure = sent(jar, at, NOW, &all).n;
    at.tls = false;
    must(sent(jar, at, NOW, &some).n <= secure);
    at.host = STR("stranger.invalid");
    must(sent(jar, at, NOW, &some).n == 0);
    buf_free(&all);
    buf_free(&some);
}

static void take(struct http_jar *jar, const struct http_place *from, str line)
{
    char *copy = mem_alloc(line.n + 1);
    if (line.n)
        memcpy(copy, line.p, line.n);
    http_jar_take(jar, from, (str){copy, line.n}, NOW);
    memset(copy, '!', line.n + 1);
    mem_free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct http_jar jar = {0};
    struct http_place from = {.tls = false};
    str rest = {(const char *)data, size}, line;
    if (size == 0 || !str_next(&rest, '\n', &line))
        return 0;
    str_cut(line, ' ', &from.host, &from.path);
    bool strange = str_contains(from.host, STR("invalid")) || from.host.n == 0;
    if (strange || !str_starts(from.path, STR("/")))
        return 0;
    while (str_next(&rest, '\n', &line)) {
        take(&jar, &from, line);
        check(&jar, from);
    }
    struct buf out = {0};
    take(&jar, &from, STR("last=1; Max-Age=1; Path=/"));
    must(str_contains(sent(&jar, from, NOW, &out), STR("last=1")));
    must(sent(&jar, from, HTTP_COOKIE_STAYS, &out).n == 0);
    buf_free(&out);
    http_jar_free(&jar);
    must(jar.first == NULL);
    return 0;
}
