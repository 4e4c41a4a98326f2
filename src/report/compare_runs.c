/* What belongs together in two runs, what makes them different runs, and the judgement. */
#include "report/compare.h"

#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/units.h"
#include "report/text_blocks.h"
#include "stats/bootstrap.h"

enum { SEED = 1 };

/* ---- are they comparable? ---- */

static bool are_two_runs(const char *path_a, const char *path_b, struct err *e)
{
    struct stat a, b;
    if (stat(path_a, &a) == 0 && stat(path_b, &b) == 0 && a.st_dev == b.st_dev &&
        a.st_ino == b.st_ino)
        return err_set(e, ERR_USAGE, "'%s' and '%s' are the same file; a comparison is of two runs",
                       path_a, path_b);
    return true;
}

static bool have_other_ids(const struct comparison *c, struct err *e)
{
    const struct recorded *a = &c->a.recorded, *b = &c->b.recorded;
    if (strcmp(a->info->id, b->info->id) != 0)
        return true;
    return err_set(e, ERR_USAGE, "'%s' and '%s' are records of the same run", a->db.path,
                   b->db.path);
}

/* ---- warnings ---- */

static void warn(struct comparison *c, str text)
{
    if (c->n_warnings < COMPARE_WARNINGS)
        c->warnings[c->n_warnings++] = text;
}

static str load_in_words(struct comparison *c, const struct run_info *info)
{
    struct page p = {.paper = {.width = 120, .utf8 = true}};
    for (unsigned i = 0; i < info->plan->n_loads; i++)
        text_load(&p, &info->plan->loads[i], info);
    str text = buf_view(&p.text);
    str words = arena_dup(&c->arena, (str){text.p, text.n ? text.n - 1 : 0});
    buf_free(&p.text);
    return words;
}

static void warn_of_run(struct comparison *c, const struct compare_run *r, const char *name)
{
    if (!r->ended)
        warn(c,
             arena_printf(&c->arena,
                          "%s has no end: its run was killed, or still goes on; what is there of "
                          "it, %s, is compared",
                          name, human_duration((uint64_t)(r->length_s * 1e9)).text));
    else if (r->recorded.verdict.validity == RUN_INVALID)
        warn(c, arena_printf(&c->arena,
                             "%s is INVALID: its figures are not the target's alone (weir report "
                             "%s says why)",
                             name, r->recorded.db.path));
    else if (r->recorded.verdict.validity == RUN_DEGRADED)
        warn(c, arena_printf(&c->arena,
                             "%s is DEGRADED: its figures may be off (weir report %s "
                             "says why)",
                             name, r->recorded.db.path));
}

/* What is known of both, and is not the same. */
static void warn_of_machines(struct comparison *c)
{
    const struct machine *a = &c->a.recorded.info->machine, *b = &c->b.recorded.info->machine;
    struct buf on_a = {0}, on_b = {0};
    machine_words(a, &on_a);
    machine_words(b, &on_b);
    if (a->cpus && b->cpus && !str_eq(buf_view(&on_a), buf_view(&on_b)))
        warn(c,
             arena_printf(&c->arena,
                          "the machines that made the load differ: A on " STR_FMT "; B on " STR_FMT,
                          STR_ARG(buf_view(&on_a)), STR_ARG(buf_view(&on_b))));
    buf_free(&on_a);
    buf_free(&on_b);
}

static void warn_of_all(struct comparison *c)
{
    const char *a = c->a.recorded.info->plan->command, *b = c->b.recorded.info->plan->command;
    if (strcmp(a, b) != 0)
        warn(c,
             arena_printf(&c->arena, "the commands differ: A is of weir %s, B of weir %s", a, b));
    if (!str_eq(c->load_a, c->load_b))
        warn(c, STR("the loads differ: what follows may come from that, and rates are shown but "
                    "not judged"));
    warn_of_machines(c);
    warn_of_run(c, &c->a, "A");
    warn_of_run(c, &c->b, "B");
}

/* ---- settings ---- */

/* Where results go, and what is another in each run. */
static bool says_nothing(str name)
{
    static const char *const names[] = {
        "--json",  "--csv",      "--log",       "--log-style", "--junit",  "--record",   "--show",
        "--quiet", "--no-color", "--no-record", "--seed",      "--config", "--threshold"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_eq(name, str_from(names[i])))
            return true;
    return false;
}

static const char with_values[] =
    "SELECT name, group_concat(value, ', ') FROM setting GROUP BY name ORDER BY min(rowid)";
static const char values_of[] = "SELECT group_concat(value, ', ') FROM setting WHERE name = ?";

static str value_in(struct comparison *c, struct record_db *db, str name)
{
    struct record_row row = record_row(db, values_of);
    record_put_text(&row, name);
    str value = record_next(&row) ? record_take_text(&row, &c->arena) : (str){0};
    record_stop(&row);
    return value;
}

static void compare_settings(struct comparison *c)
{
    size_t capacity = 0;
    struct record_row row = record_row(&c->a.recorded.db, with_values);
    while (record_next(&row)) {
        struct compare_setting s = {.name = record_take_text(&row, &c->arena)};
        s.a = record_take_text(&row, &c->arena);
        s.b = value_in(c, &c->b.recorded.db, s.name);
        if (says_nothing(s.name) || str_eq(s.a, s.b) || s.b.n == 0)
            continue;
        c->settings = mem_room(c->settings, c->n_settings, &capacity, sizeof *c->settings);
        c->settings[c->n_settings++] = s;
    }
}

/* ---- series ---- */

static bool is_compared(const struct series *s)
{
    return s->kind == SERIES_CALLS;
}

static void add_only(const struct series ***list, size_t *n, const struct recorded *from,
                     const struct compare_run *other)
{
    *list = mem_array(from->series.n + 1, sizeof **list);
    for (size_t i = 0; i < from->series.n; i++) {
        const struct series *s = from->series.list[i]->series;
        if (is_compared(s) && !compare_run_periods(other, s))
            (*list)[(*n)++] = s;
    }
}

static void find_pairs(struct comparison *c)
{
    struct results *all = &c->a.recorded.results;
    c->pairs = mem_array(all->n + 1, sizeof *c->pairs);
    for (size_t i = 0; i < all->n; i++) {
        const struct series *s = all->list[i]->series;
        if (is_compared(s) && compare_run_periods(&c->a, s) && compare_run_periods(&c->b, s))
            c->pairs[c->n_pairs++] = (struct compare_pair){.series = s, .a = &all->list[i]->data};
    }
    for (size_t i = 0; i < c->n_pairs; i++)
        c->pairs[i].b = compare_run_data(&c->b, c->pairs[i].series);
    add_only(&c->only_a, &c->n_only_a, &c->a.recorded, &c->b);
    add_only(&c->only_b, &c->n_only_b, &c->b.recorded, &c->a);
}

static bool has_pairs(const struct comparison *c, struct err *e)
{
    if (c->n_pairs > 0)
        return true;
    if (c->n_only_a == 0 || c->n_only_b == 0)
        return err_set(e, ERR_RUN, "there is nothing to compare: '%s' has no calls",
                       (c->n_only_a ? &c->b : &c->a)->recorded.db.path);
    return err_set(e, ERR_RUN,
                   "there is nothing to compare: no series is in both records; '%s' has '" STR_FMT
                   "', '%s' has '" STR_FMT "'",
                   c->a.recorded.db.path, STR_ARG(c->only_a[0]->name), c->b.recorded.db.path,
                   STR_ARG(c->only_b[0]->name));
}

/* ---- judgement ---- */

static struct compare_side side_of(const struct compare_run *r, const struct series_data *d,
                                   const struct periods *p, uint64_t stream)
{
    struct compare_side side = {.blocks = (double)p->n / (double)r->block};
    struct rng rng = rng_make(SEED, stream);
    compare_values(d, r->length_s, side.values);
    if (r->block > p->n || (double)periods_active(p) * p->length_s < COMPARE_SHORTEST_S)
        side.blocks = 0; /* too little to say how it scatters */
    else
        bootstrap_variances(p, r->block, &rng, side.variances);
    return side;
}

static void judge(struct comparison *c)
{
    size_t n = c->n_pairs * COMPARE_FIGURES;
    struct compare_result *results = mem_array(n, sizeof *results);
    enum compare_figure *kinds = mem_array(n, sizeof *kinds);
    bool same_load = str_eq(c->load_a, c->load_b);
    for (size_t i = 0; i < n; i++) {
        const struct compare_pair *pair = &c->pairs[i / COMPARE_FIGURES];
        kinds[i] = i % COMPARE_FIGURES;
        if (kinds[i] > 0)
            continue;
        const struct series *s = pair->series;
        struct compare_side a = side_of(&c->a, pair->a, compare_run_periods(&c->a, s), 2 * i);
        struct compare_side b = side_of(&c->b, pair->b, compare_run_periods(&c->b, s), 2 * i + 1);
        for (enum compare_figure f = 0; f < COMPARE_FIGURES; f++)
            results[i + f] = compare_sides(&a, &b, f, same_load || f != COMPARE_RATE);
    }
    c->compared = compare_judge(results, kinds, n);
    for (size_t i = 0; i < n; i++) {
        c->pairs[i / COMPARE_FIGURES].results[kinds[i]] = results[i];
        c->outcomes[results[i].outcome]++;
    }
    mem_free(results);
    mem_free(kinds);
}

static void put_together(struct comparison *c)
{
    c->load_a = load_in_words(c, c->a.recorded.info);
    c->load_b = load_in_words(c, c->b.recorded.info);
    warn_of_all(c);
    compare_settings(c);
    find_pairs(c);
}

/* Whoever has two wrong ones shall hear of both. */
static bool open_both(struct comparison *c, const char *path_a, const char *path_b, struct err *e)
{
    struct err of_b;
    bool a = compare_run_open(&c->a, path_a, e);
    bool b = compare_run_open(&c->b, path_b, a ? e : &of_b);
    if (!a && !b) {
        const struct err of_a = *e;
        err_set(e, of_a.kind, "%s; and %s", of_a.text, of_b.text);
    }
    return a && b;
}

bool comparison_open(struct comparison *c, const char *path_a, const char *path_b, struct err *e)
{
    *c = (struct comparison){0};
    if (!are_two_runs(path_a, path_b, e) || !open_both(c, path_a, path_b, e) ||
        !have_other_ids(c, e))
        return false;
    put_together(c);
    if (!has_pairs(c, e))
        return false;
    judge(c);
    *e = c->a.recorded.db.failure.kind ? c->a.recorded.db.failure : c->b.recorded.db.failure;
    return !e->kind;
}

void comparison_close(struct comparison *c)
{
    compare_run_close(&c->a);
    compare_run_close(&c->b);
    mem_free(c->pairs);
    mem_free(c->only_a);
    mem_free(c->only_b);
    mem_free(c->settings);
    arena_free(&c->arena);
    *c = (struct comparison){0};
}

bool comparison_is_worse(const struct comparison *c)
{
    return c->outcomes[COMPARE_WORSE] > 0;
}
