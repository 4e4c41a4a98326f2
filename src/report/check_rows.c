/* Two tallies of each series, put side by side. */
#include "report/check_rows.h"

#include "base/mem.h"

/* The row of a check among those from `first` on, which are of its series. */
static struct check_row *row_of(struct check_rows *rows, size_t first, str name)
{
    for (size_t i = first; i < rows->n; i++)
        if (str_eq(rows->list[i].name, name))
            return &rows->list[i];
    rows->list = mem_room(rows->list, rows->n, &rows->capacity, sizeof *rows->list);
    rows->list[rows->n] = (struct check_row){.name = name};
    return &rows->list[rows->n++];
}

static void add_series(struct check_rows *rows, const struct result *r)
{
    const struct tally *passed = &r->data.checks_passed, *failed = &r->data.checks_failed;
    size_t first = rows->n;
    for (size_t i = 0; i < passed->used; i++)
        row_of(rows, first, passed->rows[i].key.text)->passed = passed->rows[i].count;
    for (size_t i = 0; i < failed->used; i++)
        row_of(rows, first, failed->rows[i].key.text)->failed = failed->rows[i].count;
    for (size_t i = first; i < rows->n; i++)
        rows->list[i].series = r->series;
    rows->passed += tally_total(passed);
    rows->failed += tally_total(failed);
}

struct check_rows check_rows_of(const struct results *r)
{
    struct check_rows rows = {.list = NULL};
    for (size_t i = 0; i < r->n; i++)
        add_series(&rows, r->list[i]);
    return rows;
}

void check_rows_free(struct check_rows *rows)
{
    mem_free(rows->list);
    *rows = (struct check_rows){.list = NULL};
}
