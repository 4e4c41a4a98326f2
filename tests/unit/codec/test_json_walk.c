/* Walking through JSON: order of the pieces, the grammar, hostile texts; jansson as witness. */
#include "unit.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/rng.h"
#include "codec/json_walk.h"

/* Walks through all of it; NULL: it is JSON. */
static const char *wrong(str text, size_t *offset)
{
    struct json_walk w;
    struct json_item item;
    json_walk_start(&w, text);
    while (json_walk_next(&w, &item))
        ;
    if (!w.why)
        json_walk_end(&w);
    *offset = (size_t)(w.p - w.start);
    return w.why;
}

static void assert_good(const char *text)
{
    size_t offset;
    const char *why = wrong(str_from(text), &offset);
    if (why)
        fail_msg("%s: %s at %zu", text, why, offset);
}

static void assert_wrong(const char *text, const char *want, size_t at)
{
    size_t offset;
    const char *why = wrong(str_from(text), &offset);
    if (!why)
        fail_msg("%s is taken", text);
    assert_string_equal(why, want);
    assert_int_equal(offset, at);
}

static void pieces_come_in_the_order_of_the_text(void **state)
{
    (void)state;
    struct json_walk w;
    struct json_item item;
    struct buf told = {0};
    json_walk_start(&w,
                    STR(" {\"a\" : [1, true,{} ] ,\"b\":\"x\\\"y\", \"c\":null, \"d\":-1.5e+2} "));
    while (json_walk_next(&w, &item))
        buf_printf(&told, "%u" STR_FMT "%s" STR_FMT " ", w.depth, STR_ARG(item.key),
                   item.closes ? "/" : "=", STR_ARG(item.raw));
    assert_null(w.why);
    assert_true(json_walk_end(&w));
    buf_char(&told, 0);
    assert_string_equal(told.p, "1={ 2\"a\"=[ 2=1 2=true 3={ 2/} 1/] 1\"b\"=\"x\\\"y\" "
                                "1\"c\"=null 1\"d\"=-1.5e+2 0/} ");
    buf_free(&told);
}

static void a_container_can_be_passed_at_once(void **state)
{
    (void)state;
    struct json_walk w;
    struct json_item item;
    json_walk_start(&w, STR("[[1,{\"a\":[2,3]},\"]\"],4]"));
    assert_true(json_walk_next(&w, &item) && json_walk_next(&w, &item));
    assert_true(json_opens(&item) && w.depth == 2);
    assert_true(json_walk_skip(&w));
    assert_int_equal(w.depth, 1);
    assert_true(json_walk_next(&w, &item));
    assert_true(str_eq(item.raw, STR("4")) && item.kind == JSON_IS_NUMBER);
    assert_true(json_walk_next(&w, &item) && item.closes && !json_opens(&item));
    assert_false(json_walk_next(&w, &item));
    assert_null(w.why);
}

static void values_of_each_kind_are_json(void **state)
{
    (void)state;
    const char *good[] = {"0",
                          "-0",
                          "12",
                          "0.5",
                          "1e5",
                          "1E+5",
                          "1.0e-5",
                          "true",
                          "false",
                          "null",
                          "\"\"",
                          "[]",
                          "{}",
                          " \t\r\n1 ",
                          "[ ]",
                          "{ }",
                          "[[]]",
                          "[{},{}]",
                          "{\"\":0}",
                          "\"\\u0000\\ud800\\/\"",
                          "\"\x7f\"",
                          "\"é\"",
                          "\"\xff\"",
                          "{\"a\":1,\"a\":2}",
                          "\xef\xbb\xbf{}"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_good(good[i]);
}

static void what_is_no_json_is_told_with_its_place(void **state)
{
    (void)state;
    const char *escape = "a backslash in a string is followed by none of \"\\/bfnrt or u and four "
                         "hexadecimal digits";
    assert_wrong("", "the text ends where a value should stand", 0);
    assert_wrong("  ", "the text ends where a value should stand", 2);
    assert_wrong("[1,", "the text ends where a value should stand", 3);
    assert_wrong("{\"a\":", "the text ends where a value should stand", 5);
    assert_wrong("[1", "the text ends within an array or object", 2);
    assert_wrong("{", "a key in double quotes is missing", 1);
    assert_wrong("{a:1}", "a key in double quotes is missing", 1);
    assert_wrong("{\"a\":1,}", "a key in double quotes is missing", 7);
    assert_wrong("{\"a\" 1}", "a colon is missing behind a key", 5);
    assert_wrong("[1,]", "no value begins like this", 3);
    assert_wrong("[,1]", "no value begins like this", 1);
    assert_wrong("[1 2]", "a comma or a closing bracket is missing", 3);
    assert_wrong("[1}", "a comma or a closing bracket is missing", 2);
    assert_wrong("{\"a\":1]", "a comma or a closing bracket is missing", 6);
    assert_wrong("'a'", "no value begins like this", 0);
    assert_wrong("NaN", "no value begins like this", 0);
    assert_wrong("+1", "no value begins like this", 0);
    assert_wrong(".5", "no value begins like this", 0);
    assert_wrong("\xff", "no value begins like this", 0);
    assert_wrong("nul", "a word is none of true, false, null", 0);
    assert_wrong("tRue", "a word is none of true, false, null", 0);
    assert_wrong("nulls", "something stands behind the value", 4);
    assert_wrong("1 2", "something stands behind the value", 2);
    assert_wrong("{}}", "something stands behind the value", 2);
    assert_wrong("01", "a number begins with 0", 1);
    assert_wrong("-", "a digit is missing in a number", 1);
    assert_wrong("-a", "a digit is missing in a number", 1);
    assert_wrong("1.", "a digit is missing in a number", 2);
    assert_wrong("1.e5", "a digit is missing in a number", 2);
    assert_wrong("1e", "a digit is missing in a number", 2);
    assert_wrong("[1e+]", "a digit is missing in a number", 4);
    assert_wrong("\"a", "the text ends within a string", 2);
    assert_wrong("\"a\\\"", "the text ends within a string", 4);
    assert_wrong("\"a\tb\"", "a control character stands in a string as it is", 2);
    assert_wrong("\"\\x\"", escape, 1);
    assert_wrong("\"\\", escape, 1);
    assert_wrong("\"\\u12g4\"", escape, 1);
    assert_wrong("\"\\u123", escape, 1);
    assert_wrong("\"\\u\"", escape, 1);
}

static void a_zero_byte_is_no_space_and_ends_nothing(void **state)
{
    (void)state;
    size_t offset;
    assert_non_null(wrong((str){"[1,\0 2]", 7}, &offset));
    assert_int_equal(offset, 3);
    assert_non_null(wrong((str){"\"a\0\"", 4}, &offset));
    assert_int_equal(offset, 2);
    assert_non_null(wrong((str){"\"\\\0\"", 4}, &offset));
    assert_non_null(wrong((str){NULL, 0}, &offset));
}

/* The end of a string is found wherever it stands in the eight bytes that are looked at together,
 * whatever its neighbours are. */
static void special_characters_are_seen_at_every_place(void **state)
{
    (void)state;
    const char neighbours[] = {'x', '!', '#', '[', ']', '\x7f', (char)0x80, (char)0xa2, (char)0xff};
    for (size_t n = 0; n < 40; n++)
        for (size_t k = 0; k < sizeof neighbours; k++) {
            char text[64];
            size_t offset;
            memset(text, neighbours[k], sizeof text);
            text[0] = text[n + 1] = '"';
            assert_null(wrong((str){text, n + 2}, &offset));
            text[n + 1] = '\x1f';
            assert_non_null(wrong((str){text, n + 2}, &offset));
            assert_int_equal(offset, n + 1);
        }
}

static void add_times(struct buf *b, char c, unsigned times)
{
    while (times-- > 0)
        buf_char(b, c);
}

static void depth_has_a_limit_that_is_told(void **state)
{
    (void)state;
    struct buf b = {0};
    size_t offset;
    add_times(&b, '[', JSON_DEEPEST);
    add_times(&b, ']', JSON_DEEPEST);
    assert_null(wrong(buf_view(&b), &offset));
    b.n = 0;
    add_times(&b, '[', 1000000);
    assert_string_equal(wrong(buf_view(&b), &offset),
                        "arrays and objects are nested deeper than 1024");
    assert_int_equal(offset, JSON_DEEPEST);
    buf_free(&b);
}

/* The kinds of open containers are kept right when arrays and objects alternate. */
static void brackets_of_both_kinds_must_match_at_any_depth(void **state)
{
    (void)state;
    struct rng r = rng_make(3, 0);
    for (int round = 0; round < 300; round++) {
        struct buf b = {0};
        char closing[300];
        size_t n = 1 + (size_t)rng_below(&r, sizeof closing - 1), offset;
        for (size_t i = 0; i < n; i++) {
            bool array = rng_below(&r, 2);
            closing[i] = array ? ']' : '}';
            buf_str(&b, array ? STR("[") : STR("{\"a\":"));
        }
        buf_str(&b, STR("1"));
        for (size_t i = n; i-- > 0;)
            buf_char(&b, closing[i]);
        assert_null(wrong(buf_view(&b), &offset));
        size_t place = b.n - 1 - (size_t)rng_below(&r, n);
        b.p[place] = b.p[place] == ']' ? '}' : ']';
        assert_non_null(wrong(buf_view(&b), &offset));
        assert_int_equal(offset, place);
        buf_free(&b);
    }
}

/* Random texts of JSON's own characters: what jansson takes is taken. */
static void jansson_agrees(void **state)
{
    (void)state;
    static const char *const words[] = {"[",     "]",    "{", "}",       ",",   ":",
                                        "\"a\"", "\"\"", "1", "-0",      "2.5", "1e9",
                                        "true",  "null", " ", "\"\\n\"", "0",   "x"};
    struct rng r = rng_make(11, 0);
    unsigned taken = 0;
    for (int round = 0; round < 200000; round++) {
        struct buf b = {0};
        json_error_t error;
        size_t n = 1 + (size_t)rng_below(&r, 7), offset;
        while (n-- > 0)
            buf_str(&b, str_from(words[rng_below(&r, sizeof words / sizeof *words)]));
        json_t *parsed = json_loadb(b.p, b.n, JSON_DECODE_ANY, &error);
        bool good = wrong(buf_view(&b), &offset) == NULL;
        bool too_large = !parsed && json_error_code(&error) == json_error_numeric_overflow;
        if (!too_large && good != (parsed != NULL))
            fail_msg("%.*s: %s", (int)b.n, b.p, error.text);
        taken += good;
        json_decref(parsed);
        buf_free(&b);
    }
    assert_true(taken > 5000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_come_in_the_order_of_the_text),
        cmocka_unit_test(a_container_can_be_passed_at_once),
        cmocka_unit_test(values_of_each_kind_are_json),
        cmocka_unit_test(what_is_no_json_is_told_with_its_place),
        cmocka_unit_test(a_zero_byte_is_no_space_and_ends_nothing),
        cmocka_unit_test(special_characters_are_seen_at_every_place),
        cmocka_unit_test(depth_has_a_limit_that_is_told),
        cmocka_unit_test(brackets_of_both_kinds_must_match_at_any_depth),
        cmocka_unit_test(jansson_agrees),
    };
    return UNIT_RUN(tests);
}
