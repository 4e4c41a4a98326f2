/* Text in cells: cut, wide, combining, ASCII, hostile. */
#include "unit.h"

#include <locale.h>

#include "term/canvas.h"

static struct canvas c;

static int with_utf8(void **state)
{
    (void)state;
    return setlocale(LC_CTYPE, "C.UTF-8") ? 0 : -1;
}

static int wipe(void **state)
{
    (void)state;
    canvas_free(&c);
    return 0;
}

static struct pen pen(unsigned width, bool utf8)
{
    canvas_clear(&c, width, 1, utf8);
    return pen_at(&c, (struct area){0, 0, 1, width}, 0);
}

static void assert_row(const char *want)
{
    struct buf text = {0};
    canvas_row(&c, 0, &text);
    buf_char(&text, 0);
    assert_string_equal(text.p, want);
    buf_free(&text);
}

static void text_ends_with_the_row(void **state)
{
    (void)state;
    struct pen p = pen(5, true);
    pen_text(&p, PLAIN, STR("abcdefgh"));
    assert_row("abcde");
    assert_int_equal(pen_left(&p), 0);
    pen_text(&p, PLAIN, STR("x"));
    assert_row("abcde");
}

static void a_cell_is_filled_or_cut(void **state)
{
    (void)state;
    struct pen p = pen(20, true);
    pen_cell(&p, PLAIN, RIGHT, 5, STR("ab"));
    pen_cell(&p, PLAIN, LEFT, 4, STR("cd"));
    pen_cell(&p, PLAIN, LEFT, 4, STR("longer"));
    pen_text(&p, PLAIN, STR("|"));
    assert_row("   abcd  lon…|");
    p = pen(20, false);
    pen_cell(&p, PLAIN, LEFT, 6, STR("longer text"));
    pen_text(&p, PLAIN, STR("|"));
    assert_row("lon...|");
    p = pen(20, false);
    pen_cell(&p, PLAIN, LEFT, 2, STR("longer text"));
    pen_text(&p, PLAIN, STR("|"));
    assert_row("  |");
}

static void a_wide_character_takes_two_cells_and_is_never_halved(void **state)
{
    (void)state;
    struct pen p = pen(3, true);
    assert_int_equal(canvas_width_of(&c, STR("漢字")), 4);
    pen_text(&p, PLAIN, STR("漢字"));
    assert_row("漢");
    assert_int_equal(canvas_at(&c, 0, 1)->text[0], 0);
    assert_int_equal(p.column, 2);
    p = pen(4, true);
    pen_cell(&p, PLAIN, LEFT, 4, STR("漢字x"));
    assert_row("漢…");
    assert_int_equal(p.column, 4);
}

static void half_of_a_wide_one_does_not_stay(void **state)
{
    (void)state;
    struct pen p = pen(6, true);
    pen_text(&p, PLAIN, STR("漢字漢"));
    p = pen_at(&c, (struct area){0, 1, 1, 2}, 0);
    pen_text(&p, PLAIN, STR("ab"));
    assert_row(" ab 漢");
}

static void marks_join_the_character_before_and_are_few(void **state)
{
    (void)state;
    struct pen p = pen(4, true);
    pen_text(&p, PLAIN, STR("a\u0301\u0302\u0303\u0304b"));
    assert_row("a\u0301\u0302b");
    assert_int_equal(p.column, 2);
    p = pen(4, true);
    pen_text(&p, PLAIN, STR("x"));
    pen_text(&p, PLAIN, STR("\u0301y")); /* a text's mark does not go to what stood there */
    assert_row("xy");
    p = pen(4, true);
    pen_text(&p, PLAIN, STR("漢\u0301y"));
    assert_row("漢\u0301y");
}

static void what_joins_both_sides_is_left_out(void **state)
{
    (void)state;
    struct pen p = pen(9, true);
    pen_text(&p, PLAIN, STR("a\u200d\u200bb\ufe0f"));
    assert_row("ab");
}

static void nothing_beyond_ascii_without_utf8(void **state)
{
    (void)state;
    struct pen p = pen(20, false);
    pen_text(&p, PLAIN, STR("1 µs ≤ ä✗ 漢 a\u0301"));
    assert_row("1 us < ?NO ? a");
}

static void hostile_text_is_escaped_and_cut(void **state)
{
    (void)state;
    struct pen p = pen(30, true);
    pen_rest(&p, PLAIN, STR("\x1b[2Ja\nb\xff\u202e"));
    assert_row("\\x1b[2Ja\\x0ab\\xff\\u202e");
    p = pen(4, true);
    pen_text(&p, PLAIN, STR("\x1b\x07z\xff")); /* not even where nobody cleaned it */
    assert_row("z?");
}

static void an_area_ends_at_the_canvas(void **state)
{
    (void)state;
    canvas_clear(&c, 4, 2, true);
    struct pen p = pen_at(&c, (struct area){1, 2, 9, 9}, 0);
    pen_text(&p, PLAIN, STR("xyz"));
    p = pen_at(&c, (struct area){1, 2, 9, 9}, 1);
    pen_text(&p, PLAIN, STR("below"));
    p = pen_at(&c, (struct area){0, 4, 1, 1}, 0);
    pen_text(&p, PLAIN, STR("beside"));
    p = pen_at(&c, (struct area){0, 0, 1, 4}, 1);
    pen_text(&p, PLAIN, STR("behind its end"));
    struct buf text = {0};
    canvas_row(&c, 0, &text);
    buf_char(&text, '|');
    canvas_row(&c, 1, &text);
    buf_char(&text, 0);
    assert_string_equal(text.p, "|  xy");
    buf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(text_ends_with_the_row, with_utf8, wipe),
        cmocka_unit_test_setup_teardown(a_cell_is_filled_or_cut, with_utf8, wipe),
        cmocka_unit_test_setup_teardown(a_wide_character_takes_two_cells_and_is_never_halved,
                                        with_utf8, wipe),
        cmocka_unit_test_setup_teardown(half_of_a_wide_one_does_not_stay, with_utf8, wipe),
        cmocka_unit_test_setup_teardown(marks_join_the_character_before_and_are_few, with_utf8,
                                        wipe),
        cmocka_unit_test_setup_teardown(what_joins_both_sides_is_left_out, with_utf8, wipe),
        cmocka_unit_test_setup_teardown(nothing_beyond_ascii_without_utf8, with_utf8, wipe),
        cmocka_unit_test_setup_teardown(hostile_text_is_escaped_and_cut, with_utf8, wipe),
        cmocka_unit_test_setup_teardown(an_area_ends_at_the_canvas, with_utf8, wipe),
    };
    return UNIT_RUN(tests);
}
