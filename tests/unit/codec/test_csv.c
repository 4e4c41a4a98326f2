/* Fields of CSV: quotes, line ends, what is wrong. */
#include "unit.h"

#include <string.h>

#include "codec/csv.h"

/* "a|b#c|" : fields parted by |, rows ended by #. */
static void assert_fields(str text, const char *want)
{
    struct buf told = {0}, room = {0};
    struct csv_field field;
    const char *why = NULL;
    while (text.n && !why) {
        do {
            why = csv_next(&text, &field);
            if (!why) {
                buf_str(&told, csv_text_of(&field, &room));
                buf_char(&told, field.last ? '#' : '|');
            }
        } while (!why && !field.last);
    }
    if (why)
        buf_printf(&told, "!%s", why);
    buf_char(&told, 0);
    assert_string_equal(told.p, want);
    buf_free(&told);
    buf_free(&room);
}

static void fields_and_rows_are_parted(void **state)
{
    (void)state;
    assert_fields(STR("a,b\nc,d\n"), "a|b#c|d#");
    assert_fields(STR("a,b\r\nc,d\r\n"), "a|b#c|d#");
    assert_fields(STR("a,b"), "a|b#");
    assert_fields(STR("a\r"), "a#");
    assert_fields(STR(",\n,"), "|#|#");
    assert_fields(STR("\n\na"), "##a#");
    assert_fields(STR(" a , b "), " a | b #");
    assert_fields(STR("a\rb,c"), "a\rb|c#");
    assert_fields(STR("\xff,\x01"), "\xff|\x01#");
}

static void quotes_hold_what_would_part_fields(void **state)
{
    (void)state;
    assert_fields(STR("\"a,b\",\"c\nd\"\n"), "a,b|c\nd#");
    assert_fields(STR("\"a\"\"b\",\"\"\"\"\"\",\"\"\r\n"), "a\"b|\"\"|#");
    assert_fields(STR("\"a\"\n\"b\""), "a#b#");
    assert_fields(STR("\"a\"\r"), "a#");
    assert_fields(STR("a\"b\"\"c,d"), "a\"b\"\"c|d#");
}

static void breaks_in_quotes_are_counted(void **state)
{
    (void)state;
    struct csv_field field;
    str text = STR("\"a\r\nb\n\",x");
    assert_null(csv_next(&text, &field));
    assert_int_equal(field.breaks, 2);
    assert_true(!field.doubled && !field.last);
    assert_null(csv_next(&text, &field));
    assert_int_equal(field.breaks, 0);
    assert_true(field.last);
}

static void what_is_wrong_is_told(void **state)
{
    (void)state;
    assert_fields(STR("a,\"b\n"), "a|!a quote is opened and never closed");
    assert_fields(STR("\""), "!a quote is opened and never closed");
    assert_fields(STR("\"a\"\""), "!a quote is opened and never closed");
    assert_fields(STR("\"a\" ,b"), "!something stands behind a closing quote");
    assert_fields(STR("\"a\"b"), "!something stands behind a closing quote");
    assert_fields(STR("\"a\"\rb"), "!something stands behind a closing quote");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_and_rows_are_parted),
        cmocka_unit_test(quotes_hold_what_would_part_fields),
        cmocka_unit_test(breaks_in_quotes_are_counted),
        cmocka_unit_test(what_is_wrong_is_told),
    };
    return UNIT_RUN(tests);
}
