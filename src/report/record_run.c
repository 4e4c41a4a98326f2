/* The run before its start: settings, plan, thresholds. */
#include "report/record_run.h"

#include <stdio.h>

/* ---- settings ---- */

static void put_setting(void *owner, str name, str value, str origin)
{
    struct record_row row =
        record_row(owner, "INSERT INTO setting (name, value, origin) VALUES (?, ?, ?)");
    record_put_text(&row, name);
    record_put_text(&row, value);
    record_put_text(&row, origin);
    record_done(&row);
}

void record_write_settings(struct record_db *db, const struct args *a)
{
    args_walk(a, put_setting, db);
}

void record_write_thresholds(struct record_db *db, const struct threshold *list, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        struct record_row row =
            record_row(db, "INSERT INTO threshold (number, expr) VALUES (?, ?)");
        record_put_count(&row, i);
        record_put_text(&row, list[i].expr);
        record_done(&row);
    }
}

struct threshold *record_read_thresholds(struct record_db *db, bool metrics, struct arena *arena,
                                         unsigned *n)
{
    struct err e = {0};
    struct record_row row = record_row(db, "SELECT count(*) FROM threshold");
    uint64_t most = record_next(&row) ? record_take_count(&row) : 0;
    record_stop(&row);
    struct threshold *list = arena_alloc(arena, most * sizeof *list + 1);
    row = record_row(db, "SELECT expr FROM threshold ORDER BY number");
    for (*n = 0; *n < most && record_next(&row); ++*n)
        if (!threshold_parse(record_take_text(&row, arena), metrics, arena, &list[*n], &e))
            record_db_damaged(db, e.text);
    record_stop(&row);
    return list;
}

/* ---- writing the plan ---- */

static void write_stage(struct record_db *db, unsigned load, unsigned number, const struct stage *s)
{
    struct record_row row = record_row(db, "INSERT INTO stage VALUES (?, ?, ?, ?, ?, ?, ?)");
    record_put_count(&row, load);
    record_put_count(&row, number);
    record_put_number(&row, s->from);
    record_put_number(&row, s->to);
    record_put_limit(&row, s->duration_ns);
    record_put_count(&row, s->at_once);
    record_put_count(&row, s->poisson);
    record_done(&row);
}

void record_write_stages(struct record_db *db, unsigned load, const struct profile *p)
{
    struct record_row row = record_row(db, "DELETE FROM stage WHERE load = ?");
    record_put_count(&row, load);
    record_done(&row);
    for (unsigned i = 0; i < p->n; i++)
        write_stage(db, load, i, &p->stages[i]);
}

static void write_load(struct record_db *db, unsigned number, const struct load *l)
{
    struct record_row row =
        record_row(db, "INSERT INTO load VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    record_put_count(&row, number);
    record_put_text(&row, l->name);
    record_put_z(&row, l->profile.model == LOAD_OPEN ? "open" : "closed");
    record_put_count(&row, l->law);
    record_put_count(&row, l->seed);
    record_put_limit(&row, l->count);
    record_put_count(&row, l->warmup_ns);
    record_put_count(&row, l->drain_ns);
    record_put_count(&row, l->timeout_ns);
    record_put_limit(&row, l->max_in_flight);
    record_put_count(&row, l->overload);
    record_put_count(&row, l->fresh_users);
    record_done(&row);
    record_write_stages(db, number, &l->profile);
}

void record_write_run(struct record_db *db, const struct run_info *info)
{
    const struct plan *p = info->plan;
    const struct run_words *w = info->words;
    struct record_row row =
        record_row(db, "INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    record_put_z(&row, info->id);
    record_put_z(&row, info->weir);
    record_put_z(&row, p->command);
    record_put_z(&row, info->target);
    record_put_count(&row, info->started_wall_ns);
    record_put_z(&row, info->loop);
    record_put_count(&row, p->seed);
    record_put_count(&row, p->threads);
    record_put_count(&row, info->connections);
    record_put_count(&row, p->scripted);
    record_put_z(&row, w ? w->user : NULL);
    record_put_z(&row, w ? w->users : NULL);
    record_put_z(&row, w ? w->calls : NULL);
    record_put_z(&row, w ? w->ok : NULL);
    record_done(&row);
    record_write_machine(db, &info->machine);
    for (unsigned i = 0; i < p->n_loads; i++)
        write_load(db, i, &p->loads[i]);
}

void record_write_start(struct record_db *db, uint64_t started_wall_ns)
{
    struct record_row row = record_row(db, "UPDATE run SET started_wall_ns = ?");
    record_put_count(&row, started_wall_ns);
    record_done(&row);
}

/* ---- reading it ---- */

static uint64_t count_of(struct record_db *db, const char *sql, uint64_t most)
{
    struct record_row row = record_row(db, sql);
    uint64_t n = record_next(&row) ? record_take_count(&row) : 0;
    record_stop(&row);
    if (n <= most)
        return n;
    record_db_damaged(db, "its plan is too long");
    return 0;
}

/* A number that stands for one of so many things. */
static unsigned take_choice(struct record_row *row, unsigned n)
{
    uint64_t choice = record_take_count(row);
    if (choice < n)
        return (unsigned)choice;
    record_db_damaged(row->db, "its plan has an unknown word");
    return 0;
}

static struct stage take_stage(struct record_row *row)
{
    struct stage s = {.from = record_take_number(row)};
    s.to = record_take_number(row);
    s.duration_ns = record_take_limit(row);
    s.at_once = record_take_count(row);
    s.poisson = record_take_count(row) != 0;
    return s;
}

static void read_stages(struct record_db *db, unsigned load, struct arena *arena, struct profile *p)
{
    enum { MOST_STAGES = 1 << 20 };
    struct err e = {0};
    uint64_t all = count_of(db, "SELECT count(*) FROM stage", MOST_STAGES);
    struct record_row row =
        record_row(db, "SELECT from_level, to_level, duration_ns, at_once, poisson FROM stage "
                       "WHERE load = ? ORDER BY number");
    record_put_count(&row, load);
    p->stages = arena_alloc(arena, all * sizeof *p->stages + 1);
    while (p->n < all && record_next(&row))
        p->stages[p->n++] = take_stage(&row);
    record_stop(&row);
    if (p->n == 0)
        record_db_damaged(db, "its plan has no stages");
    else if (profile_duration_ns(p) != UINT64_MAX && !profile_check(p, &e))
        record_db_damaged(db, e.text);
}

static struct load take_load(struct record_row *row, struct arena *arena)
{
    struct load l = {.name = record_take_text(row, arena)};
    bool open = str_eq(record_take_text(row, arena), STR("open"));
    l.profile.model = open ? LOAD_OPEN : LOAD_CLOSED;
    l.law = (enum arrival_law)take_choice(row, ARRIVALS_BY_STAGE + 1);
    l.seed = record_take_count(row);
    l.count = record_take_limit(row);
    l.warmup_ns = record_take_count(row);
    l.drain_ns = record_take_count(row);
    l.timeout_ns = record_take_count(row);
    l.max_in_flight = record_take_limit(row);
    l.overload = (enum overload)take_choice(row, OVERLOAD_SKIP + 1);
    l.fresh_users = record_take_count(row) != 0;
    return l;
}

static void read_loads(struct record_db *db, struct arena *arena, struct plan *p)
{
    enum { MOST_LOADS = 4096 };
    uint64_t all = count_of(db, "SELECT count(*) FROM load", MOST_LOADS);
    struct load *loads = arena_alloc(arena, all * sizeof *loads + 1);
    struct record_row row =
        record_row(db, "SELECT name, model, law, seed, count, warmup_ns, drain_ns, timeout_ns, "
                       "max_in_flight, overload, fresh_users FROM load ORDER BY number");
    while (p->n_loads < all && record_next(&row))
        loads[p->n_loads++] = take_load(&row, arena);
    record_stop(&row);
    for (unsigned i = 0; i < p->n_loads; i++)
        read_stages(db, i, arena, &loads[i].profile);
    p->loads = loads;
    if (p->n_loads == 0)
        record_db_damaged(db, "it has no plan");
}

static const struct run_words *take_words(struct record_row *row, struct arena *arena)
{
    struct run_words *w = arena_alloc(arena, sizeof *w);
    w->user = record_take_z(row, arena);
    w->users = record_take_z(row, arena);
    w->calls = record_take_z(row, arena);
    w->ok = record_take_z(row, arena);
    return w->user && w->users && w->calls && w->ok ? w : NULL;
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static void take_run(struct record_row *row, struct arena *arena, struct run_info *info,
                     struct plan *p)
{
    snprintf(info->id, sizeof info->id, "%s", or_empty(record_take_z(row, arena)));
    info->weir = or_empty(record_take_z(row, arena));
    p->command = or_empty(record_take_z(row, arena));
    info->target = or_empty(record_take_z(row, arena));
    info->started_wall_ns = record_take_count(row);
    info->loop = or_empty(record_take_z(row, arena));
    p->seed = record_take_count(row);
    p->threads = (unsigned)record_take_count(row);
    info->connections = record_take_count(row);
    p->scripted = record_take_count(row) != 0;
    info->words = take_words(row, arena);
}

struct run_info *record_read_run(struct record_db *db, struct arena *arena)
{
    struct run_info *info = arena_alloc(arena, sizeof *info);
    struct plan *p = arena_alloc(arena, sizeof *p);
    struct record_row row = record_row(
        db, "SELECT id, weir, command, target, started_wall_ns, loop, seed, threads, connections, "
            "scripted, word_user, word_users, word_calls, word_ok FROM run");
    info->plan = p;
    if (record_next(&row))
        take_run(&row, arena, info, p);
    else if (!db->failure.kind)
        err_set(&db->failure, ERR_RUN, "the record '%s' is of a run that did not begin", db->path);
    record_stop(&row);
    record_read_machine(db, arena, &info->machine);
    read_loads(db, arena, p);
    return info;
}
