/* Bodies: each framing, what must be refused, and that the cuts of the input never matter. */
#include "unit.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "proto/http_body.h"

/* What came of feeding a whole stream. */
struct read {
    struct buf data;     /* all body data */
    size_t used;         /* bytes of the input */
    enum http_step step; /* the last one */
    const char *why;
};

static struct http_body start(enum http_framing framing, uint64_t length)
{
    struct http_body b;
    struct http_head head = {.framing = (uint8_t)framing, .length = length};
    http_body_start(&b, &head);
    return b;
}

/* Feeds one piece in memory of its own, so that a read beyond it shows under the address sanitizer.
 */
static void feed_piece(struct http_body *b, str piece, struct read *r)
{
    char *copy = mem_alloc(piece.n ? piece.n : 1);
    if (piece.n)
        memcpy(copy, piece.p, piece.n);
    str rest = {copy, piece.n}, data;
    do {
        size_t before = rest.n;
        r->step = http_body_feed(b, &rest, &data);
        r->used += before - rest.n;
        buf_str(&r->data, data);
    } while (r->step == HTTP_MORE && rest.n);
    mem_free(copy);
}

/* The stream in pieces: `first` bytes, then `step` at a time. */
static struct read read_in(enum http_framing framing, uint64_t length, str bytes, size_t first,
                           size_t step)
{
    struct http_body b = start(framing, length);
    struct read r = {0};
    size_t n = first;
    do {
        str piece = {bytes.p, n < bytes.n ? n : bytes.n};
        bytes = str_skip(bytes, piece.n);
        feed_piece(&b, piece, &r);
        n = step;
    } while (r.step == HTTP_MORE && bytes.n);
    r.why = b.why;
    return r;
}

static void same_read(const struct read *a, const struct read *b)
{
    assert_int_equal(a->step, b->step);
    assert_int_equal(a->used, b->used);
    assert_true(str_eq(buf_view(&a->data), buf_view(&b->data)));
    assert_ptr_equal(a->why, b->why);
}

/* Whole, cut in two at every byte, and byte by byte: all the same. */
static struct read read_all(enum http_framing framing, uint64_t length, str bytes)
{
    struct read whole = read_in(framing, length, bytes, bytes.n, 1);
    for (size_t cut = 0; cut <= bytes.n; cut++) {
        struct read parts = read_in(framing, length, bytes, cut, bytes.n);
        same_read(&whole, &parts);
        buf_free(&parts.data);
    }
    struct read parts = read_in(framing, length, bytes, 1, 1);
    same_read(&whole, &parts);
    buf_free(&parts.data);
    return whole;
}

static void expect(struct read r, enum http_step step, const char *data, size_t used)
{
    if (r.step != step || !str_eq(buf_view(&r.data), str_from(data)) || r.used != used)
        fail_msg("step %d (%s), data '" STR_FMT "', used %zu; want '%s', %zu", r.step,
                 r.why ? r.why : "", STR_ARG(r.data), r.used, data, used);
    buf_free(&r.data);
}

static void chunked(const char *bytes, const char *data, size_t behind)
{
    str s = str_from(bytes);
    expect(read_all(HTTP_BODY_CHUNKED, 0, s), HTTP_DONE, data, s.n - behind);
}

static void refused(str bytes, const char *why)
{
    struct read r = read_all(HTTP_BODY_CHUNKED, 0, bytes);
    if (r.step != HTTP_ERROR)
        fail_msg("'" STR_FMT "' was not refused", STR_ARG(bytes));
    assert_string_equal(r.why, why);
    buf_free(&r.data);
}

static void is_small(void **state)
{
    (void)state;
    assert_in_range(sizeof(struct http_body), 1, 32);
}

static void without_a_body_it_is_done_at_once(void **state)
{
    (void)state;
    expect(read_all(HTTP_BODY_NONE, 0, STR("")), HTTP_DONE, "", 0);
    expect(read_all(HTTP_BODY_NONE, 0, STR("HTTP")), HTTP_DONE, "", 0);
    expect(read_all(HTTP_BODY_LENGTH, 0, STR("")), HTTP_DONE, "", 0);
    struct http_body b = start(HTTP_BODY_NONE, 0);
    str rest = {NULL, 0}, data;
    assert_int_equal(http_body_feed(&b, &rest, &data), HTTP_DONE);
    assert_int_equal(http_body_eof(&b), HTTP_DONE);
}

static void takes_as_many_bytes_as_the_length_says(void **state)
{
    (void)state;
    expect(read_all(HTTP_BODY_LENGTH, 5, STR("hello")), HTTP_DONE, "hello", 5);
    expect(read_all(HTTP_BODY_LENGTH, 5, STR("helloHTTP/1.1")), HTTP_DONE, "hello", 5);
    expect(read_all(HTTP_BODY_LENGTH, 6, STR("hello")), HTTP_MORE, "hello", 5);
    expect(read_all(HTTP_BODY_LENGTH, UINT64_MAX, STR("hello")), HTTP_MORE, "hello", 5);
}

static void done_is_said_with_the_last_run_and_again(void **state)
{
    (void)state;
    struct http_body b = start(HTTP_BODY_LENGTH, 3);
    str rest = STR("abcd"), data;
    assert_int_equal(http_body_feed(&b, &rest, &data), HTTP_DONE);
    assert_true(str_eq(data, STR("abc")));
    assert_int_equal(http_body_feed(&b, &rest, &data), HTTP_DONE);
    assert_int_equal(data.n, 0);
    assert_true(str_eq(rest, STR("d")));
    assert_int_equal(http_body_eof(&b), HTTP_DONE);
}

static void data_is_a_slice_of_the_input(void **state)
{
    (void)state;
    struct http_body b = start(HTTP_BODY_CHUNKED, 0);
    str input = STR("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"), rest = input, data;
    assert_int_equal(http_body_feed(&b, &rest, &data), HTTP_MORE);
    assert_ptr_equal(data.p, input.p + 3);
    assert_int_equal(data.n, 3);
    assert_int_equal(http_body_feed(&b, &rest, &data), HTTP_MORE);
    assert_ptr_equal(data.p, input.p + 11);
    assert_int_equal(data.n, 2);
    assert_int_equal(http_body_feed(&b, &rest, &data), HTTP_DONE);
    assert_int_equal(data.n, 0);
    assert_int_equal(rest.n, 0);
}

static void reads_chunks(void **state)
{
    (void)state;
    chunked("0\r\n\r\n", "", 0);
    chunked("5\r\nhello\r\n0\r\n\r\n", "hello", 0);
    chunked("3\r\nabc\r\n00A\r\n0123456789\r\n000\r\n\r\nHTTP", "abc0123456789", 4);
    chunked("a\r\n0123456789\r\nB\r\n0123456789x\r\n0\r\n\r\n", "01234567890123456789x", 0);
    chunked("9\r\n123456789\r\n0\r\n\r\n", "123456789", 0);
    chunked("4\r\n\r\n\r\n\r\n0\r\n\r\n", "\r\n\r\n", 0);
}

static void passes_over_extensions_and_white_space(void **state)
{
    (void)state;
    chunked("5;a=b\r\nhello\r\n0;x\r\n\r\n", "hello", 0);
    chunked("5 ; a=\"b;c\" ;d\r\nhello\r\n0\r\n\r\n", "hello", 0);
    chunked("5;\r\nhello\r\n0;\r\n\r\n", "hello", 0);
    chunked("5 \t \r\nhello\r\n0  \r\n\r\n", "hello", 0);
}

static void passes_over_trailers(void **state)
{
    (void)state;
    chunked("1\r\nx\r\n0\r\nChecksum: 5\r\nA: b\r\n\r\n", "x", 0);
    chunked("0\r\nA: b\r\n c\r\n\r\nrest", "", 4);
}

static void a_bare_line_feed_ends_a_line(void **state)
{
    (void)state;
    chunked("5\nhello\n0\n\n", "hello", 0);
    chunked("5;x\nhello\r\n0\nA: b\n\r\n", "hello", 0);
}

static void an_incomplete_body_needs_more_and_its_end_is_an_error(void **state)
{
    (void)state;
    str all = STR("5 ;x\r\nhello\r\n0\r\nA: b\r\n\r\n");
    for (size_t n = 0; n < all.n; n++) {
        struct http_body b = start(HTTP_BODY_CHUNKED, 0);
        struct read r = {0};
        feed_piece(&b, (str){all.p, n}, &r);
        assert_int_equal(r.step, HTTP_MORE);
        assert_int_equal(http_body_eof(&b), HTTP_ERROR);
        assert_string_equal(b.why, "the connection ended within the body");
        buf_free(&r.data);
    }
    struct http_body b = start(HTTP_BODY_LENGTH, 5);
    struct read r = {0};
    feed_piece(&b, STR("hell"), &r);
    assert_int_equal(http_body_eof(&b), HTTP_ERROR);
    feed_piece(&b, STR("o"), &r);
    assert_int_equal(r.step, HTTP_ERROR);
    buf_free(&r.data);
}

static void without_a_length_the_end_of_the_stream_is_the_end(void **state)
{
    (void)state;
    expect(read_all(HTTP_BODY_CLOSE, 0, STR("hello\r\n\r\n")), HTTP_MORE, "hello\r\n\r\n", 9);
    struct http_body b = start(HTTP_BODY_CLOSE, 0);
    struct read r = {0};
    feed_piece(&b, STR(""), &r);
    assert_int_equal(r.step, HTTP_MORE);
    feed_piece(&b, STR("x"), &r);
    assert_int_equal(http_body_eof(&b), HTTP_DONE);
    feed_piece(&b, STR("y"), &r);
    assert_int_equal(r.step, HTTP_DONE);
    assert_int_equal(r.used, 1);
    buf_free(&r.data);
}

static void junk_in_chunk_sizes_is_refused(void **state)
{
    (void)state;
    static const char *const junk[] = {"\r\n",    "\n",        "g\r\n",     "-1\r\n", "+1\r\n",
                                       "0x5\r\n", " 5\r\n",    "5 5\r\n",   ";x",     "5:\r\n",
                                       "5,\r\n",  "5\xc3\xa4", "5\x0b\r\n", "5.\r\n", "5/\r\n",
                                       "5@",      "5`",        "\"5\"\r\n"};
    for (size_t i = 0; i < sizeof junk / sizeof *junk; i++)
        refused(str_from(junk[i]), "a chunk size that is not a number");
    refused(STR("\0"), "a chunk size that is not a number");
    refused(STR("5\0\r\n"), "a chunk size that is not a number");
    refused(STR("1\r\nx\r\nzz"), "a chunk size that is not a number");
    refused(STR("10000000000000000\r\n"), "a chunk size beyond 64 bits");
    struct read r = read_all(HTTP_BODY_CHUNKED, 0, STR("000FFFFFFFFFFFFFFFF\r\nx"));
    expect(r, HTTP_MORE, "x", 22);
}

static void broken_chunk_borders_are_refused(void **state)
{
    (void)state;
    refused(STR("5\r\nhelloX\r\n0\r\n\r\n"), "a chunk longer than its size");
    refused(STR("5\r\nhello0\r\n\r\n"), "a chunk longer than its size");
    refused(STR("5\r\nhello\rx"), "a CR without LF between chunks");
    refused(STR("5\rx"), "a CR without LF between chunks");
    refused(STR("5;x\rx"), "a CR without LF between chunks");
    refused(STR("0\r\n\rx"), "a CR without LF between chunks");
    refused(STR("0\r\nA: b\rx"), "a CR without LF between chunks");
    refused(STR("5;x\0"), "a NUL byte in a chunk extension");
    refused(STR("0\r\nA\0"), "a NUL byte in a trailer");
    refused(STR("0\r\n\0"), "a NUL byte in a trailer");
}

/* `begin`, then so many 'x' that the counted part is n bytes, then `end`. */
static struct read long_line(const char *begin, size_t counted, const char *end, size_t n)
{
    struct buf b = {0};
    buf_str(&b, str_from(begin));
    for (size_t i = counted + strlen(end); i < n; i++)
        buf_char(&b, 'x');
    buf_str(&b, str_from(end));
    struct read whole = read_in(HTTP_BODY_CHUNKED, 0, buf_view(&b), b.n, 1);
    struct read bytes = read_in(HTTP_BODY_CHUNKED, 0, buf_view(&b), 1, 1);
    same_read(&whole, &bytes);
    buf_free(&bytes.data);
    buf_free(&whole.data);
    buf_free(&b);
    return whole;
}

static void lines_that_do_not_end_are_refused(void **state)
{
    (void)state;
    assert_int_equal(long_line("1\r\nx\r\n5;", 2, "\r\n", HTTP_CHUNK_LINE_MAX).step, HTTP_MORE);
    struct read r = long_line("1\r\nx\r\n5;", 2, "\r\n", HTTP_CHUNK_LINE_MAX + 1);
    assert_int_equal(r.step, HTTP_ERROR);
    assert_string_equal(r.why, "a chunk extension over 16 KiB");
    assert_int_equal(long_line("0\r\nA:b\r\n", 5, "\r\n\r\n", HTTP_TRAILERS_MAX).step, HTTP_DONE);
    r = long_line("0\r\nA:b\r\n", 5, "\r\n\r\n", HTTP_TRAILERS_MAX + 1);
    assert_int_equal(r.step, HTTP_ERROR);
    assert_string_equal(r.why, "trailers over 64 KiB");
}

static void an_error_is_final(void **state)
{
    (void)state;
    struct http_body b = start(HTTP_BODY_CHUNKED, 0);
    struct read r = {0};
    feed_piece(&b, STR("x"), &r);
    assert_int_equal(r.step, HTTP_ERROR);
    feed_piece(&b, STR("0\r\n\r\n"), &r);
    assert_int_equal(r.step, HTTP_ERROR);
    assert_int_equal(r.used, 1);
    assert_int_equal(http_body_eof(&b), HTTP_ERROR);
    assert_string_equal(b.why, "a chunk size that is not a number");
    buf_free(&r.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_small),
        cmocka_unit_test(without_a_body_it_is_done_at_once),
        cmocka_unit_test(takes_as_many_bytes_as_the_length_says),
        cmocka_unit_test(done_is_said_with_the_last_run_and_again),
        cmocka_unit_test(data_is_a_slice_of_the_input),
        cmocka_unit_test(reads_chunks),
        cmocka_unit_test(passes_over_extensions_and_white_space),
        cmocka_unit_test(passes_over_trailers),
        cmocka_unit_test(a_bare_line_feed_ends_a_line),
        cmocka_unit_test(an_incomplete_body_needs_more_and_its_end_is_an_error),
        cmocka_unit_test(without_a_length_the_end_of_the_stream_is_the_end),
        cmocka_unit_test(junk_in_chunk_sizes_is_refused),
        cmocka_unit_test(broken_chunk_borders_are_refused),
        cmocka_unit_test(lines_that_do_not_end_are_refused),
        cmocka_unit_test(an_error_is_final),
    };
    return UNIT_RUN(tests);
}
