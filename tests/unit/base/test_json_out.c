/* Writing JSON: commas, escapes, order; read back by jansson. */
#include "unit.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "base/json_out.h"
#include "base/rng.h"

static void assert_text(struct buf *b, const char *want)
{
    buf_char(b, 0);
    assert_string_equal(b->p, want);
    buf_free(b);
}

static void members_are_separated_and_brackets_match(void **state)
{
    (void)state;
    struct buf b = {0};
    struct json_out j = {.out = &b};
    json_out_object(&j);
    json_out_key(&j, STR("a"));
    json_out_count(&j, UINT64_MAX);
    json_out_key(&j, STR("b"));
    json_out_array(&j);
    json_out_end(&j);
    json_out_key(&j, STR("c"));
    json_out_array(&j);
    json_out_bool(&j, true);
    json_out_object(&j);
    json_out_end(&j);
    json_out_bool(&j, false);
    json_out_end(&j);
    json_out_key(&j, STR("d"));
    json_out_object(&j);
    json_out_key(&j, STR("e"));
    json_out_text(&j, STR("f"));
    json_out_end(&j);
    json_out_end(&j);
    assert_text(&b, "{\"a\": 18446744073709551615, \"b\": [], \"c\": [true, {}, false], "
                    "\"d\": {\"e\": \"f\"}}");
}

static void lines_start_where_they_are_asked_to(void **state)
{
    (void)state;
    struct buf b = {0};
    struct json_out j = {.out = &b};
    json_out_object(&j);
    json_out_line(&j);
    json_out_key(&j, STR("a"));
    json_out_array(&j);
    json_out_line(&j);
    json_out_count(&j, 1);
    json_out_count(&j, 2);
    json_out_end(&j);
    json_out_line(&j);
    json_out_end(&j);
    assert_text(&b, "{\n  \"a\": [\n    1, 2]\n}");
}

static void numbers_are_plain_and_what_is_none_is_null(void **state)
{
    (void)state;
    struct buf b = {0};
    struct json_out j = {.out = &b};
    json_out_array(&j);
    json_out_number(&j, 10);
    json_out_number(&j, 0);
    json_out_number(&j, 12e-6);
    json_out_number(&j, (double)NAN);
    json_out_number(&j, (double)INFINITY);
    json_out_end(&j);
    assert_text(&b, "[10.0, 0.0, 0.000012, null, null]");
}

static void texts_are_escaped(void **state)
{
    (void)state;
    struct buf b = {0};
    json_out_quote(&b, (str){"\"\\/\b\f\n\r\t\x1b\x7f\0é", 13});
    assert_text(&b, "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u001b\\u007f\\u0000é\"");
}

static void a_text_may_be_escaped_without_its_quotes(void **state)
{
    (void)state;
    struct buf b = {0};
    json_out_escape(&b, STR("say \"hi\"\n"));
    json_out_escape(&b, STR(""));
    assert_text(&b, "say \\\"hi\\\"\\n");
}

static void broken_utf8_becomes_a_replacement_character(void **state)
{
    (void)state;
    struct buf b = {0};
    json_out_quote(&b, STR("a\xff\xe2\x82z"));
    assert_text(&b, "\"a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz\"");
}

static void any_bytes_give_json_that_a_parser_takes(void **state)
{
    (void)state;
    struct rng r = rng_make(5, 0);
    for (int i = 0; i < 3000; i++) {
        char bytes[24];
        size_t n = rng_below(&r, sizeof bytes);
        for (size_t k = 0; k < n; k++)
            bytes[k] = (char)rng_below(&r, 256);
        struct buf b = {0};
        struct json_out j = {.out = &b};
        json_out_array(&j);
        json_out_text(&j, (str){bytes, n});
        json_out_end(&j);
        json_error_t error;
        json_t *parsed = json_loadb(b.p, b.n, JSON_ALLOW_NUL, &error);
        assert_non_null(parsed);
        json_decref(parsed);
        buf_free(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_are_separated_and_brackets_match),
        cmocka_unit_test(lines_start_where_they_are_asked_to),
        cmocka_unit_test(numbers_are_plain_and_what_is_none_is_null),
        cmocka_unit_test(texts_are_escaped),
        cmocka_unit_test(a_text_may_be_escaped_without_its_quotes),
        cmocka_unit_test(broken_utf8_becomes_a_replacement_character),
        cmocka_unit_test(any_bytes_give_json_that_a_parser_takes),
    };
    return UNIT_RUN(tests);
}
