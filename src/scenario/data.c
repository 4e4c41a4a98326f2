/* Checking a file and noting where its rows begin. */
#include "scenario/data.h"

#include <string.h>

#include "base/file.h"
#include "codec/csv.h"
#include "codec/json_read.h"

enum { MOST_COLUMNS = 1000 };

/* A file on the way through it. */
struct file {
    const char *name;
    str rest;
    unsigned line; /* of rest's first byte, from 1 */
    size_t *starts;
    struct arena *arena;
    struct data_rows *out;
    struct err *e;
};

static bool wrong(struct file *f, const char *what)
{
    return err_set(f->e, ERR_USAGE, "%s:%u: %s", f->name, f->line, what);
}

static size_t offset(const struct file *f)
{
    return (size_t)(f->rest.p - f->out->bytes.p);
}

static void note_row(struct file *f, size_t start)
{
    f->starts[f->out->n++] = start;
}

/* ---- CSV ---- */

static bool take_field(struct file *f, struct csv_field *field)
{
    const char *why = csv_next(&f->rest, field);
    return !why || wrong(f, why);
}

/* They are no rows, also where there is but one column. */
static void pass_empty_lines(struct file *f)
{
    for (;;) {
        size_t n = str_starts(f->rest, STR("\n")) ? 1 : str_starts(f->rest, STR("\r\n")) ? 2 : 0;
        if (n == 0)
            return;
        f->rest = str_skip(f->rest, n);
        f->line++;
    }
}

static bool add_column(struct file *f, const struct csv_field *field, str *columns, unsigned n)
{
    struct buf room = {0};
    str name = arena_dup(f->arena, str_trim(csv_text_of(field, &room)));
    buf_free(&room);
    if (name.n == 0)
        return err_set(f->e, ERR_USAGE, "%s:%u: column %u has no name", f->name, f->line, n + 1);
    for (unsigned i = 0; i < n; i++)
        if (str_eq(columns[i], name))
            return err_set(f->e, ERR_USAGE, "%s:%u: two columns are called '" STR_FMT "'", f->name,
                           f->line, STR_ARG(name));
    columns[n] = name;
    return true;
}

static bool read_header(struct file *f)
{
    str columns[MOST_COLUMNS];
    struct csv_field field;
    unsigned n = 0, breaks = 0;
    do {
        if (n == MOST_COLUMNS)
            return wrong(f, "these are more than 1000 columns");
        if (!take_field(f, &field) || !add_column(f, &field, columns, n++))
            return false;
        breaks += field.breaks;
    } while (!field.last);
    str *kept = arena_alloc(f->arena, n * sizeof *kept);
    memcpy(kept, columns, n * sizeof *kept);
    f->out->columns = kept;
    f->out->n_columns = n;
    f->line += breaks + 1;
    return true;
}

static bool check_values(struct file *f)
{
    size_t start = offset(f);
    unsigned n = 0, breaks = 0, columns = f->out->n_columns;
    struct csv_field field;
    do {
        if (!take_field(f, &field))
            return false;
        breaks += field.breaks;
        n++;
    } while (!field.last);
    if (n != columns)
        return err_set(f->e, ERR_USAGE, "%s:%u: %u value%s for %u column%s", f->name, f->line, n,
                       n == 1 ? "" : "s", columns, columns == 1 ? "" : "s");
    note_row(f, start);
    f->line += breaks + 1;
    return true;
}

static bool check_csv(struct file *f)
{
    pass_empty_lines(f);
    if (f->rest.n == 0)
        return err_set(f->e, ERR_USAGE, "%s is empty: its first line names the columns", f->name);
    bool good = read_header(f);
    for (pass_empty_lines(f); good && f->rest.n; pass_empty_lines(f))
        good = check_values(f);
    return good;
}

static bool next_csv(struct data_reader *r, struct data_cell *cell)
{
    struct csv_field field;
    if (r->column == r->rows->n_columns)
        return false;
    csv_next(&r->rest, &field);
    *cell = (struct data_cell){.name = r->rows->columns[r->column++],
                               .kind = DATA_TEXT,
                               .text = csv_text_of(&field, &r->text)};
    return true;
}

/* ---- lines ---- */

/* Up to the end of the line, which is passed. */
static str take_line(str *rest)
{
    str line;
    str_cut(*rest, '\n', &line, rest);
    if (str_ends(line, STR("\r")))
        line.n--;
    return line;
}

static bool check_lines(struct file *f)
{
    static const str column = {"value", 5};
    f->out->columns = &column;
    f->out->n_columns = 1;
    while (f->rest.n) {
        note_row(f, offset(f));
        take_line(&f->rest);
    }
    return true;
}

static bool next_line(struct data_reader *r, struct data_cell *cell)
{
    if (r->column == 1)
        return false;
    r->column = 1;
    *cell = (struct data_cell){
        .name = r->rows->columns[0], .kind = DATA_TEXT, .text = take_line(&r->rest)};
    return true;
}

/* ---- JSON lines ---- */

static bool check_object(struct file *f, str line)
{
    struct json_walk w;
    struct json_item item;
    json_walk_start(&w, line);
    bool good = json_walk_next(&w, &item);
    if (good && item.kind != JSON_IS_OBJECT)
        return err_set(f->e, ERR_USAGE, "%s:%u: each line holds an object, this is %s %s", f->name,
                       f->line, item.kind == JSON_IS_ARRAY ? "an" : "a", json_kind_name(item.kind));
    if (good && json_walk_skip(&w) && json_walk_end(&w))
        return true;
    return err_set(f->e, ERR_USAGE, "%s:%u: no JSON object of one line: byte %zu: %s", f->name,
                   f->line, (size_t)(w.p - w.start) + 1, w.why);
}

static bool check_jsonl(struct file *f)
{
    for (; f->rest.n; f->line++) {
        size_t start = offset(f);
        str line = take_line(&f->rest);
        if (str_trim(line).n == 0)
            continue;
        if (!check_object(f, line))
            return false;
        note_row(f, start);
    }
    return true;
}

static enum data_kind kind_of(enum json_kind kind)
{
    switch (kind) {
    case JSON_IS_STRING:
        return DATA_TEXT;
    case JSON_IS_NUMBER:
        return DATA_NUMBER;
    case JSON_IS_TRUE:
        return DATA_TRUE;
    case JSON_IS_FALSE:
        return DATA_FALSE;
    case JSON_IS_NULL:
        return DATA_NULL;
    default:
        return DATA_JSON;
    }
}

static bool next_member(struct data_reader *r, struct data_cell *cell)
{
    struct json_item item;
    if (!json_walk_next(&r->walk, &item) || item.closes)
        return false;
    if (json_opens(&item)) {
        json_walk_skip(&r->walk);
        item.raw.n = (size_t)(r->walk.p - item.raw.p);
    }
    cell->name = json_text(item.key, &r->name);
    cell->kind = kind_of(item.kind);
    cell->text = cell->kind == DATA_TEXT ? json_text(item.raw, &r->text) : item.raw;
    return true;
}

/* ---- all formats ---- */

static const struct {
    bool (*check)(struct file *f);
    bool (*next)(struct data_reader *r, struct data_cell *cell);
} formats[] = {
    [DATA_CSV] = {check_csv, next_csv},
    [DATA_JSONL] = {check_jsonl, next_member},
    [DATA_LINES] = {check_lines, next_line},
};

static size_t count_lines(str bytes)
{
    size_t n = 0;
    str line;
    while (bytes.n) {
        str_cut(bytes, '\n', &line, &bytes);
        n++;
    }
    return n;
}

bool data_parse(str bytes, const char *file, enum data_format format, struct arena *arena,
                struct data_rows *out, struct err *e)
{
    str text = str_starts(bytes, STR("\xef\xbb\xbf")) ? str_skip(bytes, 3) : bytes;
    struct file f = {.name = file, .rest = text, .line = 1, .arena = arena, .out = out, .e = e};
    *out = (struct data_rows){.format = format, .bytes = text};
    f.starts = arena_alloc(arena, count_lines(text) * sizeof *f.starts);
    out->starts = f.starts;
    if (!formats[format].check(&f))
        return false;
    return out->n || err_set(e, ERR_USAGE, "%s has no rows", file);
}

bool data_load(const char *path, enum data_format format, struct arena *arena,
               struct data_rows *out, struct err *e)
{
    str bytes;
    return file_read(path, arena, &bytes, e) && data_parse(bytes, path, format, arena, out, e);
}

void data_row(struct data_reader *r, const struct data_rows *rows, size_t i)
{
    struct json_item object;
    r->rows = rows;
    r->rest = str_skip(rows->bytes, rows->starts[i]);
    r->column = 0;
    if (rows->format == DATA_JSONL) {
        json_walk_start(&r->walk, r->rest);
        json_walk_next(&r->walk, &object);
    }
}

bool data_next(struct data_reader *r, struct data_cell *cell)
{
    return formats[r->rows->format].next(r, cell);
}

void data_reader_free(struct data_reader *r)
{
    buf_free(&r->name);
    buf_free(&r->text);
}
