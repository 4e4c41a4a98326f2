/* The verdict as it would be now: its sentences, those against the run first. */
#include "base/utf8.h"
#include "term/blocks.h"

enum { MARGIN = 1, SIGN = 2 }; /* columns before a sentence, and of what stands there */

/* The words that fit a line of so many columns; *text is what is left. A word that is longer is cut
 * by the canvas. */
static str take_line(str *text, unsigned columns)
{
    str line = {text->p, 0}, rest = *text, word;
    while (str_next(&rest, ' ', &word)) {
        str longer = {line.p, (size_t)(word.p + word.n - line.p)};
        if (line.n && utf8_count(longer) > columns)
            break;
        line = longer;
    }
    *text = str_skip(*text, line.n < text->n ? line.n + 1 : line.n);
    return line;
}

static unsigned columns_of(unsigned width)
{
    return width > MARGIN + SIGN + 1 ? width - MARGIN - SIGN : 1;
}

static unsigned lines_of(const char (*list)[240], unsigned n, unsigned width)
{
    unsigned sum = 0;
    for (unsigned i = 0; i < n; i++)
        for (str text = str_from(list[i]); text.n; sum++)
            take_line(&text, columns_of(width));
    return sum;
}

static unsigned verdict_rows(const struct model *m)
{
    const struct verdict *v = &m->standing.verdict;
    unsigned n =
        lines_of(v->reasons, v->n_reasons, m->width) + lines_of(v->notes, v->n_notes, m->width);
    return n ? n + 1 : 0;
}

/* The line behind them. */
static unsigned draw_sentences(struct canvas *c, struct area a, unsigned line, enum ink ink,
                               const char (*list)[240], unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        bool first = true;
        for (str text = str_from(list[i]); text.n && line < a.height; line++) {
            struct pen p = pen_at(c, a, line);
            str words = take_line(&text, columns_of(a.width));
            pen_printf(&p, ink, "%*s%-*s", MARGIN, "", SIGN, first ? "-" : "");
            pen_rest(&p, ink, words);
            first = false;
        }
    }
    return line;
}

static void draw_verdict(struct model *m, struct canvas *c, struct area a)
{
    static const char *const titles[] = {"Verdict so far: VALID", "Verdict so far: DEGRADED",
                                         "Verdict so far: INVALID"};
    const struct verdict *v = &m->standing.verdict;
    enum ink ink = v->validity == RUN_INVALID ? RED : YELLOW;
    block_title(c, a, titles[v->validity]);
    unsigned line = draw_sentences(c, a, 1, ink, v->reasons, v->n_reasons);
    draw_sentences(c, a, line, PLAIN, v->notes, v->n_notes);
}

const struct block block_verdict = {
    .rank = 6, .least = 2, .rows = verdict_rows, .draw = draw_verdict};
