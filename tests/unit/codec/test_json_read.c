/* What values mean: numbers as doubles, texts without escapes, counts. */
#include "unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/json_out.h"
#include "base/rng.h"
#include "codec/json_read.h"

static void assert_text(const char *raw, str want)
{
    struct buf room = {0};
    str got = json_text(str_from(raw), &room);
    if (!str_eq(got, want))
        fail_msg("%s: " STR_FMT, raw, STR_ARG(got));
    assert_true(str_eq(json_text(str_from(raw), &room), want)); /* the room is emptied before */
    buf_free(&room);
}

static void kinds_have_names(void **state)
{
    (void)state;
    const struct {
        const char *raw, *name;
    } kinds[] = {{"null", "null"}, {"true", "boolean"}, {"false", "boolean"}, {"-1", "number"},
                 {"0", "number"},  {"\"\"", "string"},  {"[]", "array"},      {"{}", "object"}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        assert_string_equal(json_kind_name(json_kind_of(str_from(kinds[i].raw))), kinds[i].name);
    assert_string_equal(json_kind_name(JSON_IS_MISSING), "nothing");
}

static void numbers_are_the_nearest_doubles(void **state)
{
    (void)state;
    const char *texts[] = {
        "0",
        "1",
        "-1.5",
        "0.1",
        "123456789012345",
        "1234567890123456",
        "9007199254740993",
        "0.3",
        "1e3",
        "-2.5E-3",
        "1e-400",
        "179769313486231580793728971405303415079934132710037826936173778980444968"
        "29276475094664901797758720709633028641669288791094655554785194040263065"
        "74886715058206819089020007083836762738548458177115317644757302700698555"
        "7136695962284291481986083493647529271907416844436551070434271155969950"
        "80930428801779041744977"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_true(json_number(str_from(texts[i])) == strtod(texts[i], NULL));
    assert_true(isinf(json_number(STR("1e400"))));
    assert_true(signbit(json_number(STR("-0"))));
}

static void random_numbers_read_back(void **state)
{
    (void)state;
    struct rng r = rng_make(9, 0);
    for (int i = 0; i < 200000; i++) {
        char text[40];
        double v = rng_unit(&r) * pow(10, (double)rng_below(&r, 16));
        snprintf(text, sizeof text, "%.*f", (int)rng_below(&r, 12), v);
        assert_true(json_number(str_from(text)) == strtod(text, NULL));
    }
}

static void plain_text_is_a_view_of_the_value(void **state)
{
    (void)state;
    struct buf room = {0};
    const char *raw = "\"Grüße, 漢字 and plain text that is longer than eight bytes 😀\"";
    str got = json_text(str_from(raw), &room);
    assert_ptr_equal(got.p, raw + 1);
    assert_int_equal(got.n, strlen(raw) - 2);
    assert_null(room.p);
    assert_text("\"\"", STR(""));
}

static void escapes_are_resolved(void **state)
{
    (void)state;
    assert_text("\"a\\\"\\\\\\/\\b\\f\\n\\r\\tz\"", STR("a\"\\/\b\f\n\r\tz"));
    assert_text("\"\\u0041\\u00e9\\u20AC\\u20ac\"", STR("A\xc3\xa9\xe2\x82\xac\xe2\x82\xac"));
    assert_text("\"\\ud83d\\ude00!\"", STR("\xf0\x9f\x98\x80!"));
    assert_text("\"\\u0000x\"", (str){"\0x", 2});
    assert_text("\"\\udbff\\udfff\"", STR("\xf4\x8f\xbf\xbf"));
    assert_text("\"\\uffff\\u0800\\u07ff\\u0080\\u007f\"",
                STR("\xef\xbf\xbf\xe0\xa0\x80\xdf\xbf\xc2\x80\x7f"));
}

static void halves_of_surrogate_pairs_are_replaced(void **state)
{
    (void)state;
    assert_text("\"\\ud83d\"", STR("\xef\xbf\xbd"));
    assert_text("\"\\ud83dx\"", STR("\xef\xbf\xbdx"));
    assert_text("\"\\ude00\\ud83d\"", STR("\xef\xbf\xbd\xef\xbf\xbd"));
    assert_text("\"\\ud83d\\n\"", STR("\xef\xbf\xbd\n"));
    assert_text("\"\\ud83d\\ud83d\\ude00\"", STR("\xef\xbf\xbd\xf0\x9f\x98\x80"));
    assert_text("\"\\ud83d\\u0041\"", STR("\xef\xbf\xbd\x41"));
}

static void bytes_that_are_no_utf8_are_replaced(void **state)
{
    (void)state;
    assert_text("\"a\xff\"", STR("a\xef\xbf\xbd"));
    assert_text("\"\xe2\x82\"", STR("\xef\xbf\xbd\xef\xbf\xbd"));
    assert_text("\"12345678\xed\xa0\x80z\"", STR("12345678\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz"));
    assert_text("\"\xc3\\n\"", STR("\xef\xbf\xbd\n")); /* an escape cuts a character in two */
}

static void what_was_written_is_read_again(void **state)
{
    (void)state;
    struct rng r = rng_make(21, 0);
    for (int i = 0; i < 20000; i++) {
        char bytes[40];
        size_t n = (size_t)rng_below(&r, sizeof bytes);
        for (size_t k = 0; k < n; k++)
            bytes[k] = (char)rng_below(&r, 128);
        struct buf written = {0}, room = {0};
        json_out_quote(&written, (str){bytes, n});
        str raw = buf_view(&written);
        assert_true(str_eq(json_text(raw, &room), (str){bytes, n}));
        assert_true(json_text_is(raw, (str){bytes, n}));
        bytes[n / 2] ^= 1;
        assert_int_equal(json_text_is(raw, (str){bytes, n}), n == 0);
        buf_free(&written);
        buf_free(&room);
    }
}

static void texts_are_compared_by_what_they_say(void **state)
{
    (void)state;
    assert_true(json_text_is(STR("\"\\u0061bc\""), STR("abc")));
    assert_false(json_text_is(STR("\"ab\""), STR("abc")));
    assert_false(json_text_is(STR("\"abc\""), STR("ab")));
    assert_true(json_text_is(STR("\"\""), STR("")));
    assert_int_equal(json_text_compare(STR("\"\\u0061b\\u0063\""), STR("\"abc\"")), 0);
    assert_true(json_text_compare(STR("\"a\""), STR("\"ab\"")) < 0);
    assert_true(json_text_compare(STR("\"ab\""), STR("\"a\"")) > 0);
    assert_true(json_text_compare(STR("\"\\u00e9\""), STR("\"z\"")) > 0);
    assert_int_equal(json_text_compare(STR("\"\""), STR("\"\"")), 0);
}

static void members_are_counted_and_what_is_in_them_not(void **state)
{
    (void)state;
    const struct {
        const char *raw;
        uint64_t count;
    } of[] = {{"[]", 0},
              {"[1]", 1},
              {"[[1,2],{\"a\":[3]},4]", 3},
              {"{}", 0},
              {"{\"a\":{\"b\":1,\"c\":2},\"a\":[]}", 2},
              {"\"abc\"", 0},
              {"12", 0},
              {"null", 0}};
    for (size_t i = 0; i < sizeof of / sizeof *of; i++)
        assert_int_equal(json_count(str_from(of[i].raw)), of[i].count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_have_names),
        cmocka_unit_test(numbers_are_the_nearest_doubles),
        cmocka_unit_test(random_numbers_read_back),
        cmocka_unit_test(plain_text_is_a_view_of_the_value),
        cmocka_unit_test(escapes_are_resolved),
        cmocka_unit_test(halves_of_surrogate_pairs_are_replaced),
        cmocka_unit_test(bytes_that_are_no_utf8_are_replaced),
        cmocka_unit_test(what_was_written_is_read_again),
        cmocka_unit_test(texts_are_compared_by_what_they_say),
        cmocka_unit_test(members_are_counted_and_what_is_in_them_not),
    };
    return UNIT_RUN(tests);
}
