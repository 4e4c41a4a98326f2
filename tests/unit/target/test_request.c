/* Request heads: what decides about framing, the connection and the answer, and what must be
 * refused. Each head is also read in pieces cut at every byte. */
#include "unit.h"

#include <string.h>

#include "base/mem.h"
#include "target/request.h"

static const char wrk_head[] = "GET /ping?id=7 HTTP/1.1\r\nHost: 127.0.0.1:8081\r\n\r\n";

static void same(str got, const char *want)
{
    if (!str_eq(got, str_from(want)))
        fail_msg("got '" STR_FMT "', want '%s'", STR_ARG(got), want);
}

static void same_request(const struct request *a, const struct request *b)
{
    assert_true(str_eq(a->method, b->method));
    assert_true(str_eq(a->target, b->target));
    assert_true(str_eq(a->path, b->path));
    assert_true(str_eq(a->query, b->query));
    assert_true(str_eq(a->type, b->type));
    assert_true(a->length == b->length);
    assert_int_equal(a->n, b->n);
    assert_int_equal(a->framing, b->framing);
    assert_int_equal(a->minor, b->minor);
    assert_int_equal(a->keep_alive, b->keep_alive);
    assert_int_equal(a->expects, b->expects);
    assert_int_equal(a->wants_json, b->wants_json);
}

/* One parser sees the bytes in two or more pieces, each in memory of its own exact size, so that
 * old views and reads beyond the end show under the address sanitizer. */
static void in_pieces(str bytes, size_t first, size_t step, const struct request *whole,
                      enum http_step result)
{
    struct request r = {0};
    enum http_step got = HTTP_MORE;
    for (size_t n = first; got == HTTP_MORE; n += step) {
        if (n > bytes.n)
            n = bytes.n;
        char *copy = mem_alloc(n ? n : 1);
        if (n)
            memcpy(copy, bytes.p, n);
        got = request_parse(&r, (str){copy, n});
        if (got == HTTP_DONE)
            same_request(&r, whole);
        mem_free(copy);
        if (n == bytes.n)
            break;
    }
    assert_int_equal(got, result);
    if (got == HTTP_ERROR) {
        assert_string_equal(r.why, whole->why);
        assert_int_equal(r.status, whole->status);
    }
}

static enum http_step parse(struct request *r, str bytes)
{
    *r = (struct request){0};
    enum http_step result = request_parse(r, bytes);
    for (size_t cut = 0; cut <= bytes.n && bytes.n < 1000; cut++)
        in_pieces(bytes, cut, bytes.n + 1, r, result);
    in_pieces(bytes, 0, bytes.n < 1000 ? 1 : 997, r, result);
    return result;
}

static struct request done(str bytes)
{
    struct request r;
    enum http_step step = parse(&r, bytes);
    if (step != HTTP_DONE)
        fail_msg("'" STR_FMT "': step %d, %s", STR_ARG(bytes), step, r.why ? r.why : "");
    return r;
}

static void refused(str bytes, unsigned status, const char *why)
{
    struct request r;
    if (parse(&r, bytes) != HTTP_ERROR)
        fail_msg("'" STR_FMT "' was not refused: %s", STR_ARG(bytes), why);
    assert_string_equal(r.why, why);
    assert_int_equal(r.status, status);
}

static void more(str bytes)
{
    struct request r;
    assert_int_equal(parse(&r, bytes), HTTP_MORE);
}

static void reads_what_wrk_sends(void **state)
{
    (void)state;
    struct request r = done(STR(wrk_head));
    same(r.method, "GET");
    same(r.target, "/ping?id=7");
    same(r.path, "/ping");
    same(r.query, "id=7");
    assert_null(r.type.p);
    assert_int_equal(r.minor, 1);
    assert_int_equal(r.framing, HTTP_BODY_NONE);
    assert_true(r.length == 0);
    assert_true(r.keep_alive);
    assert_false(r.expects);
    assert_false(r.wants_json);
    assert_int_equal(r.n, sizeof wrk_head - 1);
}

static void every_beginning_of_a_head_needs_more(void **state)
{
    (void)state;
    for (size_t n = 0; n < sizeof wrk_head - 1; n++)
        more((str){wrk_head, n});
    struct request r = {0};
    assert_int_equal(request_parse(&r, (str){NULL, 0}), HTTP_MORE);
}

static void what_follows_the_head_is_not_looked_at(void **state)
{
    (void)state;
    struct request r =
        done(STR("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\n\0\r\n\r\n:"));
    assert_int_equal(r.n, 51);
    assert_int_equal(r.framing, HTTP_BODY_LENGTH);
    assert_true(r.length == 3);
}

static void empty_lines_before_a_request_are_passed_over(void **state)
{
    (void)state;
    struct request r = done(STR("\r\n\n\r\nGET / HTTP/1.0\r\n\r\n"));
    same(r.method, "GET");
    assert_int_equal(r.n, 23);
    more(STR("\r\n\r\n"));
}

static void bare_line_feeds_end_lines(void **state)
{
    (void)state;
    struct request r = done(STR("GET /ping HTTP/1.1\nHost: h\n\nGET"));
    same(r.path, "/ping");
    assert_int_equal(r.n, 28);
}

static void targets_have_a_path_and_a_query(void **state)
{
    (void)state;
    struct {
        str head;
        const char *path, *query;
    } of[] = {
        {STR("GET / HTTP/1.0\r\n\r\n"), "/", ""},
        {STR("GET /a?b?c HTTP/1.0\r\n\r\n"), "/a", "b?c"},
        {STR("GET http://h:1/a/b?c=d HTTP/1.0\r\n\r\n"), "/a/b", "c=d"},
        {STR("GET http://h HTTP/1.0\r\n\r\n"), "/", ""},
        {STR("GET /a?u=http://h/ HTTP/1.0\r\n\r\n"), "/a", "u=http://h/"},
        {STR("OPTIONS * HTTP/1.0\r\n\r\n"), "*", ""},
    };
    for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
        struct request r = done(of[i].head);
        same(r.path, of[i].path);
        same(r.query, of[i].query);
    }
}

static void bad_request_lines_are_refused_before_the_head_is_complete(void **state)
{
    (void)state;
    const char *method = "a request line without a method";
    const char *target = "a request line without a target";
    const char *version = "a request line that does not end in HTTP/1.1";
    refused(STR("GET\r\n"), 400, target);
    refused(STR("GET  HTTP/1.1\r\n"), 400, target);
    refused(STR("GET /\x01 HTTP/1.1\r\n"), 400, target);
    refused(STR("G(T / HTTP/1.1\r\n"), 400, method);
    refused(STR("GET /\r\n"), 400, version);
    refused(STR("GET / HTTP/1.1 \r\n"), 400, version);
    refused(STR("GET / a HTTP/1.1\r\n"), 400, version);
    refused(STR("GET / http/1.1\r\n"), 400, version);
    refused(STR("GET / HTTP/11\r\n"), 400, version);
    refused(STR("GET / HTTP/1.x\r\n"), 400, version);
    refused(STR("GET / HTTP/2.0\r\n"), 505, "not HTTP/1.0 or HTTP/1.1");
}

static void what_is_no_http_is_refused_at_the_first_byte(void **state)
{
    (void)state;
    refused(STR("\x16\x03\x01"), 400, "not HTTP");
    refused(STR(" GET"), 400, "not HTTP");
    refused(STR("\r\n:"), 400, "not HTTP");
}

static void a_request_needs_one_host_from_http_1_1_on(void **state)
{
    (void)state;
    refused(STR("GET / HTTP/1.1\r\n\r\n"), 400, "no Host");
    refused(STR("GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n"), 400, "more than one Host");
    done(STR("GET / HTTP/1.1\r\nHost:\r\n\r\n"));
    done(STR("GET / HTTP/1.0\r\n\r\n"));
}

static void the_connection_is_kept_or_not(void **state)
{
    (void)state;
    struct {
        str head;
        bool kept;
    } of[] = {
        {STR("GET / HTTP/1.1\r\nHost: h\r\n\r\n"), true},
        {STR("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"), false},
        {STR("GET / HTTP/1.1\r\nHost: h\r\nCONNECTION: a, Close ,b\r\n\r\n"), false},
        {STR("GET / HTTP/1.1\r\nHost: h\r\nConnection: closed\r\n\r\n"), true},
        {STR("GET / HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, close\r\n\r\n"), false},
        {STR("GET / HTTP/1.0\r\n\r\n"), false},
        {STR("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"), true},
    };
    for (size_t i = 0; i < sizeof of / sizeof *of; i++)
        assert_int_equal(done(of[i].head).keep_alive, of[i].kept);
}

static void bodies_have_a_length_or_chunks(void **state)
{
    (void)state;
    struct request r = done(STR("PUT / HTTP/1.1\r\nHost: h\r\ncontent-length: 5, 5\r\n\r\n"));
    assert_int_equal(r.framing, HTTP_BODY_LENGTH);
    assert_true(r.length == 5);
    r = done(STR("PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n"));
    assert_int_equal(r.framing, HTTP_BODY_CHUNKED);
    r = done(STR("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 18446744073709551615\r\n\r\n"));
    assert_true(r.length == UINT64_MAX);
}

static void framing_that_could_be_read_differently_is_refused(void **state)
{
    (void)state;
    const char *length = "a Content-Length that is not a number";
    refused(STR("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 5x\r\n\r\n"), 400, length);
    refused(STR("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: -5\r\n\r\n"), 400, length);
    refused(STR("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length:\r\n\r\n"), 400, length);
    refused(STR("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 18446744073709551616\r\n\r\n"), 400,
            length);
    refused(STR("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n"), 400,
            "several different Content-Lengths");
    refused(STR("PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"), 501,
            "a transfer coding other than chunked");
    refused(STR("PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n"
                "Transfer-Encoding: chunked\r\n\r\n"),
            400, "more than one Transfer-Encoding");
    refused(STR("PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n"
                "Content-Length: 5\r\n\r\n"),
            400, "both Transfer-Encoding and Content-Length");
    refused(STR("PUT / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400,
            "Transfer-Encoding in HTTP/1.0");
}

static void bad_headers_are_refused(void **state)
{
    (void)state;
    const char *name = "a header line without a proper name";
    const char *byte = "a NUL or CR byte in a header";
    refused(STR("GET / HTTP/1.1\r\nHost: h\r\nNothing\r\n\r\n"), 400, name);
    refused(STR("GET / HTTP/1.1\r\nHost: h\r\n: x\r\n\r\n"), 400, name);
    refused(STR("GET / HTTP/1.1\r\nHost : h\r\n\r\n"), 400, name);
    refused(STR("GET / HTTP/1.1\r\nHost: h\r\n folded\r\n\r\n"), 400, name);
    refused(STR("GET / HTTP/1.1\r\nHost: h\r\n\r\r\n\r\n"), 400, name);
    refused(STR("GET / HTTP/1.1\r\nHost: h\r\nA: b\0c\r\n\r\n"), 400, byte);
    refused(STR("GET / HTTP/1.1\r\nHost: h\r\nA: b\rc\r\n\r\n"), 400, byte);
}

static void other_headers_that_matter(void **state)
{
    (void)state;
    struct request r = done(STR("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\n"
                                "Content-Type:\ttext/plain; charset=x \r\n"
                                "Accept: text/plain;q=0.5, Application/JSON;q=0.9\r\n\r\n"));
    assert_true(r.expects);
    assert_true(r.wants_json);
    same(r.type, "text/plain; charset=x");
    r = done(STR("GET / HTTP/1.1\r\nHost: h\r\nAccept: */*, x-application/json\r\n\r\n"));
    assert_false(r.wants_json);
}

static void heads_up_to_64_kib_are_read(void **state)
{
    (void)state;
    static const char begin[] = "GET / HTTP/1.0\r\nA: ", end[] = "\r\n\r\n";
    char *bytes = mem_alloc(REQUEST_HEAD_MAX + 1);
    memset(bytes, 'x', REQUEST_HEAD_MAX + 1);
    memcpy(bytes, begin, sizeof begin - 1);
    refused((str){bytes, REQUEST_HEAD_MAX}, 431, "a head over 64 KiB");
    refused((str){bytes, REQUEST_HEAD_MAX + 1}, 431, "a head over 64 KiB");
    memcpy(bytes + REQUEST_HEAD_MAX - 3, end, 4); /* one byte too long */
    refused((str){bytes, REQUEST_HEAD_MAX + 1}, 431, "a head over 64 KiB");
    memcpy(bytes + REQUEST_HEAD_MAX - 4, end, 4);
    assert_int_equal(done((str){bytes, REQUEST_HEAD_MAX}).n, REQUEST_HEAD_MAX);
    memset(bytes, '\n', REQUEST_HEAD_MAX);
    refused((str){bytes, REQUEST_HEAD_MAX}, 431, "a head over 64 KiB");
    mem_free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_wrk_sends),
        cmocka_unit_test(every_beginning_of_a_head_needs_more),
        cmocka_unit_test(what_follows_the_head_is_not_looked_at),
        cmocka_unit_test(empty_lines_before_a_request_are_passed_over),
        cmocka_unit_test(bare_line_feeds_end_lines),
        cmocka_unit_test(targets_have_a_path_and_a_query),
        cmocka_unit_test(bad_request_lines_are_refused_before_the_head_is_complete),
        cmocka_unit_test(what_is_no_http_is_refused_at_the_first_byte),
        cmocka_unit_test(a_request_needs_one_host_from_http_1_1_on),
        cmocka_unit_test(the_connection_is_kept_or_not),
        cmocka_unit_test(bodies_have_a_length_or_chunks),
        cmocka_unit_test(framing_that_could_be_read_differently_is_refused),
        cmocka_unit_test(bad_headers_are_refused),
        cmocka_unit_test(other_headers_that_matter),
        cmocka_unit_test(heads_up_to_64_kib_are_read),
    };
    return UNIT_RUN(tests);
}
