/* A comparison for people: both runs, what makes them different, the figures of series in which
 * something is to be seen, what is no chance as a sentence each, and the verdict, which stands
 * last. */
#include <math.h>

#include "base/clock.h"
#include "base/units.h"
#include "report/compare.h"
#include "report/text_blocks.h"

enum { MOST_SENTENCES = 20, MOST_SERIES = 50, MOST_NAMES = 10 };

/* ---- both runs ---- */

static void add_clean(struct page *p, enum ink ink, str text)
{
    struct buf clean = {0};
    page_clean(&clean, text);
    page_text(p, ink, buf_view(&clean));
    buf_free(&clean);
}

/* The lines of a load, of which there may be several, each on its own. */
static void add_load(struct page *p, str load)
{
    for (str line; str_next(&load, '\n', &line);) {
        page_label(p, "");
        add_clean(p, PLAIN, line);
        page_text(p, PLAIN, STR("\n"));
    }
}

static void add_run(struct page *p, const char *label, const struct compare_run *r, str load)
{
    const struct run_info *info = r->recorded.info;
    char started[32];
    clock_rfc3339(info->started_wall_ns, started);
    page_label(p, label);
    add_clean(p, BOLD, str_from(r->recorded.db.path));
    page_printf(p, DIM, " · %.19s · weir %s\n", started, info->plan->command);
    page_label(p, "");
    add_clean(p, PLAIN, str_from(info->target));
    page_text(p, PLAIN, STR("\n"));
    add_load(p, load);
}

static void add_settings(struct page *p, const struct comparison *c)
{
    for (size_t i = 0; i < c->n_settings; i++) {
        const struct compare_setting *s = &c->settings[i];
        page_label(p, i == 0 ? "differ" : "");
        add_clean(p, PLAIN, s->name);
        page_text(p, DIM, STR("  "));
        add_clean(p, PLAIN, s->a);
        page_text(p, DIM, STR("  →  "));
        add_clean(p, PLAIN, s->b);
        page_text(p, PLAIN, STR("\n"));
    }
}

/* On a line of its own. */
static void add_series(struct page *p, const struct series *s, unsigned width)
{
    text_series_name(p, s, width);
    while (p->text.n && p->text.p[p->text.n - 1] == ' ')
        p->text.n--;
    page_text(p, PLAIN, STR("\n"));
}

static void add_names(struct page *p, const char *label, const struct series *const *list, size_t n)
{
    for (size_t i = 0; i < n && i < MOST_NAMES; i++) {
        page_label(p, i == 0 ? label : "");
        add_series(p, list[i], p->paper.width - PAGE_INDENT);
    }
    if (n > MOST_NAMES) {
        page_label(p, "");
        page_printf(p, DIM, "and %zu more\n", n - MOST_NAMES);
    }
}

static void add_warnings(struct page *p, const struct comparison *c)
{
    for (unsigned i = 0; i < c->n_warnings; i++) {
        struct buf clean = {0};
        page_clean(&clean, c->warnings[i]);
        page_label(p, i == 0 ? "warning" : "");
        page_wrapped(p, YELLOW, STR(" "), buf_view(&clean));
        buf_free(&clean);
    }
    add_settings(p, c);
    add_names(p, "only in A", c->only_a, c->n_only_a);
    add_names(p, "only in B", c->only_b, c->n_only_b);
}

/* ---- figures ---- */

static struct human value_words(enum compare_figure f, double v)
{
    struct human h = {"-"};
    if (isnan(v))
        return h;
    if (f == COMPARE_RATE)
        return human_rate(v);
    if (f != COMPARE_FAILED)
        return human_time(v);
    snprintf(h.text, sizeof h.text, "%.3g %%", 100 * v);
    return h;
}

/* "+12.3", in percent or, of shares, in points of percent. */
static struct human percent_words(double v)
{
    struct human h;
    snprintf(h.text, sizeof h.text, fabs(v) < 0.9995 ? "%+.1f" : "%+.0f", 100 * v);
    return h;
}

static const char *outcome_words(enum compare_figure f, const struct compare_result *r)
{
    bool better = r->outcome == COMPARE_BETTER;
    switch (r->outcome) {
    case COMPARE_NONE:
        return "too few to tell";
    case COMPARE_UNJUDGED:
        return "asked for otherwise";
    case COMPARE_SAME:
        return "same";
    case COMPARE_UNDECIDED:
        return "cannot tell";
    default:
        break;
    }
    if (f == COMPARE_RATE)
        return better ? "higher" : "lower";
    if (f == COMPARE_FAILED)
        return better ? "fewer fail" : "more fail";
    return better ? "faster" : "slower";
}

static enum ink outcome_ink(enum compare_outcome o)
{
    static const enum ink inks[COMPARE_OUTCOMES] = {
        [COMPARE_NONE] = DIM,      [COMPARE_UNJUDGED] = DIM, [COMPARE_SAME] = PLAIN,
        [COMPARE_UNDECIDED] = DIM, [COMPARE_BETTER] = GREEN, [COMPARE_WORSE] = RED};
    return inks[o];
}

static void add_figure(struct page *p, enum compare_figure f, const struct compare_result *r)
{
    const char *unit = compare_kinds[f].share ? "pt" : "%";
    struct human a = value_words(f, r->a), b = value_words(f, r->b);
    struct buf difference = {0}, interval = {0};
    if (isfinite(r->difference)) {
        buf_printf(&difference, "%s %s", percent_words(r->difference).text, unit);
        buf_printf(&interval, "%s .. %s %s", percent_words(r->low).text,
                   percent_words(r->high).text, unit);
    }
    page_text(p, PLAIN, STR("    "));
    page_cell(p, PLAIN, LEFT, 8, str_from(compare_kinds[f].name));
    page_cell(p, PLAIN, RIGHT, 12, str_from(a.text));
    page_cell(p, PLAIN, RIGHT, 12, str_from(b.text));
    page_cell(p, outcome_ink(r->outcome), RIGHT, 12, buf_view(&difference));
    page_cell(p, PLAIN, RIGHT, 20, buf_view(&interval));
    page_printf(p, outcome_ink(r->outcome), "  %s\n", outcome_words(f, r));
    buf_free(&difference);
    buf_free(&interval);
}

static bool is_shown(const struct comparison *c, const struct compare_pair *pair)
{
    bool shown = c->n_pairs == 1;
    for (unsigned f = 0; f < COMPARE_FIGURES; f++)
        shown |= pair->results[f].outcome >= COMPARE_BETTER;
    return shown;
}

static void add_pair(struct page *p, const struct compare_pair *pair)
{
    page_text(p, PLAIN, STR("  "));
    add_series(p, pair->series, p->paper.width - 2);
    for (enum compare_figure f = 0; f < COMPARE_FIGURES; f++)
        add_figure(p, f, &pair->results[f]);
}

static void add_table(struct page *p, const struct comparison *c)
{
    size_t shown = 0, left = 0;
    page_printf(p, DIM, "  %-10s%12s%12s%12s%20s\n", "", "A", "B", "difference", "95 % interval");
    for (size_t i = 0; i < c->n_pairs; i++)
        if (is_shown(c, &c->pairs[i]) && shown++ < MOST_SERIES)
            add_pair(p, &c->pairs[i]);
    left = c->n_pairs - shown;
    if (shown > MOST_SERIES)
        page_printf(p, DIM, "  and %zu more: --json has them all\n", shown - MOST_SERIES);
    if (left)
        page_printf(p, DIM, "  %s%zu series in which no difference was found: --json has them\n",
                    shown ? "and " : "", left);
    page_text(p, PLAIN, STR("\n"));
}

/* ---- in words ---- */

/* "12 % slower (95 % CI 8..16 %)": sizes without their sign, in the direction of the word. */
static void add_sentence(struct page *p, const struct compare_pair *pair, enum compare_figure f)
{
    const struct compare_result *r = &pair->results[f];
    bool share = compare_kinds[f].share, less = r->difference < 0;
    double near = less ? -r->high : r->low, far = less ? -r->low : r->high;
    const char *word = share ? (less ? "lower" : "higher") : outcome_words(f, r);
    page_text(p, PLAIN, STR("  '"));
    add_clean(p, PLAIN, pair->series->name);
    page_printf(p, PLAIN, "' %s is ", share ? "failed share" : compare_kinds[f].name);
    page_printf(p, outcome_ink(r->outcome), "%.2g %s %s", 100 * fabs(r->difference),
                share ? "points" : "%", word);
    page_printf(p, PLAIN, " (95 %% CI %.2g..%.2g %s)\n", 100 * near, 100 * far,
                share ? "points" : "%");
}

static void add_sentences(struct page *p, const struct comparison *c)
{
    size_t n = c->outcomes[COMPARE_WORSE] + c->outcomes[COMPARE_BETTER], told = 0;
    for (size_t i = 0; i < c->n_pairs; i++)
        for (enum compare_figure f = 0; f < COMPARE_FIGURES; f++)
            if (c->pairs[i].results[f].outcome >= COMPARE_BETTER && told++ < MOST_SENTENCES)
                add_sentence(p, &c->pairs[i], f);
    if (told > MOST_SENTENCES)
        page_printf(p, DIM, "  and %zu more\n", told - MOST_SENTENCES);
    page_text(p, PLAIN, n ? STR("\n") : STR(""));
}

static void add_verdict(struct page *p, const struct comparison *c)
{
    size_t worse = c->outcomes[COMPARE_WORSE], better = c->outcomes[COMPARE_BETTER];
    size_t unsure = c->outcomes[COMPARE_UNDECIDED];
    bool sure = c->compared > 0 && unsure == 0;
    if (worse)
        page_text(p, BOLD_RED, STR("WORSE"));
    else
        page_text(p, BOLD_GREEN, better ? STR("BETTER") : sure ? STR("SAME") : STR("NOT WORSE"));
    if (worse || better)
        page_printf(p, PLAIN, ": of %zu figures B is worse in %zu, better in %zu", c->compared,
                    worse, better);
    else if (c->compared)
        page_text(p, PLAIN, STR(": no difference that matters (2 % or more) was found"));
    else
        page_text(p, PLAIN, STR(": no series has enough calls to tell"));
    if (unsure)
        page_printf(p, PLAIN, "; %zu of %zu cannot be told, longer or quieter runs would", unsure,
                    c->compared);
    page_text(p, PLAIN, STR("\n"));
}

void comparison_text(struct page *p, const struct comparison *c)
{
    add_run(p, "A", &c->a, c->load_a);
    add_run(p, "B", &c->b, c->load_b);
    page_text(p, PLAIN, STR("\n"));
    if (c->n_warnings + c->n_settings + c->n_only_a + c->n_only_b) {
        add_warnings(p, c);
        page_text(p, PLAIN, STR("\n"));
    }
    add_table(p, c);
    add_sentences(p, c);
    add_verdict(p, c);
}
