/* Cells, and text that is measured before it is put into them. */
#include "term/canvas.h"

#include <stdarg.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

/* One character as a terminal shows it. */
struct glyph {
    wchar_t code;
    int width; /* 0: a mark on the one before; -1: not to be shown */
};

/* ---- cells ---- */

void canvas_clear(struct canvas *c, unsigned width, unsigned height, bool utf8)
{
    size_t n = (size_t)width * height;
    if (n > (size_t)c->width * c->height)
        c->cells = mem_grow(c->cells, n * sizeof *c->cells);
    c->width = width;
    c->height = height;
    c->utf8 = utf8;
    for (size_t i = 0; i < n; i++)
        c->cells[i] = (struct cell){.text = {L' '}, .ink = PLAIN};
}

void canvas_free(struct canvas *c)
{
    mem_free(c->cells);
    *c = (struct canvas){0};
}

struct cell *canvas_at(const struct canvas *c, unsigned row, unsigned column)
{
    return &c->cells[(size_t)row * c->width + column];
}

/* RFC 3629. */
static void add_code(struct buf *out, unsigned code)
{
    static const unsigned char first[] = {0, 0xc0, 0xe0, 0xf0};
    unsigned more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    buf_char(out, (char)(first[more] | code >> 6 * more));
    while (more--)
        buf_char(out, (char)(0x80 | (code >> 6 * more & 0x3f)));
}

void canvas_row(const struct canvas *c, unsigned row, struct buf *out)
{
    unsigned end = c->width;
    while (end && canvas_at(c, row, end - 1)->text[0] == L' ' &&
           canvas_at(c, row, end - 1)->text[1] == 0)
        end--;
    for (unsigned i = 0; i < end; i++)
        for (const wchar_t *w = canvas_at(c, row, i)->text; *w; w++)
            add_code(out, (unsigned)*w);
}

/* ---- characters ---- */

/* Some terminals join what stands on both sides, or draw it wider: nobody can measure that. */
static bool joins(unsigned code)
{
    return (code >= 0x200b && code <= 0x200d) || code == 0x2060 || code == 0xfeff ||
           (code >= 0xfe00 && code <= 0xfe0f);
}

/* Takes the next character of *rest. In ASCII one may become several: they come by *more. */
static struct glyph next_glyph(const struct canvas *c, str *rest, str *more)
{
    size_t n = utf8_char(*rest);
    str bytes = {rest->p, n ? n : 1};
    *rest = str_skip(*rest, bytes.n);
    if (n == 1)
        return (struct glyph){bytes.p[0], (unsigned char)bytes.p[0] < 0x20 ? -1 : 1};
    if (n == 0)
        return (struct glyph){L'?', 1};
    unsigned code = utf8_code(bytes.p, n);
    int width = joins(code) ? -1 : wcwidth((wchar_t)code);
    if (!c->utf8) {
        *more = page_ascii(bytes);
        return (struct glyph){0, width == 0 ? 0 : -1};
    }
    return width < 0 && !joins(code) ? (struct glyph){L'?', 1}
                                     : (struct glyph){(wchar_t)code, width};
}

static unsigned ascii_width(struct glyph g, str more)
{
    return g.width == 0 ? 0 : (unsigned)more.n;
}

unsigned canvas_width_of(const struct canvas *c, str text)
{
    unsigned sum = 0;
    while (text.n) {
        str more = {0};
        struct glyph g = next_glyph(c, &text, &more);
        sum += more.n ? ascii_width(g, more) : g.width > 0 ? (unsigned)g.width : 0;
    }
    return sum;
}

/* ---- pens ---- */

struct pen pen_at(struct canvas *c, struct area a, unsigned line)
{
    unsigned end = a.column + a.width < c->width ? a.column + a.width : c->width;
    bool there = line < a.height && a.row + line < c->height && a.column < end;
    return (struct pen){c, a.row + line, a.column, there ? end : a.column};
}

unsigned pen_left(const struct pen *p)
{
    return p->end - p->column;
}

static void put_mark(struct pen *p, unsigned first, wchar_t mark)
{
    unsigned at = p->column;
    while (at > first && canvas_at(p->canvas, p->row, at - 1)->text[0] == 0)
        at--; /* to the left half of a wide one */
    if (at == first)
        return;
    wchar_t *text = canvas_at(p->canvas, p->row, at - 1)->text;
    size_t n = wcslen(text);
    if (n <= CELL_MARKS) {
        text[n] = mark;
        text[n + 1] = 0;
    }
}

static void blank_half(const struct pen *p, unsigned column)
{
    *canvas_at(p->canvas, p->row, column) = (struct cell){.text = {L' '}};
}

/* Of a wide character that is written over in part, the other half goes too. */
static void free_halves(const struct pen *p, unsigned width)
{
    unsigned behind = p->column + width;
    if (p->column && canvas_at(p->canvas, p->row, p->column)->text[0] == 0)
        blank_half(p, p->column - 1);
    if (behind < p->canvas->width && canvas_at(p->canvas, p->row, behind)->text[0] == 0)
        blank_half(p, behind);
}

static void put(struct pen *p, enum ink ink, wchar_t code, unsigned width)
{
    free_halves(p, width);
    for (unsigned i = 0; i < width; i++)
        *canvas_at(p->canvas, p->row, p->column++) =
            (struct cell){.text = {i ? 0 : code}, .ink = (uint8_t)ink};
}

void pen_text(struct pen *p, enum ink ink, str text)
{
    unsigned first = p->column;
    while (text.n) {
        str more = {0};
        struct glyph g = next_glyph(p->canvas, &text, &more);
        unsigned width = more.n ? ascii_width(g, more) : g.width > 0 ? (unsigned)g.width : 0;
        if (width > pen_left(p))
            return;
        if (g.width == 0 && !more.n)
            put_mark(p, first, g.code);
        else if (!more.n)
            put(p, ink, g.code, width);
        for (size_t i = 0; i < width && more.n; i++)
            put(p, ink, more.p[i], 1);
    }
}

void pen_printf(struct pen *p, enum ink ink, const char *format, ...)
{
    struct buf text = {0};
    va_list args;
    va_start(args, format);
    buf_vprintf(&text, format, args);
    va_end(args);
    pen_text(p, ink, buf_view(&text));
    buf_free(&text);
}

/* As much of the beginning as is at most `width` wide. */
static str beginning(const struct canvas *c, str text, unsigned width)
{
    str rest = text;
    unsigned sum = 0;
    while (rest.n) {
        str more = {0}, before = rest;
        struct glyph g = next_glyph(c, &rest, &more);
        sum += more.n ? ascii_width(g, more) : g.width > 0 ? (unsigned)g.width : 0;
        if (sum > width) {
            rest = before;
            break;
        }
    }
    return (str){text.p, text.n - rest.n};
}

static void put_cut(struct pen *p, enum ink ink, unsigned width, str text)
{
    const str dots = STR("…");
    unsigned room = canvas_width_of(p->canvas, dots);
    unsigned end = p->column + width;
    pen_text(p, ink, beginning(p->canvas, text, width > room ? width - room : 0));
    if (width >= room)
        pen_text(p, ink, dots);
    while (p->column < end)
        pen_text(p, PLAIN, STR(" "));
}

void pen_cell(struct pen *p, enum ink ink, enum align align, unsigned width, str text)
{
    unsigned left = pen_left(p), has = canvas_width_of(p->canvas, text);
    width = width < left ? width : left;
    if (has > width) {
        put_cut(p, ink, width, text);
        return;
    }
    if (align == RIGHT)
        pen_printf(p, PLAIN, "%*s", (int)(width - has), "");
    pen_text(p, ink, text);
    if (align == LEFT)
        pen_printf(p, PLAIN, "%*s", (int)(width - has), "");
}

void pen_rest(struct pen *p, enum ink ink, str text)
{
    struct buf clean = {0};
    page_clean(&clean, text);
    pen_cell(p, ink, LEFT, pen_left(p), buf_view(&clean));
    buf_free(&clean);
}
