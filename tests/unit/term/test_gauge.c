/* Lines and bars of one row. */
#include "unit.h"

#include <locale.h>
#include <math.h>

#include "term/gauge.h"

static struct canvas c;

static struct pen pen(unsigned width, bool utf8)
{
    setlocale(LC_CTYPE, "C.UTF-8");
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
    canvas_free(&c);
}

static void line(unsigned width, bool utf8, const double *values, unsigned n, const char *want)
{
    struct pen p = pen(width, utf8);
    gauge_line(&p, PLAIN, width, values, n, gauge_top(width, values, n));
    assert_row(want);
}

static void a_line_has_a_height_for_each_second(void **state)
{
    (void)state;
    static const double eight[] = {1, 2, 3, 4, 5, 6, 7, 8};
    line(8, true, eight, 8, "▁▂▃▄▅▆▇█");
    line(8, false, eight, 8, "_.:-=+*#");
    line(10, true, eight, 8, "  ▁▂▃▄▅▆▇█");
}

static void the_newest_stand_at_the_end_and_scale_among_themselves(void **state)
{
    (void)state;
    static const double fall[] = {1000, 1, 2, 4};
    line(3, true, fall, 4, "▂▄█");
    assert_true(gauge_top(3, fall, 4) == 4);
    assert_true(gauge_top(0, fall, 4) == 0);
    assert_true(gauge_top(9, fall, 0) == 0);
}

static void nothing_is_low_and_unknown_is_a_gap(void **state)
{
    (void)state;
    const double some[] = {0, (double)NAN, 1, 0.001};
    line(4, true, some, 4, "▁ █▁");
    const double none[] = {0, 0};
    line(2, true, none, 2, "▁▁");
    const double unknown[] = {(double)NAN, (double)NAN};
    line(2, true, unknown, 2, "");
}

static void bar(unsigned width, bool utf8, double share, bool ground, const char *want)
{
    struct pen p = pen(width, utf8);
    gauge_bar(&p, PLAIN, width, share, ground);
    assert_row(want);
}

static void a_bar_is_its_share_of_the_width(void **state)
{
    (void)state;
    bar(8, true, 0.5, false, "████");
    bar(8, true, 0.5, true, "████░░░░");
    bar(8, false, 0.5, true, "####....");
    bar(4, true, 0.28125, false, "█▏");
    bar(4, true, 1, true, "████");
    bar(4, true, 7, true, "████");
    bar(4, true, 0, true, "░░░░");
    bar(4, true, (double)NAN, true, "░░░░");
    bar(4, true, 1e-9, false, "▏");
    bar(0, true, 1, true, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_has_a_height_for_each_second),
        cmocka_unit_test(the_newest_stand_at_the_end_and_scale_among_themselves),
        cmocka_unit_test(nothing_is_low_and_unknown_is_a_gap),
        cmocka_unit_test(a_bar_is_its_share_of_the_width),
    };
    return UNIT_RUN(tests);
}
