/* term/canvas.h: a screen in memory: cells that hold a character and its ink. Layout writes it, the
 * painter copies it to a terminal, tests read it. Pure but for wcwidth, which asks the locale
 * (LC_CTYPE) how wide a character is. */
#ifndef WEIR_TERM_CANVAS_H
#define WEIR_TERM_CANVAS_H

#include <wchar.h>

#include "report/page.h"

enum { CELL_MARKS = 2 }; /* combining characters that a cell keeps; more are left out */

struct cell {
    wchar_t
        text[CELL_MARKS + 2]; /* a character, its marks, 0; empty: the right half of a wide one */
    uint8_t ink;              /* enum ink */
};

struct canvas {
    unsigned width, height;
    bool utf8;          /* false: ASCII only */
    struct cell *cells; /* by rows */
};

/* Starts as {0}. Blank, of that size; keeps its memory where it can. */
void canvas_clear(struct canvas *c, unsigned width, unsigned height, bool utf8);
void canvas_free(struct canvas *c);
struct cell *canvas_at(const struct canvas *c, unsigned row, unsigned column);

/* A row's text without trailing spaces, appended: what a reader sees. */
void canvas_row(const struct canvas *c, unsigned row, struct buf *out);

/* A part of a canvas. */
struct area {
    unsigned row, column, height, width;
};

/* Writes along a row, never beyond its end. */
struct pen {
    struct canvas *canvas;
    unsigned row, column, end; /* next cell, and the one behind the last */
};

/* On line 0, 1, … of the area; one beyond its end writes nothing. */
struct pen pen_at(struct canvas *c, struct area a, unsigned line);

/* UTF-8, harmless: text of unknown origin has been through page_clean. What does not fit is not
 * written. */
void pen_text(struct pen *p, enum ink ink, str text);
void pen_printf(struct pen *p, enum ink ink, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* In a column: filled up, or cut with "…" so that it is `width` wide. */
void pen_cell(struct pen *p, enum ink ink, enum align align, unsigned width, str text);
/* The rest of the row, cut likewise; cleaned first: for text of unknown origin. */
void pen_rest(struct pen *p, enum ink ink, str text);

unsigned pen_left(const struct pen *p); /* cells up to the end */

/* Cells that the text takes. */
unsigned canvas_width_of(const struct canvas *c, str text);

#endif
