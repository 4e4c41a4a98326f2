/* Responses, head and body: the stream at once and in random pieces must give the same. The first
 * byte of an input says whether the request was HEAD ('H'), the rest is what the server sends. Each
 * piece has memory of its own exact size, so that a read beyond it is seen. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/rng.h"
#include "proto/http_body.h"
#include "proto/http_mask.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* Everything that a caller can see. */
struct result {
    enum http_step head_step, body_step, eof_step;
    const char *head_why, *body_why;
    struct http_head head;
    struct buf strings; /* reason, fields, location, each with its length before it */
    struct buf body;
    size_t used; /* bytes of head and body */
};

static char *exact_copy(str s)
{
    char *copy = mem_alloc(s.n ? s.n : 1);
    if (s.n)
        memcpy(copy, s.p, s.n);
    return copy;
}

static size_t piece(struct rng *rng, size_t left)
{
    if (!rng || left == 0)
        return left;
    size_t most = left > 4 && rng_below(rng, 4) ? 4 : left;
    return 1 + (size_t)rng_below(rng, most);
}

static void keep_strings(struct result *r)
{
    const str all[] = {r->head.reason, r->head.fields, r->head.location};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        buf_add(&r->strings, &all[i].n, sizeof all[i].n);
        buf_str(&r->strings, all[i]);
    }
}

static void check_headers(const struct http_head *head)
{
    str rest = head->fields;
    struct http_header header;
    while (http_header_next(&rest, &header)) {
        must(http_is_token(header.name));
        str found = http_header_find(head->fields, header.name);
        must(found.p != NULL);
    }
}

static void check_head(struct result *r, str seen)
{
    must(r->head.n <= seen.n && r->head.n >= 14);
    must(r->head.status >= 100 && r->head.status <= 999);
    must(r->head.framing == HTTP_BODY_LENGTH || r->head.length == 0);
    check_headers(&r->head);
    keep_strings(r);
}

/* Bytes that have come when the head was complete or refused, or all of them. */
static size_t read_head(str input, struct rng *rng, struct result *r)
{
    size_t n = 0;
    do {
        n += piece(rng, input.n - n);
        char *copy = exact_copy((str){input.p, n});
        r->head_step = http_head_parse(&r->head, (str){copy, n});
        if (r->head_step == HTTP_DONE)
            check_head(r, (str){copy, n});
        mem_free(copy);
    } while (r->head_step == HTTP_MORE && n < input.n);
    r->head_why = r->head.why;
    return n;
}

static void feed(struct http_body *b, str bytes, struct result *r)
{
    char *copy = exact_copy(bytes);
    str rest = {copy, bytes.n}, data;
    do {
        size_t before = rest.n;
        r->body_step = http_body_feed(b, &rest, &data);
        must(before == 0 || rest.n < before || r->body_step != HTTP_MORE);
        r->used += before - rest.n;
        buf_str(&r->body, data);
    } while (r->body_step == HTTP_MORE && rest.n);
    mem_free(copy);
}

static void read_body(str input, size_t come, struct rng *rng, struct result *r)
{
    struct http_body b;
    http_body_start(&b, &r->head);
    r->used = r->head.n;
    feed(&b, (str){input.p + r->head.n, come - r->head.n}, r);
    while (r->body_step == HTTP_MORE && come < input.n) {
        size_t n = piece(rng, input.n - come);
        feed(&b, (str){input.p + come, n}, r);
        come += n;
    }
    r->eof_step = http_body_eof(&b);
    r->body_why = b.why;
    must(r->head.framing != HTTP_BODY_LENGTH || r->eof_step != HTTP_DONE ||
         r->body.n == r->head.length);
}

static struct result read_response(str input, bool to_head, struct rng *rng)
{
    struct result r = {.head = {.to_head = to_head}};
    size_t come = read_head(input, rng, &r);
    if (r.head_step == HTTP_DONE)
        read_body(input, come, rng, &r);
    return r;
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static void compare(const struct result *a, const struct result *b)
{
    must(a->head_step == b->head_step && same_text(a->head_why, b->head_why));
    if (a->head_step != HTTP_DONE)
        return;
    must(a->head.status == b->head.status && a->head.minor == b->head.minor);
    must(a->head.framing == b->head.framing && a->head.length == b->head.length);
    must(a->head.keep_alive == b->head.keep_alive && a->head.n == b->head.n);
    must(str_eq(buf_view(&a->strings), buf_view(&b->strings)));
    must(a->body_step == b->body_step && a->eof_step == b->eof_step);
    must(same_text(a->body_why, b->body_why) && a->used == b->used);
    must(str_eq(buf_view(&a->body), buf_view(&b->body)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    str input = {(const char *)data + 1, size - 1};
    struct rng rng = rng_make(map_hash(input), 0);
    struct result whole = read_response(input, data[0] == 'H', NULL);
    struct result pieces = read_response(input, data[0] == 'H', &rng);
    compare(&whole, &pieces);
    buf_free(&whole.strings);
    buf_free(&whole.body);
    buf_free(&pieces.strings);
    buf_free(&pieces.body);
    struct arena arena = {0};
    http_mask_secrets(input, &arena);
    arena_free(&arena);
    return 0;
}
