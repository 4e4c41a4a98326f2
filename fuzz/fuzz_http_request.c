/* Requests as templates may render them: the first line of an input is a Location, the rest what
 * was sent. What is read back lies within the bytes; what follows the redirect is a request again,
 * whose every header is a line of its own. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "proto/http_redirect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static bool within(str part, str whole)
{
    return part.p >= whole.p && part.p + part.n <= whole.p + whole.n;
}

static void check_head(const struct http_request_head *head, str bytes)
{
    must(within(head->method, bytes) && within(head->target, bytes) && within(head->fields, bytes));
    must(http_is_token(head->method) && head->target.n > 0 && head->target.p[0] == '/');
    must(!memmem(head->target.p, head->target.n, "\r\n", 2));
}

/* A request that weir wrote: one Host, one length, no line that a header's value made. */
static void check_next(const struct http_prepared *next, const struct http_url *to)
{
    struct http_request_head head;
    struct http_header header;
    struct err e = {0};
    unsigned hosts = 0;
    uint64_t length = 0;
    must(http_request_head_read((str){next->bytes.p, next->head_n}, &head));
    must(str_eq(head.target, to->target));
    must(next->is_head == str_eq(head.method, STR("HEAD")));
    for (str rest = head.fields; http_header_next(&rest, &header);) {
        must(http_header_check(header.name, header.value, &e));
        hosts += str_eq_nocase(header.name, STR("Host"));
        if (str_eq_nocase(header.name, STR("Content-Length")))
            must(str_u64(header.value, &length));
    }
    must(hosts == 1 && length == next->bytes.n - next->head_n);
}

static void follow(str location, str bytes, size_t head_n, struct arena *arena)
{
    static const unsigned statuses[] = {301, 302, 303, 307, 308};
    struct http_url origin, to;
    struct http_prepared sent = {.bytes = bytes, .head_n = head_n}, next;
    struct err e = {0};
    must(http_url_parse(STR("http://u:p@h:81/"), arena, &origin, &e));
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        struct http_redirect r = {&sent, &origin, statuses[i], location};
        if (http_redirect_follow(&r, arena, &to, &next, &e))
            check_next(&next, &to);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct http_request_head head;
    str location, rest, before, body;
    str_cut((str){(const char *)data, size}, '\n', &location, &rest);
    char *copy = mem_alloc(rest.n + 1); /* of its own exact size but for one byte: never empty */
    if (rest.n)
        memcpy(copy, rest.p, rest.n);
    str bytes = {copy, rest.n};
    size_t head_n = str_cut_at(bytes, STR("\r\n\r\n"), &before, &body) ? before.n + 4 : bytes.n;
    if (http_request_head_read((str){copy, head_n}, &head))
        check_head(&head, bytes);
    follow(location, bytes, head_n, &arena);
    mem_free(copy);
    arena_free(&arena);
    return 0;
}
