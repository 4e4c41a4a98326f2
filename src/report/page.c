/* Composing and writing text for people. */
#include "report/page.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/utf8.h"

enum { NARROWEST = 80, USUAL = 100, WIDEST = 120 };

static const char *const sgr[INKS] = {"", "1", "2", "32", "33", "31", "1;32", "1;33", "1;31"};

/* What weir itself writes beyond ASCII, and what stands for it without UTF-8. */
static const struct {
    str symbol, ascii;
} symbols[] = {
    {{"µ", 2}, {"u", 1}},  {{"…", 3}, {"...", 3}}, {{"·", 2}, {"-", 1}}, {{"✓", 3}, {"ok", 2}},
    {{"✗", 3}, {"NO", 2}}, {{"≤", 3}, {"<", 1}},   {{"×", 2}, {"x", 1}}, {{"█", 3}, {"#", 1}},
    {{"▉", 3}, {"#", 1}},  {{"▊", 3}, {"#", 1}},   {{"▋", 3}, {"#", 1}}, {{"▌", 3}, {"#", 1}},
    {{"▍", 3}, {":", 1}},  {{"▎", 3}, {":", 1}},   {{"▏", 3}, {".", 1}},
};

/* ---- paper ---- */

static bool locale_has_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    const char *value = "";
    for (size_t i = 0; i < sizeof names / sizeof *names && !*value; i++)
        value = getenv(names[i]) ? getenv(names[i]) : "";
    return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
}

static unsigned terminal_width(int fd)
{
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
        return USUAL;
    return size.ws_col < NARROWEST ? NARROWEST : size.ws_col > WIDEST ? WIDEST : size.ws_col;
}

struct paper paper_of(FILE *out, bool no_color)
{
    const char *kind = getenv("TERM");
    bool terminal = isatty(fileno(out));
    return (struct paper){
        .out = out,
        .terminal = terminal,
        .color = terminal && !no_color && kind && strcmp(kind, "dumb") != 0,
        .utf8 = locale_has_utf8(),
        .width = terminal ? terminal_width(fileno(out)) : USUAL,
    };
}

/* ---- composing ---- */

void page_text(struct page *p, enum ink ink, str text)
{
    bool painted = p->paper.color && ink != PLAIN && text.n > 0;
    if (painted)
        buf_printf(&p->text, "\x1b[%sm", sgr[ink]);
    buf_str(&p->text, text);
    if (painted)
        buf_str(&p->text, STR("\x1b[0m"));
}

void page_printf(struct page *p, enum ink ink, const char *format, ...)
{
    struct buf text = {0};
    va_list args;
    va_start(args, format);
    buf_vprintf(&text, format, args);
    va_end(args);
    page_text(p, ink, buf_view(&text));
    buf_free(&text);
}

/* The first characters of s. */
static str first_characters(str s, size_t count)
{
    str rest = s;
    while (count-- > 0 && rest.n) {
        size_t n = utf8_char(rest);
        rest = str_skip(rest, n ? n : 1);
    }
    return (str){s.p, s.n - rest.n};
}

void page_cell(struct page *p, enum ink ink, enum align align, unsigned width, str text)
{
    size_t count = utf8_count(text);
    if (count > width) {
        page_printf(p, ink, STR_FMT "…", STR_ARG(first_characters(text, width - 1)));
        return;
    }
    int space = (int)(width - count);
    if (align == RIGHT)
        page_printf(p, PLAIN, "%*s", space, "");
    page_text(p, ink, text);
    if (align == LEFT)
        page_printf(p, PLAIN, "%*s", space, "");
}

void page_label(struct page *p, const char *label)
{
    page_printf(p, DIM, "  %-*s", PAGE_INDENT - 2, label);
}

void page_wrapped(struct page *p, enum ink ink, str separator, str text)
{
    struct buf out = {0};
    str piece, rest = text;
    size_t column = PAGE_INDENT;
    for (bool first = true, more = true; more; first = false) {
        more = str_cut_at(rest, separator, &piece, &rest);
        size_t width = utf8_count(piece), gap = first ? 0 : utf8_count(separator);
        size_t ending = more ? utf8_count(separator) - 1 : 0; /* what must fit behind it */
        if (column + gap + width + ending <= p->paper.width || first) {
            buf_str(&out, first ? STR("") : separator);
            column += gap + width;
        } else {
            buf_str(&out, (str){separator.p, separator.n - 1}); /* without its space */
            buf_printf(&out, "\n%*s", PAGE_INDENT, "");
            column = PAGE_INDENT + width;
        }
        buf_str(&out, piece);
    }
    page_text(p, ink, buf_view(&out));
    page_text(p, PLAIN, STR("\n"));
    buf_free(&out);
}

/* ---- text of unknown origin ---- */

/* C0, C1, and what starts lines or turns the direction of text (Unicode, Bidi_Control). */
static bool harms(unsigned code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2066 && code <= 0x2069) || code == 0x200e || code == 0x200f || code == 0x061c;
}

void page_clean(struct buf *out, str text)
{
    while (text.n) {
        size_t n = utf8_char(text);
        unsigned code = n ? utf8_code(text.p, n) : 0;
        if (n == 0 || (n == 1 && harms(code)))
            buf_printf(out, "\\x%02x", (unsigned char)text.p[0]);
        else if (harms(code))
            buf_printf(out, "\\u%04x", code);
        else
            buf_add(out, text.p, n);
        text = str_skip(text, n ? n : 1);
    }
}

/* ---- writing ---- */

str page_ascii(str character)
{
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++)
        if (str_eq(symbols[i].symbol, character))
            return symbols[i].ascii;
    return STR("?");
}

static void to_ascii(struct buf *text)
{
    struct buf ascii = {0};
    for (str rest = buf_view(text); rest.n;) {
        size_t n = utf8_char(rest);
        str character = {rest.p, n ? n : 1};
        buf_str(&ascii, n == 1 ? character : page_ascii(character));
        rest = str_skip(rest, character.n);
    }
    buf_free(text);
    *text = ascii;
}

/* What follows is for nobody: its failure was told. */
static FILE *broken;

bool page_write(struct page *p, struct err *e)
{
    if (p->paper.out == broken) {
        p->text.n = 0;
        return true;
    }
    if (!p->paper.utf8)
        to_ascii(&p->text);
    bool written =
        fwrite(p->text.p, 1, p->text.n, p->paper.out) == p->text.n && fflush(p->paper.out) == 0;
    int error = errno;
    p->text.n = 0;
    if (!written) { /* is said once: nobody shall fail again with what is left */
        broken = p->paper.out;
        __fpurge(p->paper.out);
        clearerr(p->paper.out);
    }
    return written || err_set(e, ERR_RUN, "cannot write to standard %s: %s",
                              p->paper.out == stderr ? "error" : "output", strerror(error));
}
