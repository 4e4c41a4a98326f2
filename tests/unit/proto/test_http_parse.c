/* Response heads: every rule of RFC 9112 that decides about framing and the connection, and what
 * must be refused. Each head is also read in pieces cut at every byte. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "proto/http_parse.h"

static const char nginx_head[] = "HTTP/1.1 200 OK\r\n"
                                 "Server: nginx/1.22.1\r\n"
                                 "Date: Sat, 31 Jan 2026 12:00:00 GMT\r\n"
                                 "Content-Type: text/plain\r\n"
                                 "Content-Length: 13\r\n"
                                 "Last-Modified: Fri, 30 Jan 2026 08:00:00 GMT\r\n"
                                 "Connection: keep-alive\r\n"
                                 "ETag: \"65b8c3a0-d\"\r\n"
                                 "Accept-Ranges: bytes\r\n"
                                 "\r\n";

static void same(str got, const char *want)
{
    if (!str_eq(got, str_from(want)))
        fail_msg("got '" STR_FMT "', want '%s'", STR_ARG(got), want);
}

static void same_head(const struct http_head *a, const struct http_head *b)
{
    assert_int_equal(a->status, b->status);
    assert_int_equal(a->minor, b->minor);
    assert_int_equal(a->framing, b->framing);
    assert_int_equal(a->keep_alive, b->keep_alive);
    assert_int_equal(a->n, b->n);
    assert_true(a->length == b->length);
    assert_true(str_eq(a->reason, b->reason));
    assert_true(str_eq(a->fields, b->fields));
    assert_true(str_eq(a->location, b->location));
}

/* One parser sees the bytes in two or more pieces, each in memory of its own exact size, so that
 * old views and reads beyond the end show under the address sanitizer. */
static void in_pieces(str bytes, bool to_head, size_t first, size_t step,
                      const struct http_head *whole, enum http_step result)
{
    struct http_head h = {.to_head = to_head};
    for (size_t n = first;; n += step) {
        if (n > bytes.n)
            n = bytes.n;
        char *copy = mem_alloc(n ? n : 1);
        if (n)
            memcpy(copy, bytes.p, n);
        enum http_step got = http_head_parse(&h, (str){copy, n});
        if (got != HTTP_MORE || n == bytes.n) {
            assert_int_equal(got, result);
            if (got == HTTP_DONE)
                same_head(&h, whole);
            if (got == HTTP_ERROR)
                assert_string_equal(h.why, whole->why);
            mem_free(copy);
            return;
        }
        mem_free(copy);
    }
}

static enum http_step parse(struct http_head *h, str bytes, bool to_head)
{
    *h = (struct http_head){.to_head = to_head};
    enum http_step result = http_head_parse(h, bytes);
    for (size_t cut = 0; cut <= bytes.n && bytes.n < 1000; cut++)
        in_pieces(bytes, to_head, cut, bytes.n, h, result);
    if (bytes.n < 1000)
        in_pieces(bytes, to_head, 0, 1, h, result);
    return result;
}

static struct http_head done(str bytes)
{
    struct http_head h;
    enum http_step step = parse(&h, bytes, false);
    if (step != HTTP_DONE)
        fail_msg("'" STR_FMT "': step %d, %s", STR_ARG(bytes), step, h.why ? h.why : "");
    return h;
}

static void refused(str bytes, const char *why)
{
    struct http_head h;
    if (parse(&h, bytes, false) != HTTP_ERROR)
        fail_msg("'" STR_FMT "' was not refused: %s", STR_ARG(bytes), why);
    assert_string_equal(h.why, why);
}

static void more(str bytes)
{
    struct http_head h;
    assert_int_equal(parse(&h, bytes, false), HTTP_MORE);
}

static void reads_what_nginx_sends(void **state)
{
    (void)state;
    struct http_head h = done(STR(nginx_head));
    assert_int_equal(h.status, 200);
    assert_int_equal(h.minor, 1);
    assert_int_equal(h.framing, HTTP_BODY_LENGTH);
    assert_true(h.length == 13);
    assert_true(h.keep_alive);
    assert_int_equal(h.n, sizeof nginx_head - 1);
    same(h.reason, "OK");
    assert_null(h.location.p);
    assert_ptr_equal(h.fields.p, nginx_head + 17);
    assert_int_equal(h.fields.n, sizeof nginx_head - 1 - 17 - 2);
}

static void every_beginning_of_a_head_needs_more(void **state)
{
    (void)state;
    for (size_t n = 0; n < sizeof nginx_head - 1; n++)
        more((str){nginx_head, n});
    struct http_head h = {0};
    assert_int_equal(http_head_parse(&h, (str){NULL, 0}), HTTP_MORE);
}

static void what_follows_the_head_is_not_looked_at(void **state)
{
    (void)state;
    struct http_head h = done(STR("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n\0\r\n:"));
    assert_int_equal(h.n, 38);
    assert_true(h.length == 3);
}

static void status_lines(void **state)
{
    (void)state;
    struct {
        str bytes;
        uint16_t status;
        uint8_t minor;
        const char *reason;
    } good[] = {
        {STR("HTTP/1.1 200 OK\r\n\r\n"), 200, 1, "OK"},
        {STR("HTTP/1.0 404 Not Found\r\n\r\n"), 404, 0, "Not Found"},
        {STR("HTTP/1.1 200 \r\n\r\n"), 200, 1, ""},
        {STR("HTTP/1.1 200\r\n\r\n"), 200, 1, ""},
        {STR("HTTP/1.1 200\n\n"), 200, 1, ""},
        {STR("HTTP/1.1 599 \xc3\xa4\t:x\r\n\r\n"), 599, 1, "\xc3\xa4\t:x"},
        {STR("HTTP/1.1 999 x\r\n\r\n"), 999, 1, "x"},
        {STR("HTTP/1.1 100 Continue\r\n\r\n"), 100, 1, "Continue"},
        {STR("HTTP/1.2 200 OK\r\n\r\n"), 200, 2, "OK"},
        {STR("HTTP/1.9 200 OK\r\n\r\n"), 200, 9, "OK"},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct http_head h = done(good[i].bytes);
        assert_int_equal(h.status, good[i].status);
        assert_int_equal(h.minor, good[i].minor);
        same(h.reason, good[i].reason);
        assert_int_equal(h.n, good[i].bytes.n);
        assert_int_equal(h.fields.n, 0);
    }
}

static void broken_status_lines_are_refused(void **state)
{
    (void)state;
    refused(STR("SSH-2.0-OpenSSH_9.2\r\n"), "not HTTP");
    refused(STR("\x15\x03\x01"), "not HTTP");
    refused(STR("\r\nHTTP/1.1 200 OK\r\n\r\n"), "not HTTP");
    refused(STR("http/1.1 200 OK\r\n\r\n"), "not HTTP");
    refused(STR("HTTQ"), "not HTTP");
    refused(STR("HTTP/2 200\r\n"), "not HTTP/1.0 or HTTP/1.1");
    refused(STR("HTTP/0.9 200\r\n"), "not HTTP/1.0 or HTTP/1.1");
    refused(STR("HTTP/1x"), "not HTTP/1.0 or HTTP/1.1");
    refused(STR("HTTP/1.x 200 OK\r\n"), "a broken status line");
    refused(STR("HTTP/1.11 200 OK\r\n"), "a broken status line");
    refused(STR("HTTP/1.1\r\n"), "a broken status line");
    refused(STR("HTTP/1.1 20\r\n"), "a broken status line");
    refused(STR("HTTP/1.1\t200 OK\r\n"), "a broken status line");
    refused(STR("HTTP/1.1  200 OK\r\n"), "a status that is not a number of three digits");
    refused(STR("HTTP/1.1 099 OK\r\n"), "a status that is not a number of three digits");
    refused(STR("HTTP/1.1 2000 OK\r\n"), "a status that is not a number of three digits");
    refused(STR("HTTP/1.1 200OK\r\n"), "a status that is not a number of three digits");
    refused(STR("HTTP/1.1 2x0 OK\r\n"), "a status that is not a number of three digits");
    refused(STR("HTTP/1.1 200 O\0K\r\n"), "a NUL byte in the head");
    refused(STR("HTTP/1.1 200 O\rK\r\n"), "a CR without LF in the head");
}

static void broken_header_lines_are_refused(void **state)
{
    (void)state;
    refused(STR("HTTP/1.1 200 OK\r\nServer\r\n\r\n"), "a header line without a colon");
    refused(STR("HTTP/1.1 200 OK\r\nServer : x\r\n\r\n"), "white space in a header's name");
    refused(STR("HTTP/1.1 200 OK\r\nServer\t: x\r\n\r\n"), "white space in a header's name");
    refused(STR("HTTP/1.1 200 OK\r\nMy Server: x\r\n\r\n"), "white space in a header's name");
    refused(STR("HTTP/1.1 200 OK\r\n Server: x\r\n\r\n"), "white space in a header's name");
    refused(STR("HTTP/1.1 200 OK\r\n \r\n\r\n"), "white space in a header's name");
    refused(STR("HTTP/1.1 200 OK\r\n: x\r\n\r\n"), "a header's name that is not a token");
    refused(STR("HTTP/1.1 200 OK\r\nS(x): x\r\n\r\n"), "a header's name that is not a token");
    refused(STR("HTTP/1.1 200 OK\r\nS\xc3\xa4: x\r\n\r\n"), "a header's name that is not a token");
    refused(STR("HTTP/1.1 200 OK\r\nA: b\0\r\n\r\n"), "a NUL byte in the head");
    refused(STR("HTTP/1.1 200 OK\r\nA\0: b\r\n\r\n"), "a NUL byte in the head");
    refused(STR("HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n"), "a CR without LF in the head");
    refused(STR("HTTP/1.1 200 OK\r\nA: b\r\r\n\r\n"), "a CR without LF in the head");
    refused(STR("HTTP/1.1 200 OK\r\nA: b\r\n\rc"), "a CR without LF in the head");
}

static void a_wrong_name_is_refused_before_its_line_ends(void **state)
{
    (void)state;
    refused(STR("HTTP/1.1 200 OK\r\nServer "), "white space in a header's name");
    refused(STR("HTTP/1.1 200 OK\r\nA: b\r\n{"), "a header's name that is not a token");
    more(STR("HTTP/1.1 200 OK\r\nA: b\r\nX-Long-Name"));
}

static void control_bytes_that_cut_nothing_are_kept(void **state)
{
    (void)state;
    struct http_head h = done(STR("HTTP/1.1 200 OK\r\nA:\tb\x01\x0b\x0c\x1b\x7f\xff\tc\t\r\n\r\n"));
    same(http_header_find(h.fields, STR("A")), "b\x01\x0b\x0c\x1b\x7f\xff\tc");
}

static void a_bare_line_feed_ends_a_line(void **state)
{
    (void)state;
    struct http_head h = done(STR("HTTP/1.1 200 OK\nContent-Length: 7\nA: b\r\nC: d\n\nxx"));
    assert_int_equal(h.n, 46);
    assert_true(h.length == 7);
    same(http_header_find(h.fields, STR("A")), "b");
    same(http_header_find(h.fields, STR("C")), "d");
    same(h.reason, "OK");
    h = done(STR("HTTP/1.1 200 OK\nA: b\n\r\n"));
    assert_int_equal(h.n, 23);
}

static void a_folded_line_continues_its_value(void **state)
{
    (void)state;
    struct http_head h =
        done(STR("HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\td\r\nContent-Length:\r\n 5\r\n"
                 "Connection: x,\n  close\r\n\r\n"));
    assert_true(h.length == 5);
    assert_int_equal(h.framing, HTTP_BODY_LENGTH);
    assert_false(h.keep_alive);
    same(http_header_find(h.fields, STR("A")), "b\r\n c\r\n\td");
    h = done(STR("HTTP/1.1 200 OK\r\nA: b\r\n \r\n\r\n"));
    same(http_header_find(h.fields, STR("A")), "b");
    assert_int_equal(h.n, 28);
    refused(STR("HTTP/1.1 200 OK\r\nA\r\n : b\r\n\r\n"), "a header line without a colon");
    refused(STR("HTTP/1.1 200 OK\r\nA:\r\n \rb"), "a CR without LF in the head");
}

struct framing_case {
    str bytes;
    enum http_framing framing;
    uint64_t length;
    bool keep_alive;
};

static void check_framing(const struct framing_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct http_head h = done(cases[i].bytes);
        if (h.framing != cases[i].framing || h.length != cases[i].length ||
            h.keep_alive != cases[i].keep_alive)
            fail_msg("'" STR_FMT "': framing %d length %lu keep-alive %d", STR_ARG(cases[i].bytes),
                     h.framing, (unsigned long)h.length, h.keep_alive);
    }
}

#define LENGTH(a) (sizeof(a) / sizeof *(a))
#define OK        "HTTP/1.1 200 OK\r\n"

static void some_statuses_never_have_a_body(void **state)
{
    (void)state;
    const struct framing_case cases[] = {
        {STR("HTTP/1.1 100 Continue\r\nContent-Length: 5\r\n\r\n"), HTTP_BODY_NONE, 0, true},
        {STR("HTTP/1.1 199 x\r\n\r\n"), HTTP_BODY_NONE, 0, true},
        {STR("HTTP/1.1 204 No Content\r\n\r\n"), HTTP_BODY_NONE, 0, true},
        {STR("HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n"), HTTP_BODY_NONE, 0,
         true},
        {STR("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"), HTTP_BODY_NONE, 0, true},
        {STR("HTTP/1.1 304 Not Modified\r\nContent-Length: x\r\n\r\n"), HTTP_BODY_NONE, 0, true},
        {STR("HTTP/1.0 304 Not Modified\r\n\r\n"), HTTP_BODY_NONE, 0, false},
        {STR("HTTP/1.1 205 Reset\r\nContent-Length: 5\r\n\r\n"), HTTP_BODY_LENGTH, 5, true},
        {STR("HTTP/1.1 305 x\r\nContent-Length: 5\r\n\r\n"), HTTP_BODY_LENGTH, 5, true},
    };
    check_framing(cases, LENGTH(cases));
}

static void the_answer_to_head_has_no_body(void **state)
{
    (void)state;
    struct http_head h;
    assert_int_equal(parse(&h, STR(OK "Content-Length: 5\r\n\r\n"), true), HTTP_DONE);
    assert_int_equal(h.framing, HTTP_BODY_NONE);
    assert_true(h.length == 0);
    assert_true(h.keep_alive);
    assert_int_equal(parse(&h, STR(OK "Transfer-Encoding: chunked\r\n\r\n"), true), HTTP_DONE);
    assert_int_equal(h.framing, HTTP_BODY_NONE);
    assert_int_equal(parse(&h, STR(OK "\r\n"), true), HTTP_DONE);
    assert_int_equal(h.framing, HTTP_BODY_NONE);
    assert_true(h.keep_alive);
}

static void content_length_counts_the_body(void **state)
{
    (void)state;
    const struct framing_case cases[] = {
        {STR(OK "Content-Length: 0\r\n\r\n"), HTTP_BODY_LENGTH, 0, true},
        {STR(OK "cOnTeNt-LeNgTh:5\r\n\r\n"), HTTP_BODY_LENGTH, 5, true},
        {STR(OK "Content-Length: \t 5 \t\r\n\r\n"), HTTP_BODY_LENGTH, 5, true},
        {STR(OK "Content-Length: 18446744073709551615\r\n\r\n"), HTTP_BODY_LENGTH, UINT64_MAX,
         true},
        {STR(OK "Content-Length: 5, 5\r\n\r\n"), HTTP_BODY_LENGTH, 5, true},
        {STR(OK "Content-Length: 5\r\nA: b\r\nContent-Length: 05\r\n\r\n"), HTTP_BODY_LENGTH, 5,
         true},
        {STR(OK "Content_Length: 5\r\nContent-Lengt: 6\r\n\r\n"), HTTP_BODY_CLOSE, 0, false},
        {STR(OK "Xontent-Length: 5\r\n\r\n"), HTTP_BODY_CLOSE, 0, false},
        {STR(OK "Content-LengtH\x48: 5\r\n\r\n"), HTTP_BODY_CLOSE, 0, false},
        {STR(OK "\r\n"), HTTP_BODY_CLOSE, 0, false},
    };
    check_framing(cases, LENGTH(cases));
}

static void a_content_length_that_cannot_be_trusted_is_refused(void **state)
{
    (void)state;
    refused(STR(OK "Content-Length: 5\r\nContent-Length: 6\r\n\r\n"),
            "several different Content-Lengths");
    refused(STR(OK "Content-Length: 5, 6\r\n\r\n"), "several different Content-Lengths");
    refused(STR(OK "Content-Length: 0\r\nContent-Length: 6\r\n\r\n"),
            "several different Content-Lengths");
    static const char *const values[] = {"-5",  "+5", "5a", "0x5", "five",
                                         "5 5", "",   ",",  "1e3", "18446744073709551616"};
    for (size_t i = 0; i < LENGTH(values); i++) {
        char text[100];
        int n = snprintf(text, sizeof text, OK "Content-Length: %s\r\n\r\n", values[i]);
        refused((str){text, (size_t)n}, "a Content-Length that is not a number");
    }
    refused(STR(OK "Content-Length: 5\r\nContent-Length:\r\n\r\n"),
            "a Content-Length that is not a number");
}

static void transfer_encoding_wins_and_its_last_coding_counts(void **state)
{
    (void)state;
    const struct framing_case cases[] = {
        {STR(OK "Transfer-Encoding: chunked\r\n\r\n"), HTTP_BODY_CHUNKED, 0, true},
        {STR(OK "transfer-encoding:CHUNKED\r\n\r\n"), HTTP_BODY_CHUNKED, 0, true},
        {STR(OK "Transfer-Encoding: gzip, chunked\r\n\r\n"), HTTP_BODY_CHUNKED, 0, true},
        {STR(OK "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"), HTTP_BODY_CHUNKED,
         0, true},
        {STR(OK "Transfer-Encoding: chunked,\r\n\r\n"), HTTP_BODY_CHUNKED, 0, true},
        {STR(OK "Transfer-Encoding: chunked, gzip\r\n\r\n"), HTTP_BODY_CLOSE, 0, false},
        {STR(OK "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n\r\n"), HTTP_BODY_CLOSE,
         0, false},
        {STR(OK "Transfer-Encoding: identity\r\nContent-Length: 5\r\n\r\n"), HTTP_BODY_CLOSE, 0,
         false},
        {STR(OK "Transfer-Encoding: xchunked\r\n\r\n"), HTTP_BODY_CLOSE, 0, false},
        {STR(OK "Transfer-Encoding:\r\nContent-Length: 5\r\n\r\n"), HTTP_BODY_CLOSE, 0, false},
        /* section 6.3: both are given: the connection is not used again */
        {STR(OK "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"), HTTP_BODY_CHUNKED, 0,
         false},
        {STR(OK "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"), HTTP_BODY_CHUNKED, 0,
         false},
        {STR(OK "Content-Length: 5, 6\r\nTransfer-Encoding: chunked\r\n\r\n"), HTTP_BODY_CHUNKED, 0,
         false},
        {STR(OK "Content-Length:\r\nTransfer-Encoding: chunked\r\n\r\n"), HTTP_BODY_CHUNKED, 0,
         false},
        /* section 6.1: HTTP/1.0 knows no transfer codings */
        {STR("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n"),
         HTTP_BODY_CHUNKED, 0, false},
    };
    check_framing(cases, LENGTH(cases));
}

#define FIVE "Content-Length: 5\r\n"

static void the_connection_is_kept_by_the_rules_of_its_version(void **state)
{
    (void)state;
    const struct framing_case cases[] = {
        {STR(OK FIVE "\r\n"), HTTP_BODY_LENGTH, 5, true},
        {STR(OK FIVE "Connection: close\r\n\r\n"), HTTP_BODY_LENGTH, 5, false},
        {STR(OK FIVE "CONNECTION:Close\r\n\r\n"), HTTP_BODY_LENGTH, 5, false},
        {STR(OK FIVE "Connection: keep-alive, close\r\n\r\n"), HTTP_BODY_LENGTH, 5, false},
        {STR(OK FIVE "Connection: close\r\nConnection: keep-alive\r\n\r\n"), HTTP_BODY_LENGTH, 5,
         false},
        {STR(OK FIVE "Connection: , upgrade ,\tclose ,\r\n\r\n"), HTTP_BODY_LENGTH, 5, false},
        {STR(OK FIVE "Connection: closed, not-close\r\n\r\n"), HTTP_BODY_LENGTH, 5, true},
        {STR(OK FIVE "Connection:\r\n\r\n"), HTTP_BODY_LENGTH, 5, true},
        {STR(OK FIVE "Keep-Alive: close\r\nX-Connecti: close\r\n\r\n"), HTTP_BODY_LENGTH, 5, true},
        {STR("HTTP/1.0 200 OK\r\n" FIVE "\r\n"), HTTP_BODY_LENGTH, 5, false},
        {STR("HTTP/1.0 200 OK\r\n" FIVE "Connection: Keep-Alive\r\n\r\n"), HTTP_BODY_LENGTH, 5,
         true},
        {STR("HTTP/1.0 200 OK\r\n" FIVE "Connection: x, keep-alive\r\n\r\n"), HTTP_BODY_LENGTH, 5,
         true},
        {STR("HTTP/1.0 200 OK\r\n" FIVE "Connection: keep-alive, close\r\n\r\n"), HTTP_BODY_LENGTH,
         5, false},
        {STR("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n"), HTTP_BODY_CLOSE, 0, false},
        {STR("HTTP/1.2 200 OK\r\n" FIVE "\r\n"), HTTP_BODY_LENGTH, 5, true},
    };
    check_framing(cases, LENGTH(cases));
}

static void location_is_found_for_redirects(void **state)
{
    (void)state;
    struct http_head h = done(STR("HTTP/1.1 302 Found\r\nA: b\r\nlocation:  /x \r\n"
                                  "Location: /y\r\n" FIVE "\r\n"));
    same(h.location, "/x");
    h = done(STR("HTTP/1.1 301 x\r\nLocation:\r\n\r\n"));
    assert_non_null(h.location.p);
    assert_int_equal(h.location.n, 0);
    h = done(STR("HTTP/1.1 304 x\r\n\r\n"));
    assert_null(h.location.p);
    h = done(STR("HTTP/1.1 201 Created\r\nLocation: /x\r\n" FIVE "\r\n"));
    assert_null(h.location.p);
    same(http_header_find(h.fields, STR("LOCATION")), "/x");
}

static void headers_are_walked_in_their_order(void **state)
{
    (void)state;
    struct http_head h = done(STR(OK "A: 1\r\nB:\r\nc: x:y\nD: f\r\n g\r\nA: 2\r\n\r\n"));
    static const char *const want[][2] = {
        {"A", "1"}, {"B", ""}, {"c", "x:y"}, {"D", "f\r\n g"}, {"A", "2"}};
    str rest = h.fields;
    struct http_header header;
    for (size_t i = 0; i < LENGTH(want); i++) {
        assert_true(http_header_next(&rest, &header));
        same(header.name, want[i][0]);
        same(header.value, want[i][1]);
    }
    assert_false(http_header_next(&rest, &header));
    assert_false(http_header_next(&rest, &header));
    same(http_header_find(h.fields, STR("a")), "1");
    same(http_header_find(h.fields, STR("C")), "x:y");
    assert_null(http_header_find(h.fields, STR("E")).p);
    assert_null(http_header_find(done(STR(OK "\r\n")).fields, STR("E")).p);
}

/* A head of exactly `n` bytes, zero behind them. */
static char *long_head(size_t n)
{
    static const char begin[] = OK "X: ", end[] = "\r\n\r\n";
    char *text = mem_zero(n + 1);
    memset(text, 'x', n);
    memcpy(text, begin, sizeof begin - 1);
    memcpy(text + n - (sizeof end - 1), end, sizeof end - 1);
    return text;
}

static void a_head_over_one_mebibyte_is_refused(void **state)
{
    (void)state;
    struct http_head h = {0};
    char *text = long_head(HTTP_HEAD_MAX);
    for (size_t n = 1; n < HTTP_HEAD_MAX; n += 1000)
        assert_int_equal(http_head_parse(&h, (str){text, n}), HTTP_MORE);
    assert_int_equal(http_head_parse(&h, (str){text, HTTP_HEAD_MAX}), HTTP_DONE);
    assert_int_equal(h.n, HTTP_HEAD_MAX);
    mem_free(text);
    text = long_head(HTTP_HEAD_MAX + 1);
    for (size_t extra = 0; extra < 2; extra++) {
        h = (struct http_head){0};
        assert_int_equal(http_head_parse(&h, (str){text, HTTP_HEAD_MAX + extra}), HTTP_ERROR);
        assert_string_equal(h.why, "headers over 1 MiB");
    }
    mem_free(text);
}

static void the_scan_sees_each_byte_at_each_offset(void **state)
{
    (void)state;
    for (size_t pad = 0; pad < 20; pad++)
        for (int byte = 0; byte < 256; byte++) {
            char text[100];
            int n = snprintf(text, sizeof text, OK "A: %.*s", (int)pad, "bbbbbbbbbbbbbbbbbbbbbbbb");
            text[n] = (char)byte;
            memcpy(text + n + 1, "yyyyyyyyyyyy\r\n\r\n", 16);
            struct http_head h = {0};
            enum http_step got = http_head_parse(&h, (str){text, (size_t)n + 17});
            bool fatal = byte == 0 || byte == '\r' || byte == '\n';
            assert_int_equal(got, fatal ? HTTP_ERROR : HTTP_DONE);
        }
}

static void lists_pass_over_empty_items(void **state)
{
    (void)state;
    str rest = STR(" , a ,,b b,\t"), item;
    assert_true(http_list_next(&rest, &item));
    same(item, "a");
    assert_true(http_list_next(&rest, &item));
    same(item, "b b");
    assert_false(http_list_next(&rest, &item));
    rest = (str){NULL, 0}; /* the value of a line without colon */
    assert_false(http_list_next(&rest, &item));
}

static void tokens(void **state)
{
    (void)state;
    static const char all[] = "!#$%&'*+-.^_`|~0123456789"
                              "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    assert_true(http_is_token(STR(all)));
    assert_false(http_is_token(STR("")));
    unsigned count = 0;
    for (int byte = 0; byte < 256; byte++) {
        char c = (char)byte;
        bool token = http_is_token((str){&c, 1});
        assert_int_equal(token, memchr(all, c, sizeof all - 1) != NULL);
        count += token;
    }
    assert_int_equal(count, 77);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_nginx_sends),
        cmocka_unit_test(every_beginning_of_a_head_needs_more),
        cmocka_unit_test(what_follows_the_head_is_not_looked_at),
        cmocka_unit_test(status_lines),
        cmocka_unit_test(broken_status_lines_are_refused),
        cmocka_unit_test(broken_header_lines_are_refused),
        cmocka_unit_test(a_wrong_name_is_refused_before_its_line_ends),
        cmocka_unit_test(control_bytes_that_cut_nothing_are_kept),
        cmocka_unit_test(a_bare_line_feed_ends_a_line),
        cmocka_unit_test(a_folded_line_continues_its_value),
        cmocka_unit_test(some_statuses_never_have_a_body),
        cmocka_unit_test(the_answer_to_head_has_no_body),
        cmocka_unit_test(content_length_counts_the_body),
        cmocka_unit_test(a_content_length_that_cannot_be_trusted_is_refused),
        cmocka_unit_test(transfer_encoding_wins_and_its_last_coding_counts),
        cmocka_unit_test(the_connection_is_kept_by_the_rules_of_its_version),
        cmocka_unit_test(location_is_found_for_redirects),
        cmocka_unit_test(headers_are_walked_in_their_order),
        cmocka_unit_test(a_head_over_one_mebibyte_is_refused),
        cmocka_unit_test(the_scan_sees_each_byte_at_each_offset),
        cmocka_unit_test(lists_pass_over_empty_items),
        cmocka_unit_test(tokens),
    };
    return UNIT_RUN(tests);
}
