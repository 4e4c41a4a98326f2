/* What runs and how far it is; the stages; the keys. */
#include <math.h>

#include "base/clock.h"
#include "base/units.h"
#include "engine/conclude.h"
#include "term/blocks.h"
#include "term/gauge.h"

enum { RULE = 2 }; /* columns before a title */

/* ---- what blocks share ---- */

static void rule(struct pen *p, unsigned columns)
{
    for (unsigned i = 0; i < columns; i++)
        pen_text(p, DIM, p->canvas->utf8 ? STR("─") : STR("-"));
}

void block_title(struct canvas *c, struct area a, const char *title)
{
    struct pen p = pen_at(c, a, 0);
    rule(&p, RULE);
    if (*title)
        pen_printf(&p, BOLD, " %s ", title);
    rule(&p, pen_left(&p));
}

struct area block_body(struct area a)
{
    return (struct area){a.row + 1, a.column, a.height - 1, a.width};
}

struct human block_moment(uint64_t ns)
{
    uint64_t s = ns / NS_PER_S;
    return s ? human_duration(s * NS_PER_S) : (struct human){"0s"};
}

struct human block_time(double ns)
{
    return isnan(ns) ? (struct human){"-"} : human_time(ns / 1e9);
}

/* ---- head ---- */

static enum ink ink_of(enum control_phase p)
{
    return p == CONTROL_RUNNING ? BOLD_GREEN : BOLD_YELLOW;
}

/* "12s of 30s": how long it has been running, and will. */
static void add_clock(const struct model *m, struct buf *out)
{
    uint64_t length = m->now.length_ns;
    buf_printf(out, "%s", block_moment(m->now.at_ns).text);
    if (length != UINT64_MAX)
        buf_printf(out, " of %s", human_duration(length).text);
}

static void draw_first(const struct model *m, struct canvas *c, struct area a)
{
    struct pen p = pen_at(c, a, 0);
    struct buf clock = {0};
    add_clock(m, &clock);
    pen_printf(&p, ink_of(m->now.phase), " %s", control_phase_name(m->now.phase));
    pen_printf(&p, BOLD, " " STR_FMT " ", STR_ARG(buf_view(&clock)));
    pen_printf(&p, BOLD, " weir %s ", m->info->plan->command);
    pen_rest(&p, PLAIN, str_from(m->info->target));
    buf_free(&clock);
}

static void draw_second(const struct model *m, struct canvas *c, struct area a)
{
    struct pen p = pen_at(c, a, 1);
    const struct plan *plan = m->info->plan;
    struct buf text = {0};
    for (unsigned i = 0; i < plan->n_loads; i++) {
        const struct load *l = &plan->loads[i];
        buf_str(&text, i ? STR("; ") : STR(""));
        if (l->name.n)
            buf_printf(&text, STR_FMT ": ", STR_ARG(l->name));
        if (plan->reads)
            buf_str(&text, str_from(m->info->reading));
        else
            profile_describe(&l->profile, m->words->user, m->words->users, &text);
    }
    pen_printf(&p, DIM, " %u thread%s, %s  ", plan->threads, plan->threads == 1 ? "" : "s",
               m->info->loop ? m->info->loop : "");
    pen_rest(&p, DIM, buf_view(&text));
    buf_free(&text);
}

static unsigned head_rows(const struct model *m)
{
    (void)m;
    return 2;
}

static void draw_head(struct model *m, struct canvas *c, struct area a)
{
    draw_first(m, c, a);
    draw_second(m, c, a);
}

const struct block block_head = {.rank = 0, .least = 1, .rows = head_rows, .draw = draw_head};

/* ---- stages ---- */

static unsigned stages_rows(const struct model *m)
{
    unsigned n = 0;
    for (unsigned i = 0; i < m->info->plan->n_loads && !m->info->plan->reads; i++)
        n += m->info->plan->loads[i].profile.n;
    return n;
}

static double done_of(const struct model *m, unsigned load)
{
    if (load >= m->all.books.n)
        return 0;
    const struct iteration_book *b = &m->all.books.list[load];
    return (double)(b->completed + b->script_error + b->interrupted);
}

/* How far stage i is, which begins at begin_ns: 0..1; NAN: it has no end. */
static double share_done(const struct model *m, unsigned load, unsigned i, uint64_t begin_ns)
{
    const struct load *l = &m->info->plan->loads[load];
    uint64_t length = l->profile.stages[i].duration_ns;
    double share = (double)NAN, now = (double)m->now.at_ns;
    if (length == 0)
        return now >= (double)begin_ns && m->now.phase >= CONTROL_RUNNING ? 1 : 0;
    if (length != UINT64_MAX)
        share = (now - (double)begin_ns) / (double)length;
    if (l->count != UINT64_MAX && l->profile.n == 1)
        share = fmax(share, done_of(m, load) / (double)l->count); /* whichever ends first */
    return share < 0 ? 0 : share > 1 ? 1 : share;
}

/* A row of the list: one stage of a load. */
struct stage_row {
    unsigned load, stage;
    uint64_t begin_ns;
};

static bool row_at(const struct plan *p, unsigned row, struct stage_row *out)
{
    for (out->load = 0; out->load < p->n_loads; out->load++) {
        const struct profile *profile = &p->loads[out->load].profile;
        out->begin_ns = 0;
        for (out->stage = 0; out->stage < profile->n; out->stage++) {
            if (row-- == 0)
                return true;
            out->begin_ns += profile->stages[out->stage].duration_ns;
        }
    }
    return false;
}

static void draw_stage(const struct model *m, struct pen *p, struct stage_row r)
{
    const struct load *l = &m->info->plan->loads[r.load];
    struct profile one = {l->profile.model, &l->profile.stages[r.stage], 1};
    double share = share_done(m, r.load, r.stage, r.begin_ns);
    bool now = !(share <= 0 || share >= 1);
    unsigned name = pen_left(p) / 3;
    struct buf text = {0}, clean = {0};
    if (l->name.n)
        buf_printf(&text, STR_FMT ": ", STR_ARG(l->name));
    if (l->profile.n > 1)
        buf_printf(&text, "%u/%u ", r.stage + 1, l->profile.n);
    profile_describe(&one, m->words->user, m->words->users, &text);
    page_clean(&clean, buf_view(&text));
    pen_text(p, PLAIN, STR(" "));
    pen_cell(p, now ? PLAIN : DIM, LEFT, name, buf_view(&clean));
    pen_text(p, PLAIN, STR(" "));
    if (!isnan(share) && pen_left(p) > 7) {
        gauge_bar(p, now ? GREEN : DIM, pen_left(p) - 6, share, true);
        pen_printf(p, now ? PLAIN : DIM, "%4.0f %%", floor(100 * share));
    }
    buf_free(&text);
    buf_free(&clean);
}

/* The first stage that is not over. */
static unsigned row_of_now(const struct model *m, unsigned n)
{
    struct stage_row r;
    for (unsigned i = 0; i < n; i++)
        if (row_at(m->info->plan, i, &r) && !(share_done(m, r.load, r.stage, r.begin_ns) >= 1))
            return i;
    return n - 1;
}

static void draw_stages(struct model *m, struct canvas *c, struct area a)
{
    unsigned n = stages_rows(m), now = row_of_now(m, n), first = 0;
    if (n > a.height && now >= a.height / 2)
        first = now - a.height / 2 < n - a.height ? now - a.height / 2 : n - a.height;
    for (unsigned i = 0; i < a.height; i++) {
        struct stage_row r;
        struct pen p = pen_at(c, a, i);
        if (row_at(m->info->plan, first + i, &r))
            draw_stage(m, &p, r);
    }
}

const struct block block_stages = {.rank = 4, .least = 1, .rows = stages_rows, .draw = draw_stages};

/* ---- keys ---- */

static void add_key(struct pen *p, bool there, const char *key, const char *what)
{
    if (!there)
        return;
    pen_printf(p, BOLD, " %s", key);
    pen_printf(p, DIM, " %s ", what);
}

static unsigned keys_rows(const struct model *m)
{
    return m->keys;
}

static void draw_keys(struct model *m, struct canvas *c, struct area a)
{
    struct pen p = pen_at(c, a, 0);
    const bool *can = m->now.can;
    add_key(&p, can[ORDER_START], "s", "start");
    add_key(&p, true, "q", m->now.phase == CONTROL_DRAINING ? "end now" : "stop");
    add_key(&p, can[ORDER_PAUSE], "p", "pause");
    add_key(&p, can[ORDER_RESUME], "p", "go on");
    add_key(&p, can[ORDER_CHANGE], "+ -", m->open ? "rate" : m->words->users);
    add_key(&p, can[ORDER_MARK], "m", "mark");
    add_key(&p, m->all.n_timed > 1, c->utf8 ? "↑↓" : "arrows", "series");
    add_key(&p, true, "?", "help");
}

const struct block block_keys = {.rank = 5, .least = 1, .rows = keys_rows, .draw = draw_keys};
