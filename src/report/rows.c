/* Sorted copies of a tally's rows. */
#include "report/rows.h"

#include <stdlib.h>

#include "base/mem.h"

static int compare_counts(const void *a, const void *b)
{
    const struct tally_row *x = a, *y = b;
    return (x->count < y->count) - (x->count > y->count);
}

static int compare_numbers(const void *a, const void *b)
{
    const struct tally_row *x = a, *y = b;
    return (x->key.number > y->key.number) - (x->key.number < y->key.number);
}

static struct tally_row *sorted(const struct tally *t, int (*compare)(const void *, const void *))
{
    struct tally_row *rows = mem_array(t->used, sizeof *rows);
    for (size_t i = 0; i < t->used; i++)
        rows[i] = t->rows[i];
    if (t->used)
        qsort(rows, t->used, sizeof *rows, compare);
    return rows;
}

struct tally_row *rows_by_count(const struct tally *t)
{
    return sorted(t, compare_counts);
}

struct tally_row *rows_by_number(const struct tally *t)
{
    return sorted(t, compare_numbers);
}
