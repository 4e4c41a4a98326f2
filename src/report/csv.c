/* The files of tables: opened, filled, closed. */
#include "report/csv.h"

#include "base/arena.h"
#include "base/list.h"
#include "base/mem.h"
#include "report/csv_history.h"
#include "report/output.h"

static bool is_scripted(const struct plan *p)
{
    return p->scripted;
}

/* Written at the end, each into a file of its own. */
static const struct {
    const char *name;
    void (*write)(const struct summary *s, struct buf *out);
    bool (*wanted)(const struct plan *p); /* NULL: always */
} tables[] = {
    {"requests", csv_requests, NULL},
    {"distribution", csv_distribution, NULL},
    {"checks", csv_checks, is_scripted},
    {"metrics", csv_metrics, plan_measures},
    {"exceptions", csv_exceptions, is_scripted},
};

enum { TABLES = sizeof tables / sizeof *tables, HISTORY = TABLES, FILES };

struct csv_files {
    struct sink sink;
    struct output outputs[FILES];
    struct arena arena; /* their paths */
    const struct run_info *info;
    struct history history;
    struct err failure; /* of the history; nothing is written to it from then on */
};

static struct csv_files *files_of(struct sink *s)
{
    return CONTAINER_OF(s, struct csv_files, sink);
}

/* Writes the text and frees it. */
static bool write_text(struct output *o, struct buf *text, struct err *e)
{
    bool written = output_write(o, buf_view(text), e);
    buf_free(text);
    return written;
}

static void begin(struct sink *s, const struct run_info *info)
{
    struct csv_files *f = files_of(s);
    struct buf text = {0};
    f->info = info;
    history_header(&text);
    write_text(&f->outputs[HISTORY], &text, &f->failure);
}

static void second(struct sink *s, const struct second *row)
{
    struct csv_files *f = files_of(s);
    struct buf text = {0};
    history_add(&f->history, row, f->info->started_wall_ns, &text);
    if (f->failure.kind)
        buf_free(&text);
    else
        write_text(&f->outputs[HISTORY], &text, &f->failure);
}

/* Of a file that is open. */
static bool write_table(struct csv_files *f, unsigned table, const struct summary *summary,
                        struct err *e)
{
    struct output *o = &f->outputs[table];
    struct buf text = {0};
    if (o->fd < 0)
        return true;
    tables[table].write(summary, &text);
    return write_text(o, &text, e);
}

static bool write_tables(struct csv_files *f, const struct summary *summary, struct err *e)
{
    struct buf history = {0};
    bool written = true;
    for (unsigned i = 0; i < TABLES; i++)
        written &= write_table(f, i, summary, e);
    history_end(&f->history, summary->info->started_wall_ns, &history);
    written &= write_text(&f->outputs[HISTORY], &history, e);
    if (f->failure.kind) {
        *e = f->failure;
        return false;
    }
    return written;
}

static bool finish(struct sink *s, const struct summary *summary, struct err *e)
{
    struct csv_files *f = files_of(s);
    bool written = write_tables(f, summary, e);
    for (unsigned i = 0; i < FILES; i++)
        written &= output_close(&f->outputs[i], e);
    return written;
}

static void close_files(struct sink *s)
{
    struct csv_files *f = files_of(s);
    struct err ignored;
    for (unsigned i = 0; i < FILES; i++)
        output_close(&f->outputs[i], &ignored);
    history_free(&f->history);
    arena_free(&f->arena);
    mem_free(f);
}

static const struct sink_table csv_table = {
    .name = "csv",
    .begin = begin,
    .second = second,
    .finish = finish,
    .close = close_files,
};

static bool open_file(struct csv_files *f, unsigned file, const char *prefix, const char *name,
                      struct err *e)
{
    const char *path = arena_printf(&f->arena, "%s_%s.csv", prefix, name).p;
    return output_open(&f->outputs[file], "table", path, e);
}

static bool open_all(struct csv_files *f, const char *prefix, const struct plan *plan,
                     struct err *e)
{
    bool good = true;
    for (unsigned i = 0; i < TABLES && good; i++)
        good = (tables[i].wanted && !tables[i].wanted(plan)) ||
               open_file(f, i, prefix, tables[i].name, e);
    return good && open_file(f, HISTORY, prefix, "history", e);
}

struct sink *csv_sink(const char *prefix, const struct plan *plan, struct err *e)
{
    struct csv_files *f = mem_zero(sizeof *f);
    f->sink.table = &csv_table;
    for (unsigned i = 0; i < FILES; i++)
        f->outputs[i].fd = -1;
    if (open_all(f, prefix, plan, e))
        return &f->sink;
    close_files(&f->sink);
    return NULL;
}
