/* report/page.h: text for people: paint, columns, and names that cannot harm a terminal. Composed
 * in UTF-8 in memory; turned into ASCII on the way out where the reader's locale has no UTF-8. One
 * thread. */
#ifndef WEIR_REPORT_PAGE_H
#define WEIR_REPORT_PAGE_H

#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"

/* What is written on, and what it can show. */
struct paper {
    FILE *out; /* the caller's */
    bool terminal;
    bool color;
    bool utf8;
    unsigned width; /* columns, 80..120 */
};

/* Looks at the terminal and the environment (TERM, LC_ALL, LC_CTYPE, LANG). */
struct paper paper_of(FILE *out, bool no_color);

enum ink {
    PLAIN,
    BOLD,
    DIM,
    GREEN,
    YELLOW,
    RED,
    BOLD_GREEN,
    BOLD_YELLOW,
    BOLD_RED,
    INKS,
};

enum align { LEFT, RIGHT };

/* Starts as {.paper = …}. */
struct page {
    struct paper paper;
    struct buf text;
};

void page_text(struct page *p, enum ink ink, str text);
void page_printf(struct page *p, enum ink ink, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Text in a column: filled up with spaces, or cut ("GET /very/lo…") so that it is `width` wide. */
void page_cell(struct page *p, enum ink ink, enum align align, unsigned width, str text);

/* "  label      " as every line of a summary starts; empty for the next lines of the same block. */
void page_label(struct page *p, const char *label);
enum { PAGE_INDENT = 13 }; /* columns that it takes */

/* A long text, broken before the paper's edge behind a separator, which ends with a space: " " for
 * words, ", " for a list. Further lines start at PAGE_INDENT, where the first one starts too. Ends
 * the line. */
void page_wrapped(struct page *p, enum ink ink, str separator, str text);

/* Text of unknown origin as it may be shown: control characters, whatever turns the direction of
 * writing, and bytes that are no UTF-8 are shown as escapes ("\x1b"). */
void page_clean(struct buf *out, str text);

/* What stands for a character beyond ASCII where there is no UTF-8: "u" for "µ"; "?" for what is
 * not weir's own. */
str page_ascii(str character);

/* Writes the page out and empties it. False: it could not be written, with the reason (ERR_RUN). */
bool page_write(struct page *p, struct err *e);

#endif
