/* The ring of messages: what is kept, what a viewer reads, and who has to begin anew. */
#include "unit.h"

#include <string.h>

#include "web/stream.h"

static void open_named(struct stream *f)
{
    memset(f, 0, sizeof *f);
    stream_open(f);
    stream_name(f, "ab12");
}

static void read_all(struct viewer *v, size_t piece, const char *expected)
{
    char text[4096];
    size_t n = 0, want = strlen(expected);
    while (n < want) {
        ssize_t got = stream_read(v, 0, text + n, piece);
        assert_true(got > 0 && (size_t)got <= piece);
        n += (size_t)got;
    }
    assert_int_equal(n, want);
    assert_memory_equal(text, expected, want);
}

static void a_viewer_reads_its_own_and_then_what_comes(void **state)
{
    (void)state;
    for (size_t piece = 1; piece < 100; piece += 13) {
        struct stream f;
        struct buf own = {0};
        open_named(&f);
        stream_publish(&f, "more", STR("{\"old\": 1}"));
        buf_str(&own, STR("its own\n\n"));
        struct viewer *v = stream_watch(&f, NULL, &own, 1);
        assert_int_equal(own.n, 0);
        assert_true(stream_is_watched(&f));
        stream_publish(&f, "more", STR("{\n  \"a\": 1}"));
        stream_publish(&f, "bye", STR("{}"));
        read_all(v, piece,
                 "its own\n\n"
                 "id: ab12-2\nevent: more\ndata: {   \"a\": 1}\n\n"
                 "id: ab12-3\nevent: bye\ndata: {}\n\n");
        f.ended = true;
        char byte;
        assert_true(stream_read(v, 0, &byte, 1) == MHD_CONTENT_READER_END_OF_STREAM);
        stream_leave(&f, v);
        assert_false(stream_is_watched(&f));
        stream_close(&f);
    }
}

static void ids_are_found_while_what_follows_is_kept(void **state)
{
    (void)state;
    struct stream f;
    uint64_t n;
    open_named(&f);
    assert_true(stream_find(&f, STR("ab12-0"), &n));
    assert_false(stream_find(&f, STR("ab12-1"), &n));
    for (unsigned i = 0; i < STREAM_KEPT + 10; i++)
        stream_publish(&f, "more", STR("{}"));
    assert_true(stream_find(&f, STR("ab12-266"), &n));
    assert_int_equal(n, STREAM_KEPT + 10);
    assert_true(stream_find(&f, STR("ab12-10"), &n)); /* 11 is the first that is kept */
    assert_false(stream_find(&f, STR("ab12-9"), &n));
    assert_false(stream_find(&f, STR("ab12-267"), &n));
    assert_false(stream_find(&f, STR("ab1-266"), &n));
    assert_false(stream_find(&f, STR("ab12"), &n));
    assert_false(stream_find(&f, STR(""), &n));
    assert_false(stream_find(&f, STR("ab12--1"), &n));
    assert_false(stream_find(&f, STR("ab12-18446744073709551615"), &n));
    stream_close(&f);
}

static void bytes_are_bounded_and_who_is_too_slow_is_sent_away(void **state)
{
    (void)state;
    struct stream f;
    struct buf none = {0}, big = {0};
    char byte;
    open_named(&f);
    stream_publish(&f, "more", STR("{}"));
    struct viewer *v = stream_watch(&f, NULL, &none, 0);
    assert_int_equal(stream_read(v, 0, &byte, 1), 1); /* in the middle of the first */
    buf_reserve(&big, STREAM_BYTES / 3);
    memset(big.p, 'x', STREAM_BYTES / 3);
    big.n = STREAM_BYTES / 3;
    for (unsigned i = 0; i < 5; i++) {
        stream_publish(&f, "more", buf_view(&big));
        assert_true(f.bytes <= STREAM_BYTES);
    }
    assert_int_equal(f.last, 6);
    assert_int_equal(f.first, 5);
    assert_true(stream_read(v, 0, &byte, 1) == MHD_CONTENT_READER_END_WITH_ERROR);
    stream_leave(&f, v);
    buf_free(&big);
    stream_close(&f);
}

static void there_may_be_so_many(void **state)
{
    (void)state;
    struct stream f;
    struct viewer *all[STREAM_VIEWERS];
    struct buf none = {0};
    open_named(&f);
    for (unsigned i = 0; i < STREAM_VIEWERS; i++)
        assert_non_null(all[i] = stream_watch(&f, NULL, &none, 0));
    assert_null(stream_watch(&f, NULL, &none, 0));
    for (unsigned i = 0; i < STREAM_VIEWERS; i++)
        stream_leave(&f, all[(i * 7) % STREAM_VIEWERS]);
    stream_end(&f, 0);
    stream_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_viewer_reads_its_own_and_then_what_comes),
        cmocka_unit_test(ids_are_found_while_what_follows_is_kept),
        cmocka_unit_test(bytes_are_bounded_and_who_is_too_slow_is_sent_away),
        cmocka_unit_test(there_may_be_so_many),
    };
    return UNIT_RUN(tests);
}
