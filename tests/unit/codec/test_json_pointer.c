/* Pointers in both spellings, and what they find: RFC 6901's own examples, early ends, duplicates,
 * broken texts. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "codec/json_pointer.h"

/* Of RFC 6901, section 5. */
static const char rfc[] = "{\n\"foo\": [\"bar\", \"baz\"],\n\"\": 0,\n\"a/b\": 1,\n\"c%d\": 2,\n"
                          "\"e^f\": 3,\n\"g|h\": 4,\n\"i\\\\j\": 5,\n\"k\\\"l\": 6,\n\" \": 7,\n"
                          "\"m~n\": 8\n}";

static struct json_value found(const char *text, const char *pointer)
{
    struct arena arena = {0};
    struct json_pointer p;
    struct json_value v;
    struct err e;
    if (!json_pointer_parse(str_from(pointer), &arena, &p, &e))
        fail_msg("%s", e.text);
    bool there = json_find(str_from(text), &p, &v);
    assert_int_equal(there, v.kind != JSON_IS_MISSING && v.kind != JSON_IS_BROKEN);
    assert_int_equal(there, v.raw.n > 0);
    arena_free(&arena);
    return v;
}

static void assert_found(const char *text, const char *pointer, const char *raw)
{
    struct json_value v = found(text, pointer);
    if (!str_eq(v.raw, str_from(raw)))
        fail_msg("%s in %s: " STR_FMT, pointer, text, STR_ARG(v.raw));
}

static void assert_missing(const char *text, const char *pointer)
{
    assert_int_equal(found(text, pointer).kind, JSON_IS_MISSING);
}

static void assert_refused(const char *pointer, const char *want)
{
    struct arena arena = {0};
    struct json_pointer p;
    struct err e;
    assert_false(json_pointer_parse(str_from(pointer), &arena, &p, &e));
    assert_int_equal(e.kind, ERR_USAGE);
    assert_string_equal(e.text, want);
    arena_free(&arena);
}

static void the_examples_of_the_rfc_are_found(void **state)
{
    (void)state;
    assert_found(rfc, "", rfc);
    assert_found(rfc, "/foo", "[\"bar\", \"baz\"]");
    assert_found(rfc, "/foo/0", "\"bar\"");
    assert_found(rfc, "/", "0");
    assert_found(rfc, "/a~1b", "1");
    assert_found(rfc, "/c%d", "2");
    assert_found(rfc, "/e^f", "3");
    assert_found(rfc, "/g|h", "4");
    assert_found(rfc, "/i\\j", "5");
    assert_found(rfc, "/k\"l", "6");
    assert_found(rfc, "/ ", "7");
    assert_found(rfc, "/m~0n", "8");
}

static void both_spellings_mean_the_same(void **state)
{
    (void)state;
    const char *text = "{\"a\":{\"b\":[10,{\"c d\":[[true]]}]}}";
    assert_found(text, "$", text);
    assert_found(text, "$.a.b[0]", "10");
    assert_found(text, "/a/b/0", "10");
    assert_found(text, "$.a.b[1].c d[0][0]", "true");
    assert_found(text, "/a/b/1/c d/0/0", "true");
    assert_found("[[1,2]]", "$[0][1]", "2");
    assert_found("{\"0\":\"zero\"}", "/0", "\"zero\"");
    assert_found("{\"01\":1}", "/01", "1");
    assert_found("{\"-\":1}", "/-", "1");
}

static void what_is_not_there_is_missing(void **state)
{
    (void)state;
    const char *text = "{\"a\":[1,2],\"b\":null,\"s\":\"x\"}";
    const char *none[] = {"/c",   "/a/2", "/a/-1", "/a/-", "/a/00", "/a/b",
                          "/b/c", "/s/0", "/A",    "/a/",  "/",     "/a/18446744073709551616"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_missing(text, none[i]);
    assert_int_equal(found(text, "/b").kind, JSON_IS_NULL);
    assert_missing("[]", "/0");
    assert_missing("{}", "/");
}

static void escapes_in_keys_are_understood(void **state)
{
    (void)state;
    assert_found("{\"\\u0061\\n\":1}", "/a\n", "1");
    assert_found("{\"\\ud83d\\ude00\":1}", "/\xf0\x9f\x98\x80", "1");
    assert_missing("{\"\\u0061b\":1}", "/a");
    assert_missing("{\"a\":1}", "/\\u0061");
}

static void of_equal_keys_the_first_counts(void **state)
{
    (void)state;
    assert_found("{\"a\":1,\"a\":2}", "/a", "1");
    assert_missing("{\"a\":1,\"a\":{\"b\":2}}", "/a/b");
}

static void nothing_behind_the_value_is_read(void **state)
{
    (void)state;
    assert_found("{\"a\":1,\"b\":[}", "/a", "1");
    assert_found("{\"a\":{\"b\":2} oops", "/a", "{\"b\":2}");
    assert_missing("{\"a\":{} oops", "/a/b");
    assert_int_equal(found("{} oops", "").kind, JSON_IS_BROKEN);
    assert_found("  {} ", "", "{}");
}

static void a_broken_text_is_told_with_reason_and_place(void **state)
{
    (void)state;
    struct json_value v = found("{\"a\":1,\"b\":tru}", "/c");
    assert_int_equal(v.kind, JSON_IS_BROKEN);
    assert_string_equal(v.why, "a word is none of true, false, null");
    assert_int_equal(v.offset, 11);
    v = found("{\"a\":[1,2", "/a");
    assert_int_equal(v.kind, JSON_IS_BROKEN);
    assert_int_equal(v.offset, 9);
    v = found("<html>", "/a");
    assert_int_equal(v.kind, JSON_IS_BROKEN);
    assert_int_equal(v.offset, 0);
    assert_int_equal(found("", "/a").kind, JSON_IS_BROKEN);
    assert_int_equal(found("", "").kind, JSON_IS_BROKEN);
}

/* A million brackets that never close, and a key that looks like the wanted one a million times. */
static void hostile_texts_end_in_time(void **state)
{
    (void)state;
    struct buf b = {0};
    for (int i = 0; i < 1000000; i++)
        buf_str(&b, STR("{\"a\":"));
    buf_char(&b, 0);
    assert_int_equal(found(b.p, "/a/b").kind, JSON_IS_BROKEN);
    b.n = 0;
    buf_char(&b, '{');
    for (int i = 0; i < 1000000; i++)
        buf_str(&b, STR("\"aaaaaaab\":1,"));
    buf_str(&b, STR("\"aaaaaaaa\":[2]}"));
    buf_char(&b, 0);
    assert_found(b.p, "/aaaaaaaa/0", "2");
    buf_free(&b);
}

static void pointers_that_are_none_are_refused(void **state)
{
    (void)state;
    assert_refused("state", "JSON pointer 'state': it begins with / or $, like /state or $.state");
    assert_refused("/a~", "JSON pointer '/a~': ~ in a name is written ~0, and / is written ~1");
    assert_refused("/a~2", "JSON pointer '/a~2': ~ in a name is written ~0, and / is written ~1");
    const char *form = "behind the $ stand .name and [0], like $.a.b[0]";
    const char *index = "a whole number stands between [ and ]: $.list[0]; names with dots or "
                        "brackets are written with slashes: /a.b";
    const struct {
        const char *pointer, *why;
    } wrong[] = {{"$a", form},      {"$.", form},      {"$..a", form},   {"$.a.", form},
                 {"$.a[0]b", form}, {"$[", index},     {"$[]", index},   {"$[*]", index},
                 {"$[-1]", index},  {"$['a']", index}, {"$[01]", index}, {"$.a[1", index}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char want[300];
        snprintf(want, sizeof want, "JSON pointer '%s': %s", wrong[i].pointer, wrong[i].why);
        assert_refused(wrong[i].pointer, want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_examples_of_the_rfc_are_found),
        cmocka_unit_test(both_spellings_mean_the_same),
        cmocka_unit_test(what_is_not_there_is_missing),
        cmocka_unit_test(escapes_in_keys_are_understood),
        cmocka_unit_test(of_equal_keys_the_first_counts),
        cmocka_unit_test(nothing_behind_the_value_is_read),
        cmocka_unit_test(a_broken_text_is_told_with_reason_and_place),
        cmocka_unit_test(hostile_texts_end_in_time),
        cmocka_unit_test(pointers_that_are_none_are_refused),
    };
    return UNIT_RUN(tests);
}
