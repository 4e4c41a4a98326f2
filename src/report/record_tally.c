/* Words by their numbers, written; the view that joins them, read: it is the table of older
 * versions. */
#include "report/record_tally.h"

#include <inttypes.h>

static void put_key(struct record_row *row, const struct tally_key *key)
{
    if (key->text.n)
        record_put_text(row, key->text);
    else
        record_put_count(row, key->number);
}

static uint64_t new_word(struct record_db *db, const char *kind, const struct tally_key *key)
{
    struct record_row row = record_row(db, "INSERT INTO word (kind, what) VALUES (?, ?)");
    record_put_z(&row, kind);
    put_key(&row, key);
    record_done(&row);
    return db->failure.kind ? 0 : (uint64_t)sqlite3_last_insert_rowid(db->handle);
}

static uint64_t word_number(struct record_db *db, const char *kind, const struct tally_key *key)
{
    struct record_row row = record_row(db, "SELECT id FROM word WHERE kind = ? AND what = ?");
    record_put_z(&row, kind);
    put_key(&row, key);
    bool known = record_next(&row);
    uint64_t number = known ? record_take_count(&row) : 0;
    record_stop(&row);
    return known ? number : new_word(db, kind, key);
}

void record_tallies_text(struct record_db *db, const struct record_tally *list, unsigned n,
                         struct buf *out)
{
    size_t start = out->n;
    for (const struct record_tally *t = list; t < list + n; t++)
        for (size_t i = 0; i < t->tally->used; i++)
            buf_printf(out, "%c\"%" PRIu64 "\":%" PRIu64, out->n == start ? '{' : ',',
                       word_number(db, t->kind, &t->tally->rows[i].key), t->tally->rows[i].count);
    if (out->n > start)
        buf_char(out, '}');
}

static struct tally_key take_key(struct record_row *row, struct arena *arena)
{
    bool text = record_is_text(row);
    str what = text ? record_take_text(row, arena) : (str){0};
    if (what.n)
        return tally_text(what);
    return tally_number(text ? 0 : (uint32_t)record_take_count(row));
}

void record_tallies_read(struct record_db *db, uint64_t span, uint64_t series, struct arena *arena,
                         struct tally *(*find)(void *owner, str kind), void *owner)
{
    struct record_row row = record_row(db, "SELECT kind, what, count FROM tally WHERE span = ? AND "
                                           "series = ? ORDER BY place");
    record_put_count(&row, span);
    record_put_count(&row, series);
    while (record_next(&row)) {
        struct tally *t = find(owner, record_take_bytes(&row));
        struct tally_key key = take_key(&row, arena);
        if (t)
            tally_add(t, key, record_take_count(&row));
        else
            record_db_damaged(db, "it counts something of an unknown kind");
    }
}
