/* Composing text for people: paint, columns, wrapping, and names that cannot harm a terminal. */
#include "unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "report/page.h"

static struct page plain_page(void)
{
    return (struct page){.paper = {.utf8 = true, .width = 80}};
}

static void assert_page(struct page *p, const char *want)
{
    buf_char(&p->text, 0);
    assert_string_equal(p->text.p, want);
    buf_free(&p->text);
}

static void paint_is_only_on_paper_with_color(void **state)
{
    (void)state;
    struct page p = plain_page();
    page_printf(&p, RED, "%d", 5);
    assert_page(&p, "5");
    p.paper.color = true;
    page_text(&p, RED, STR("a"));
    page_text(&p, PLAIN, STR("b"));
    page_text(&p, BOLD_GREEN, STR(""));
    assert_page(&p, "\x1b[31ma\x1b[0mb");
}

static void cells_are_as_wide_as_asked_for(void **state)
{
    (void)state;
    struct page p = plain_page();
    page_cell(&p, PLAIN, RIGHT, 8, STR("20 µs"));
    page_text(&p, PLAIN, STR("|"));
    page_cell(&p, PLAIN, LEFT, 8, STR("20 µs"));
    page_text(&p, PLAIN, STR("|"));
    page_cell(&p, PLAIN, LEFT, 5, STR("µµµµµ"));
    page_text(&p, PLAIN, STR("|"));
    page_cell(&p, PLAIN, LEFT, 5, STR("µµµµµµ"));
    assert_page(&p, "   20 µs|20 µs   |µµµµµ|µµµµ…");
}

static void long_text_is_broken_before_the_edge(void **state)
{
    (void)state;
    struct page p = plain_page();
    p.paper.width = 23;
    page_wrapped(&p, PLAIN, STR(" "), STR("one two three µµµµµ end"));
    assert_page(&p, "one two\n             three\n             µµµµµ end\n");
    page_wrapped(&p, PLAIN, STR(", "), STR("one two, three four five, six"));
    assert_page(&p, "one two,\n             three four five,\n             six\n");
    page_wrapped(&p, PLAIN, STR(" "), STR(""));
    assert_page(&p, "\n");
}

static void cleaned(str text, const char *want)
{
    struct buf b = {0};
    page_clean(&b, text);
    buf_char(&b, 0);
    assert_string_equal(b.p, want);
    buf_free(&b);
}

static void what_a_terminal_would_act_on_is_escaped(void **state)
{
    (void)state;
    cleaned(STR("GET /päth €"), "GET /päth €");
    cleaned(STR("\x1b[31mred\x1b[0m"), "\\x1b[31mred\\x1b[0m");
    cleaned(STR("a\nb\tc\rd\x7f"), "a\\x0ab\\x09c\\x0dd\\x7f");
    cleaned(STR("a\0b"), "a\\x00b");
    cleaned(STR("\xff\xc3"), "\\xff\\xc3");
    cleaned(STR("\xc2\x9b"
                "31m"),
            "\\u009b31m"); /* C1: CSI in one character */
    cleaned(STR("\xe2\x80\xae"
                "txt.exe"),
            "\\u202etxt.exe"); /* right to left */
    cleaned(STR("\xe2\x81\xa6\xe2\x80\x8f\xd8\x9c"), "\\u2066\\u200f\\u061c");
}

/* What page_write makes of a text. */
static void assert_written(bool utf8, const char *text, const char *want)
{
    char got[256] = "";
    struct err e;
    FILE *f = fmemopen(got, sizeof got, "w");
    struct page p = {.paper = {.out = f, .utf8 = utf8, .width = 80}};
    page_text(&p, PLAIN, str_from(text));
    assert_true(page_write(&p, &e));
    assert_int_equal(p.text.n, 0);
    fclose(f);
    assert_string_equal(got, want);
    buf_free(&p.text);
}

static void without_utf8_every_symbol_has_a_stand_in(void **state)
{
    (void)state;
    const char *text = "5 µs · ✓ ✗ ≤ × █▉▊▋▌▍▎▏ … é";
    assert_written(true, text, text);
    assert_written(false, text, "5 us - ok NO < x #####::. ... ?");
}

static void a_full_disk_is_named(void **state)
{
    (void)state;
    struct err e;
    FILE *f = fopen("/dev/full", "w");
    struct page p = {.paper = {.out = f, .utf8 = true, .width = 80}};
    page_text(&p, PLAIN, STR("x"));
    assert_false(page_write(&p, &e));
    assert_int_equal(e.kind, ERR_RUN);
    assert_string_equal(e.text, "cannot write to standard output: No space left on device");
    fclose(f);
    buf_free(&p.text);
}

static void paper_that_is_no_terminal_has_no_color(void **state)
{
    (void)state;
    FILE *f = fopen("/dev/null", "w");
    struct paper paper = paper_of(f, false);
    assert_false(paper.terminal || paper.color);
    assert_int_equal(paper.width, 100);
    fclose(f);
}

static void the_locale_says_whether_there_is_utf8(void **state)
{
    (void)state;
    struct {
        const char *all, *ctype, *lang;
        bool utf8;
    } cases[] = {{"", "", "en_US.UTF-8", true},   {"", "", "de_DE.utf8", true},
                 {"C", "", "en_US.UTF-8", false}, {"", "POSIX", "en_US.UTF-8", false},
                 {"C.UTF-8", "C", "C", true},     {"", "", "", false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        setenv("LC_ALL", cases[i].all, 1);
        setenv("LC_CTYPE", cases[i].ctype, 1);
        setenv("LANG", cases[i].lang, 1);
        assert_int_equal(paper_of(stderr, false).utf8, cases[i].utf8);
    }
}

/* On a real terminal, which a pair of pseudo-terminals is. */
static void color_needs_a_terminal_that_can_and_a_user_who_wants_it(void **state)
{
    (void)state;
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    struct winsize size = {.ws_col = 300};
    if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0)
        skip();
    FILE *f = fopen(ptsname(master), "w");
    assert_non_null(f);
    setenv("TERM", "xterm", 1);
    assert_true(paper_of(f, false).color);
    assert_false(paper_of(f, true).color);
    assert_true(paper_of(f, true).terminal);
    setenv("TERM", "dumb", 1);
    assert_false(paper_of(f, false).color);
    unsetenv("TERM");
    assert_false(paper_of(f, false).color);
    unsigned short columns[][2] = {{300, 120}, {20, 80}, {97, 97}, {0, 100}};
    for (size_t i = 0; i < 4; i++) {
        size.ws_col = columns[i][0];
        ioctl(master, TIOCSWINSZ, &size);
        assert_int_equal(paper_of(f, false).width, columns[i][1]);
    }
    fclose(f);
    close(master);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paint_is_only_on_paper_with_color),
        cmocka_unit_test(cells_are_as_wide_as_asked_for),
        cmocka_unit_test(long_text_is_broken_before_the_edge),
        cmocka_unit_test(what_a_terminal_would_act_on_is_escaped),
        cmocka_unit_test(without_utf8_every_symbol_has_a_stand_in),
        cmocka_unit_test(a_full_disk_is_named),
        cmocka_unit_test(paper_that_is_no_terminal_has_no_color),
        cmocka_unit_test(the_locale_says_whether_there_is_utf8),
        cmocka_unit_test(color_needs_a_terminal_that_can_and_a_user_who_wants_it),
    };
    return UNIT_RUN(tests);
}
