/* Where an id stands: each place as it is written, what is found there, and what is not. */
#include "unit.h"

#include <string.h>

#include "proto/kafka_correlate.h"

static struct kafka_correlate parsed(const char *text, struct arena *arena)
{
    struct kafka_correlate c;
    struct err e;
    if (!kafka_correlate_parse(str_from(text), arena, &c, &e))
        fail_msg("%s", e.text);
    assert_true(str_eq(c.text, str_from(text)));
    return c;
}

/* A record with one header, whose value may be null. */
struct header {
    const char *name;
    str value;
};

static bool header_of(const void *record, const char *name, str *value)
{
    const struct header *h = record;
    if (!h || strcmp(h->name, name) != 0)
        return false;
    *value = h->value;
    return true;
}

static enum kafka_correlate_found find_in(const char *where, str key, str value,
                                          const struct header *h, struct buf *room, str *id)
{
    struct arena arena = {0};
    struct kafka_correlate c = parsed(where, &arena);
    struct kafka_correlated record = {key, value, header_of, h};
    enum kafka_correlate_found found = kafka_correlate_find(&c, &record, room, id);
    kafka_correlate_free(&c);
    arena_free(&arena);
    return found;
}

static void assert_found_in_value(const char *where, str value, const char *want)
{
    struct buf room = {0};
    str id = {NULL, 0};
    assert_int_equal(find_in(where, (str){NULL, 0}, value, NULL, &room, &id),
                     KAFKA_CORRELATE_FOUND);
    if (!str_eq(id, str_from(want)))
        fail_msg("%s finds '" STR_FMT "'", where, STR_ARG(id));
    buf_free(&room);
}

static void assert_not_in_value(const char *where, str value, enum kafka_correlate_found want)
{
    struct buf room = {0};
    str id;
    assert_int_equal(find_in(where, (str){NULL, 0}, value, NULL, &room, &id), want);
    buf_free(&room);
}

static void a_header_is_found_by_its_name(void **state)
{
    (void)state;
    struct header h = {"correlationId", STR("a-1")};
    struct buf room = {0};
    str none = {NULL, 0}, id;
    assert_int_equal(find_in("header:correlationId", none, none, &h, &room, &id),
                     KAFKA_CORRELATE_FOUND);
    assert_true(str_eq(id, STR("a-1")));
    assert_int_equal(find_in("header:traceId", none, none, &h, &room, &id), KAFKA_CORRELATE_ABSENT);
    h.value = none;
    assert_int_equal(find_in("header:correlationId", none, none, &h, &room, &id),
                     KAFKA_CORRELATE_ABSENT);
    h.value = STR("");
    assert_int_equal(find_in("header:correlationId", none, none, &h, &room, &id),
                     KAFKA_CORRELATE_ABSENT);
}

static void names_of_headers_may_hold_colons(void **state)
{
    (void)state;
    struct arena arena = {0};
    assert_string_equal(parsed("header:x:y", &arena).header, "x:y");
    arena_free(&arena);
}

static void the_key_is_the_id(void **state)
{
    (void)state;
    struct buf room = {0};
    str id;
    assert_int_equal(find_in("key", STR("k\0v"), STR("v"), NULL, &room, &id),
                     KAFKA_CORRELATE_FOUND);
    assert_true(str_eq(id, STR("k\0v")));
    assert_int_equal(find_in("key", STR(""), STR("v"), NULL, &room, &id), KAFKA_CORRELATE_ABSENT);
    assert_int_equal(find_in("key", (str){NULL, 0}, STR("v"), NULL, &room, &id),
                     KAFKA_CORRELATE_ABSENT);
}

static void json_is_found_by_pointer(void **state)
{
    (void)state;
    const str text =
        STR("{\"a\": {\"id\": \"x-7\", \"n\": 12, \"e\": \"\\u0041\\n\"}, \"l\": [3]}");
    assert_found_in_value("json:/a/id", text, "x-7");
    assert_found_in_value("json:$.a.id", text, "x-7");
    assert_found_in_value("$.a.id", text, "x-7");
    assert_found_in_value("json:/a/n", text, "12");
    assert_found_in_value("json:/a/e", text, "A\n");
    assert_found_in_value("$.l[0]", text, "3");
    assert_found_in_value("json:", STR("\"all\""), "all");
}

static void json_may_have_no_id(void **state)
{
    (void)state;
    assert_not_in_value("$.b", STR("{\"a\": 1}"), KAFKA_CORRELATE_ABSENT);
    assert_not_in_value("$.a", STR("{\"a\": null}"), KAFKA_CORRELATE_ABSENT);
    assert_not_in_value("$.a", STR("{\"a\": \"\"}"), KAFKA_CORRELATE_ABSENT);
    assert_not_in_value("$.a", STR("{\"a\": {}}"), KAFKA_CORRELATE_UNDECODABLE);
    assert_not_in_value("$.a", STR("{\"a\": true}"), KAFKA_CORRELATE_UNDECODABLE);
    assert_not_in_value("$.a", STR("{\"a\": tru"), KAFKA_CORRELATE_UNDECODABLE);
    assert_not_in_value("$.a", STR("no JSON"), KAFKA_CORRELATE_UNDECODABLE);
}

static void a_stretch_of_bytes_must_be_there(void **state)
{
    (void)state;
    assert_found_in_value("bytes:0,3", STR("abcdef"), "abc");
    assert_found_in_value("bytes:3,3", STR("abcdef"), "def");
    assert_not_in_value("bytes:4,3", STR("abcdef"), KAFKA_CORRELATE_UNDECODABLE);
    assert_not_in_value("bytes:7,1", STR("abcdef"), KAFKA_CORRELATE_UNDECODABLE);
    assert_not_in_value("bytes:1,18446744073709551615", STR("abcdef"), KAFKA_CORRELATE_UNDECODABLE);
    assert_not_in_value("bytes:18446744073709551615,1", STR("abcdef"), KAFKA_CORRELATE_UNDECODABLE);
}

static void expressions_give_their_group_or_all(void **state)
{
    (void)state;
    assert_found_in_value("regex:<id>([a-z0-9-]+)</id>", STR("<x><id>q-12</id></x>"), "q-12");
    assert_found_in_value("regex:o-[0-9]+", STR("for o-55."), "o-55");
    assert_found_in_value("regex:o:[0-9]+", STR("o:5"), "o:5");
    assert_found_in_value("regex:o-[0-9]+", STR("\0o-55\0"), "o-55");
    assert_not_in_value("regex:o-[0-9]+", STR("for p-55."), KAFKA_CORRELATE_ABSENT);
    assert_not_in_value("regex:a(x)|b", STR("b"), KAFKA_CORRELATE_ABSENT);
    assert_not_in_value("regex:x*", STR("b"), KAFKA_CORRELATE_ABSENT);
}

static void a_tombstone_has_no_id_in_its_value(void **state)
{
    (void)state;
    const char *const where[] = {"json:", "$.a", "bytes:0,1", "regex:.*"};
    for (size_t i = 0; i < sizeof where / sizeof *where; i++) {
        assert_not_in_value(where[i], (str){NULL, 0}, KAFKA_CORRELATE_ABSENT);
        assert_not_in_value(where[i], STR(""), KAFKA_CORRELATE_ABSENT);
    }
}

static void mistakes_are_sentences(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } mistakes[] = {
        {"", "correlation '': an id is found by header:NAME, key, json:/POINTER, "
             "bytes:OFFSET,LENGTH or regex:EXPRESSION"},
        {"heder:x", "correlation 'heder:x': did you mean 'header'?"},
        {"header", "correlation 'header': the header's name stands behind header:"},
        {"header:", "correlation 'header:': the header's name stands behind header:"},
        {"key:", "correlation 'key:': nothing stands behind key: all of it is the id"},
        {"json:a", "correlation 'json:a': JSON pointer 'a': it begins with / or $, like /state or "
                   "$.state"},
        {"$a", "correlation '$a': JSON pointer '$a': behind the $ stand .name and [0], like "
               "$.a.b[0]"},
        {"bytes:0", "correlation 'bytes:0': where the id begins in the value and how long it is "
                    "stand behind bytes: bytes:0,16"},
        {"bytes:0,0", "correlation 'bytes:0,0': where the id begins in the value and how long it "
                      "is stand behind bytes: bytes:0,16"},
        {"bytes:-1,4", "correlation 'bytes:-1,4': where the id begins in the value and how long "
                       "it is stand behind bytes: bytes:0,16"},
        {"regex:", "correlation 'regex:': a regular expression stands behind regex:"},
        {"regex:(", "correlation 'regex:(': Unmatched ( or \\("},
    };
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        struct arena arena = {0};
        struct kafka_correlate c;
        struct err e;
        assert_false(kafka_correlate_parse(str_from(mistakes[i].text), &arena, &c, &e));
        assert_string_equal(e.text, mistakes[i].want);
        assert_int_equal(e.kind, ERR_USAGE);
        arena_free(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_is_found_by_its_name),
        cmocka_unit_test(names_of_headers_may_hold_colons),
        cmocka_unit_test(the_key_is_the_id),
        cmocka_unit_test(json_is_found_by_pointer),
        cmocka_unit_test(json_may_have_no_id),
        cmocka_unit_test(a_stretch_of_bytes_must_be_there),
        cmocka_unit_test(expressions_give_their_group_or_all),
        cmocka_unit_test(a_tombstone_has_no_id_in_its_value),
        cmocka_unit_test(mistakes_are_sentences),
    };
    return UNIT_RUN(tests);
}
