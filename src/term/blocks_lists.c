/* Checks, thresholds as they stand, what happened, and what weir had to say. */
#include "base/units.h"
#include "report/check_rows.h"
#include "report/threshold_words.h"
#include "term/blocks.h"

enum { MOST_LINES = 6, COUNT = 12 };

static void draw_mark(struct pen *p, bool good)
{
    pen_text(p, good ? GREEN : RED, good ? STR(" ✓") : STR(" ✗"));
    while (p->column < 4 && pen_left(p))
        pen_text(p, PLAIN, STR(" ")); /* in ASCII they are wider */
    pen_text(p, PLAIN, STR(" "));
}

/* ---- checks ---- */

static unsigned checks_rows(const struct model *m)
{
    struct check_rows rows = check_rows_of(&m->all);
    unsigned n = rows.n ? 1 + (unsigned)(rows.n < 1000 ? rows.n : 1000) : 0;
    check_rows_free(&rows);
    return n;
}

static void draw_check(struct pen *p, const struct check_row *r)
{
    struct buf name = {0};
    unsigned width = pen_left(p) > 2 * COUNT + 20 ? pen_left(p) - 2 * COUNT - 16 : 0;
    page_clean(&name, r->name);
    draw_mark(p, r->failed == 0);
    if (width)
        pen_cell(p, PLAIN, LEFT, width, buf_view(&name));
    pen_cell(p, PLAIN, RIGHT, COUNT, str_from(human_count(r->passed).text));
    pen_cell(p, r->failed ? RED : DIM, RIGHT, COUNT, str_from(human_count(r->failed).text));
    pen_text(p, DIM, STR(" failed "));
    if (!width)
        pen_text(p, PLAIN, buf_view(&name));
    buf_free(&name);
}

/* Those that failed first, for there may be no room for all. */
static void draw_checks(struct model *m, struct canvas *c, struct area a)
{
    struct check_rows rows = check_rows_of(&m->all);
    unsigned line = 1;
    block_title(c, a, "Checks");
    for (int good = 0; good < 2; good++)
        for (size_t i = 0; i < rows.n && line < a.height; i++) {
            struct pen p = pen_at(c, a, line);
            if ((rows.list[i].failed == 0) != good)
                continue;
            draw_check(&p, &rows.list[i]);
            line++;
        }
    check_rows_free(&rows);
}

const struct block block_checks = {
    .rank = 12, .least = 2, .rows = checks_rows, .draw = draw_checks};

/* ---- thresholds ---- */

static unsigned thresholds_rows(const struct model *m)
{
    return m->standing.verdict.n_thresholds ? m->standing.verdict.n_thresholds + 1 : 0;
}

static void draw_threshold(struct pen *p, const struct threshold_result *t)
{
    struct buf text = {0};
    if (t->has_value)
        draw_mark(p, t->passed);
    else
        pen_text(p, PLAIN, STR("     "));
    buf_printf(&text, STR_FMT "  ", STR_ARG(t->expr));
    threshold_words(t, &text);
    pen_rest(p, t->has_value && !t->passed ? RED : PLAIN, buf_view(&text));
    buf_free(&text);
}

static void draw_thresholds(struct model *m, struct canvas *c, struct area a)
{
    const struct verdict *v = &m->standing.verdict;
    unsigned line = 1;
    block_title(c, a, "Thresholds");
    for (int good = 0; good < 2; good++)
        for (unsigned i = 0; i < v->n_thresholds && line < a.height; i++) {
            struct pen p = pen_at(c, a, line);
            if (v->thresholds[i].passed != good)
                continue;
            draw_threshold(&p, &v->thresholds[i]);
            line++;
        }
}

const struct block block_thresholds = {
    .rank = 10, .least = 2, .rows = thresholds_rows, .draw = draw_thresholds};

/* ---- what happened ---- */

static unsigned lines_rows(const struct lines *l)
{
    return l->n ? 1 + (l->n < MOST_LINES ? l->n : MOST_LINES) : 0;
}

static unsigned events_rows(const struct model *m)
{
    return lines_rows(&m->events);
}

static unsigned messages_rows(const struct model *m)
{
    return lines_rows(&m->messages);
}

static unsigned first_shown(const struct lines *l, struct area a)
{
    return l->n > a.height - 1 ? l->n - (a.height - 1) : 0;
}

static void draw_events(struct model *m, struct canvas *c, struct area a)
{
    const struct lines *l = &m->events;
    unsigned first = first_shown(l, a);
    block_title(c, a, "Events");
    for (unsigned i = first; i < l->n; i++) {
        struct pen p = pen_at(c, a, 1 + i - first);
        pen_cell(&p, DIM, RIGHT, 8, str_from(block_moment(l->list[i].at_ns).text));
        pen_text(&p, PLAIN, STR("  "));
        pen_rest(&p, PLAIN, str_from(l->list[i].text));
    }
}

static void draw_messages(struct model *m, struct canvas *c, struct area a)
{
    const struct lines *l = &m->messages;
    unsigned first = first_shown(l, a);
    block_title(c, a, "Messages");
    for (unsigned i = first; i < l->n; i++) {
        struct pen p = pen_at(c, a, 1 + i - first);
        pen_text(&p, PLAIN, STR(" "));
        pen_rest(&p, YELLOW, str_from(l->list[i].text));
    }
}

const struct block block_events = {
    .rank = 11, .least = 2, .rows = events_rows, .draw = draw_events};
const struct block block_messages = {
    .rank = 5, .least = 2, .rows = messages_rows, .draw = draw_messages};
