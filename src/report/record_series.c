/* Series by number: found by name, compared whole. */
#include <string.h>

#include "base/mem.h"
#include "report/record_span.h"

static const char *const kinds[] = {
    [SERIES_CALLS] = "calls",   [SERIES_RECORDS] = "records", [SERIES_COUNTER] = "counter",
    [SERIES_VALUES] = "values", [SERIES_TIMES] = "times",
};

static void write_series(struct record_db *db, const struct series *s, uint64_t number)
{
    struct record_row row = record_row(db, "INSERT INTO series VALUES (?, ?, ?, ?, ?)");
    record_put_count(&row, number);
    record_put_text(&row, s->name);
    record_put_z(&row, kinds[s->kind]);
    record_put_count(&row, s->part);
    record_put_count(&row, s->replies);
    record_done(&row);
    for (unsigned i = 0; i < s->n_tags; i++) {
        row = record_row(db, "INSERT INTO tag (series, name, value) VALUES (?, ?, ?)");
        record_put_count(&row, number);
        record_put_text(&row, s->tags[i].name);
        record_put_text(&row, s->tags[i].value);
        record_done(&row);
    }
}

static uint64_t add(struct record_series *series, const struct series *s)
{
    struct record_number *first = map_get(&series->by_name, s->name);
    struct record_number *entry = mem_zero(sizeof *entry);
    series->list = mem_room(series->list, series->n, &series->capacity, sizeof(void *));
    series->list[series->n++] = entry;
    *entry = (struct record_number){s, series->n, first ? first->same_name : NULL};
    if (first)
        first->same_name = entry;
    else
        map_put(&series->by_name, s->name, entry);
    return entry->number;
}

uint64_t record_series_find(const struct record_series *series, const struct series *s)
{
    const struct record_number *entry = map_get(&series->by_name, s->name);
    for (; entry; entry = entry->same_name)
        if (series_same(entry->series, s))
            return entry->number;
    return 0;
}

uint64_t record_series_number(struct record_db *db, struct record_series *series,
                              const struct series *s)
{
    uint64_t number = record_series_find(series, s);
    if (number > 0)
        return number;
    number = add(series, s);
    write_series(db, s, number);
    return number;
}

const struct series *record_series_at(struct record_db *db, const struct record_series *series,
                                      uint64_t number)
{
    if (number > 0 && number <= series->n)
        return series->list[number - 1]->series;
    record_db_damaged(db, "it counts a series that it does not name");
    return NULL;
}

static enum series_kind kind_of(struct record_db *db, str name)
{
    for (unsigned k = 0; k < sizeof kinds / sizeof *kinds; k++)
        if (str_eq(name, str_from(kinds[k])))
            return (enum series_kind)k;
    record_db_damaged(db, "a series is of an unknown kind");
    return SERIES_CALLS;
}

static void read_tags(struct record_db *db, struct arena *arena, struct series *s, uint64_t number)
{
    enum { MOST_TAGS = 256 };
    struct tag tags[MOST_TAGS];
    struct record_row row =
        record_row(db, "SELECT name, value FROM tag WHERE series = ? ORDER BY rowid");
    record_put_count(&row, number);
    while (s->n_tags < MOST_TAGS && record_next(&row)) {
        str name = record_take_text(&row, arena);
        tags[s->n_tags++] = (struct tag){name, record_take_text(&row, arena)};
    }
    record_stop(&row);
    struct tag *kept = arena_alloc(arena, s->n_tags * sizeof *kept + 1);
    if (s->n_tags)
        memcpy(kept, tags, s->n_tags * sizeof *kept);
    s->tags = kept;
}

void record_series_read(struct record_db *db, struct arena *arena, struct record_series *series)
{
    struct record_row row = record_row(
        db, db->version < 2 ? "SELECT id, name, kind, part, 0 FROM series ORDER BY id"
                            : "SELECT id, name, kind, part, replies FROM series ORDER BY id");
    while (record_next(&row)) {
        struct series *s = arena_alloc(arena, sizeof *s);
        uint64_t number = record_take_count(&row);
        s->name = record_take_text(&row, arena);
        s->kind = kind_of(db, record_take_text(&row, arena));
        s->part = record_take_count(&row) != 0;
        s->replies = record_take_count(&row) != 0;
        if (number != series->n + 1)
            record_db_damaged(db, "a series is missing");
        read_tags(db, arena, s, number);
        add(series, s);
    }
}

void record_series_free(struct record_series *series)
{
    for (size_t i = 0; i < series->n; i++)
        mem_free(series->list[i]);
    map_free(&series->by_name);
    mem_free(series->list);
    *series = (struct record_series){0};
}
