/* The order of the blocks from top to bottom, and the rows that each gets. */
#include "term/layout.h"

#include "term/blocks.h"

/* From so many columns on, blocks stand beside each other. */
enum { TWO_COLUMNS = 76, MOST_BLOCKS = 16, FEW_ROWS = 6 };

static const struct block *const blocks[] = {
    &block_head,         &block_stages,  &block_rate,   &block_times,    &block_state,
    &block_distribution, &block_fates,   &block_causes, &block_series,   &block_checks,
    &block_thresholds,   &block_verdict, &block_events, &block_messages,
};

enum { BLOCKS = sizeof blocks / sizeof *blocks };

static unsigned smaller(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* The next in rank behind (rank, i); n: none. */
static unsigned next_by_rank(const struct wish *w, unsigned n, unsigned after)
{
    unsigned best = n;
    for (unsigned i = 0; i < n; i++) {
        bool behind =
            after == n || w[i].rank > w[after].rank || (w[i].rank == w[after].rank && i > after);
        if (behind && (best == n || w[i].rank < w[best].rank))
            best = i;
    }
    return best;
}

unsigned layout_divide(const struct wish *wishes, unsigned n, unsigned height, unsigned *rows)
{
    unsigned left = height;
    for (unsigned i = next_by_rank(wishes, n, n); i < n; i = next_by_rank(wishes, n, i)) {
        rows[i] = wishes[i].most && wishes[i].least <= left ? wishes[i].least : 0;
        left -= rows[i];
    }
    for (bool given = true; given && left;) {
        given = false;
        for (unsigned i = next_by_rank(wishes, n, n); i < n && left;
             i = next_by_rank(wishes, n, i)) {
            if (rows[i] == 0 || rows[i] == wishes[i].most)
                continue;
            rows[i]++;
            left--;
            given = true;
        }
    }
    return height - left;
}

static struct wish wish_of(const struct block *b, const struct model *m)
{
    unsigned most = b->rows(m);
    return (struct wish){smaller(b->least, most), most, b->rank};
}

/* Blocks one below the other. */
static void draw_column(struct model *m, struct canvas *c, struct area a,
                        const struct block *const *list, unsigned n)
{
    struct wish wishes[MOST_BLOCKS] = {{0}};
    unsigned rows[MOST_BLOCKS];
    for (unsigned i = 0; i < n; i++)
        wishes[i] = wish_of(list[i], m);
    layout_divide(wishes, n, a.height, rows);
    for (unsigned i = 0; i < n; i++) {
        if (rows[i])
            list[i]->draw(m, c, (struct area){a.row, a.column, rows[i], a.width});
        a.row += rows[i];
    }
}

static unsigned of_side(enum side side, const struct block **list)
{
    unsigned n = 0;
    for (unsigned i = 0; i < BLOCKS; i++)
        if (blocks[i]->side == side)
            list[n++] = blocks[i];
    return n;
}

/* Together, as one below the other. */
static struct wish wish_of_side(const struct model *m, enum side side)
{
    const struct block *list[MOST_BLOCKS];
    struct wish sum = {0, 0, UINT32_MAX};
    unsigned n = of_side(side, list);
    for (unsigned i = 0; i < n; i++) {
        struct wish w = wish_of(list[i], m);
        sum.most += w.most;
        if (w.most && w.rank < sum.rank) {
            sum.rank = w.rank;
            sum.least = w.least;
        }
    }
    return sum;
}

/* What stands left and right, as if it were a block. */
static struct wish wish_of_both(const struct model *m)
{
    struct wish l = wish_of_side(m, SIDE_LEFT), r = wish_of_side(m, SIDE_RIGHT);
    return (struct wish){l.least > r.least ? l.least : r.least, l.most > r.most ? l.most : r.most,
                         smaller(l.rank, r.rank)};
}

static void draw_both(struct model *m, struct canvas *c, struct area a)
{
    const struct block *list[MOST_BLOCKS];
    unsigned left = (a.width - 2) / 2;
    unsigned n = of_side(SIDE_LEFT, list);
    draw_column(m, c, (struct area){a.row, a.column, a.height, left}, list, n);
    n = of_side(SIDE_RIGHT, list);
    draw_column(m, c, (struct area){a.row, a.column + left + 2, a.height, a.width - left - 2}, list,
                n);
}

/* Whole blocks, and in their middle those beside each other. */
static void draw_wide(struct model *m, struct canvas *c, struct area a)
{
    struct wish wishes[MOST_BLOCKS] = {{0}};
    const struct block *list[MOST_BLOCKS]; /* NULL: those of both sides */
    unsigned rows[MOST_BLOCKS], n = 0;
    bool sides = false;
    for (unsigned i = 0; i < BLOCKS; i++) {
        bool whole = blocks[i]->side == SIDE_WHOLE;
        if (!whole && sides)
            continue;
        sides = sides || !whole;
        list[n] = whole ? blocks[i] : NULL;
        wishes[n++] = whole ? wish_of(blocks[i], m) : wish_of_both(m);
    }
    layout_divide(wishes, n, a.height, rows);
    for (unsigned i = 0; i < n; i++) {
        struct area own = {a.row, a.column, rows[i], a.width};
        if (rows[i] && list[i])
            list[i]->draw(m, c, own);
        else if (rows[i])
            draw_both(m, c, own);
        a.row += rows[i];
    }
}

/* ---- help ---- */

static void blank(struct canvas *c, struct area a)
{
    for (unsigned i = 0; i < a.height; i++) {
        struct pen p = pen_at(c, a, i);
        pen_printf(&p, PLAIN, "%*s", (int)pen_left(&p), "");
    }
}

static void draw_help(const struct model *m, struct canvas *c)
{
    const struct {
        bool there;
        const char *key, *what;
    } keys[] = {
        {m->now.can[ORDER_START], "s", "start the load"},
        {true, "q, Ctrl-C", "stop: no new starts, then the summary; again: at once"},
        {m->now.can[ORDER_PAUSE] || m->now.can[ORDER_RESUME], "p", "pause, and go on"},
        {m->now.can[ORDER_CHANGE], "+ and -", "a tenth more load from now on, or less"},
        {m->now.can[ORDER_MARK], "m", "mark this moment"},
        {true, "arrows, PgUp, PgDn", "scroll the series"},
        {true, "Ctrl-L", "draw anew"},
        {true, "any key", "close this"},
    };
    enum { KEYS = sizeof keys / sizeof *keys, WIDE = 76 };
    unsigned line = 0, rows = 2;
    for (unsigned i = 0; i < KEYS; i++)
        rows += keys[i].there;
    struct area a = {c->height > rows + 4 ? 2 : 0, c->width > WIDE + 4 ? 2 : 0,
                     smaller(rows, c->height), smaller(WIDE, c->width)};
    blank(c, a);
    block_title(c, a, "Keys");
    for (unsigned i = 0; i < KEYS; i++) {
        struct pen p = pen_at(c, a, line + 1);
        if (!keys[i].there)
            continue;
        pen_text(&p, PLAIN, STR("  "));
        pen_cell(&p, BOLD, LEFT, 20, str_from(keys[i].key));
        pen_rest(&p, PLAIN, str_from(keys[i].what));
        line++;
    }
    a.row += line + 1;
    a.height = line + 2 <= a.height ? 1 : 0;
    block_title(c, a, "");
}

void layout_draw(struct model *m, struct canvas *c)
{
    struct area a = {0, 0, c->height, c->width};
    m->width = c->width;
    if (c->height >= FEW_ROWS && m->keys) {
        block_keys.draw(m, c, (struct area){c->height - 1, 0, 1, c->width});
        a.height--;
    }
    if (a.width >= TWO_COLUMNS)
        draw_wide(m, c, a);
    else
        draw_column(m, c, a, blocks, BLOCKS);
    if (m->help)
        draw_help(m, c);
}
