/* Telling text from bytes. */
#include "unit.h"

#include <string.h>

#include "base/utf8.h"

static size_t char_of(const char *bytes)
{
    return utf8_char((str){bytes, strlen(bytes)});
}

static void characters_of_each_length_are_known(void **state)
{
    (void)state;
    assert_int_equal(char_of("a"), 1);
    assert_int_equal(char_of("\x7f"), 1);
    assert_int_equal(char_of("\xc2\x80"), 2);
    assert_int_equal(char_of("\xdf\xbf"), 2);
    assert_int_equal(char_of("\xe0\xa0\x80"), 3);
    assert_int_equal(char_of("\xed\x9f\xbf"), 3);
    assert_int_equal(char_of("\xef\xbf\xbf"), 3);
    assert_int_equal(char_of("\xf0\x90\x80\x80"), 4);
    assert_int_equal(char_of("\xf4\x8f\xbf\xbf"), 4);
    assert_int_equal(char_of("µs"), 2);
    assert_int_equal(utf8_char((str){"\0", 1}), 1);
}

static void what_is_not_text_is_no_character(void **state)
{
    (void)state;
    const char *bad[] = {
        "\x80",             /* a continuation alone */
        "\xc0\x80",         /* overlong */
        "\xc1\xbf",         /* overlong */
        "\xe0\x9f\xbf",     /* overlong */
        "\xf0\x8f\xbf\xbf", /* overlong */
        "\xed\xa0\x80",     /* a surrogate */
        "\xf4\x90\x80\x80", /* beyond U+10FFFF */
        "\xf5\x80\x80\x80",
        "\xff",
        "\xc3",             /* cut short */
        "\xe2\x82",         /* cut short */
        "\xe2\x28\xa1",     /* second byte */
        "\xe2\x82\x28",     /* third byte */
        "\xf0\x9f\x98\x28", /* fourth byte */
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(char_of(bad[i]), 0);
    assert_int_equal(utf8_char((str){NULL, 0}), 0);
    assert_int_equal(utf8_char((str){"\xe2\x82\xac", 2}), 0);
}

static void characters_are_counted_and_each_broken_byte_too(void **state)
{
    (void)state;
    assert_int_equal(utf8_count(STR("")), 0);
    assert_int_equal(utf8_count(STR("1.20 µs")), 7);
    assert_int_equal(utf8_count(STR("a\xff\xfe€")), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(characters_of_each_length_are_known),
        cmocka_unit_test(what_is_not_text_is_no_character),
        cmocka_unit_test(characters_are_counted_and_each_broken_byte_too),
    };
    return UNIT_RUN(tests);
}
