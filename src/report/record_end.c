/* The end of a run: its own figures, the verdict with its sentences, thresholds and audits. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/record_run.h"

static const char *const validities[] = {"valid", "degraded", "invalid"};

/* ---- writing ---- */

static void write_sentences(struct record_db *db, const char *kind, const char (*list)[240],
                            unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        struct record_row row = record_row(db, "INSERT INTO sentence (kind, text) VALUES (?, ?)");
        record_put_z(&row, kind);
        record_put_z(&row, list[i]);
        record_done(&row);
    }
}

static void write_threshold(struct record_db *db, unsigned number, const struct threshold_result *t)
{
    struct record_row row =
        record_row(db, "UPDATE threshold SET unit = ?, passed = ?, value = ?, why = ?, parts = ?, "
                       "missed = ?, from_s = ?, to_s = ?, aborted_s = ? WHERE number = ?");
    record_put_count(&row, t->unit);
    record_put_count(&row, t->passed);
    record_put_number(&row, t->has_value ? t->value : (double)NAN);
    record_put_text(&row, t->why);
    record_put_count(&row, t->parts);
    record_put_count(&row, t->missed);
    record_put_number(&row, t->from_s);
    record_put_number(&row, t->to_s);
    record_put_number(&row, t->aborted_s);
    record_put_count(&row, number);
    record_done(&row);
}

static void write_audit(struct record_db *db, const struct audit_result *a)
{
    struct record_row row =
        record_row(db, "INSERT INTO audit (name, passed, value, text) VALUES (?, ?, ?, ?)");
    record_put_z(&row, a->name);
    record_put_count(&row, a->passed);
    record_put_number(&row, a->value);
    record_put_z(&row, a->text);
    record_done(&row);
}

static void write_summary(struct record_db *db, const struct summary *s, bool repaired)
{
    struct record_row row =
        record_row(db, "INSERT INTO summary VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    record_put_number(&row, s->length_s);
    record_put_number(&row, s->asked_rate);
    record_put_number(&row, s->achieved_rate);
    record_put_count(&row, s->interrupted);
    record_put_count(&row, s->balanced);
    record_put_number(&row, s->cpu_s);
    record_put_count(&row, s->rss_bytes);
    record_put_z(&row, validities[s->verdict->validity]);
    record_put_count(&row, (uint64_t)s->verdict->exit_code);
    record_put_count(&row, repaired);
    record_done(&row);
}

void record_write_end(struct record_db *db, const struct summary *s, bool repaired)
{
    const struct verdict *v = s->verdict;
    write_summary(db, s, repaired);
    write_sentences(db, "reason", v->reasons, v->n_reasons);
    write_sentences(db, "note", v->notes, v->n_notes);
    for (unsigned i = 0; i < v->n_thresholds; i++)
        write_threshold(db, i, &v->thresholds[i]);
    for (unsigned i = 0; i < v->n_audits; i++)
        write_audit(db, &v->audits[i]);
}

/* ---- reading ---- */

bool record_has_end(struct record_db *db)
{
    struct record_row row = record_row(db, "SELECT 1 FROM summary");
    bool has = record_next(&row);
    record_stop(&row);
    return has;
}

static enum validity validity_of(struct record_db *db, str name)
{
    for (unsigned i = 0; i < sizeof validities / sizeof *validities; i++)
        if (str_eq(name, str_from(validities[i])))
            return (enum validity)i;
    record_db_damaged(db, "its verdict is an unknown word");
    return RUN_INVALID;
}

static void read_summary(struct record_db *db, struct arena *arena, struct summary *s)
{
    struct record_row row =
        record_row(db, "SELECT length_s, asked_rate, achieved_rate, interrupted, balanced, cpu_s, "
                       "rss_bytes, validity, exit_code FROM summary");
    if (record_next(&row)) {
        s->length_s = record_take_number(&row);
        s->asked_rate = record_take_number(&row);
        s->achieved_rate = record_take_number(&row);
        s->interrupted = record_take_count(&row) != 0;
        s->balanced = record_take_count(&row) != 0;
        s->cpu_s = record_take_number(&row);
        s->rss_bytes = record_take_count(&row);
        s->verdict->validity = validity_of(db, record_take_text(&row, arena));
        s->verdict->exit_code = (int)record_take_count(&row);
    }
    record_stop(&row);
}

static void read_sentences(struct record_db *db, const char *kind, char (*list)[240], unsigned *n)
{
    struct record_row row =
        record_row(db, "SELECT text FROM sentence WHERE kind = ? ORDER BY rowid");
    record_put_z(&row, kind);
    while (*n < REASONS && record_next(&row)) {
        str text = record_take_bytes(&row);
        snprintf(list[(*n)++], sizeof *list, STR_FMT, STR_ARG(text));
    }
    record_stop(&row);
}

static struct threshold_result take_threshold(struct record_row *row, struct arena *arena)
{
    struct threshold_result t = {.expr = record_take_text(row, arena)};
    uint64_t unit = record_take_count(row);
    t.unit = unit <= UNIT_NUMBER ? (enum threshold_unit)unit : UNIT_NUMBER;
    t.passed = record_take_count(row) != 0;
    t.value = record_take_number(row);
    t.has_value = !isnan(t.value);
    t.why = record_take_text(row, arena);
    t.parts = (unsigned)record_take_count(row);
    t.missed = (unsigned)record_take_count(row);
    t.from_s = record_take_number(row);
    t.to_s = record_take_number(row);
    t.aborted_s = record_take_number(row);
    return t;
}

static void read_thresholds(struct record_db *db, struct arena *arena, struct verdict *v)
{
    struct record_row row = record_row(db, "SELECT count(*) FROM threshold");
    uint64_t most = record_next(&row) ? record_take_count(&row) : 0;
    record_stop(&row);
    v->thresholds = arena_alloc(arena, most * sizeof *v->thresholds + 1);
    row = record_row(
        db, "SELECT expr, unit, passed, value, why, parts, missed, from_s, to_s, aborted_s "
            "FROM threshold ORDER BY number");
    while (v->n_thresholds < most && record_next(&row)) {
        v->thresholds[v->n_thresholds] = take_threshold(&row, arena);
        v->n_missed += !v->thresholds[v->n_thresholds++].passed;
    }
    record_stop(&row);
}

static void read_audits(struct record_db *db, struct arena *arena, struct verdict *v)
{
    struct record_row row = record_row(db, "SELECT name, passed, value, text FROM audit");
    while (v->n_audits < AUDITS && record_next(&row)) {
        const char *name = record_take_z(&row, arena);
        bool passed = record_take_count(&row) != 0;
        double value = record_take_number(&row);
        str text = record_take_bytes(&row);
        verdict_audit(v, name ? name : "", passed, value, STR_FMT, STR_ARG(text));
    }
    record_stop(&row);
}

void record_read_end(struct record_db *db, struct arena *arena, struct summary *s)
{
    read_summary(db, arena, s);
    read_sentences(db, "reason", s->verdict->reasons, &s->verdict->n_reasons);
    read_sentences(db, "note", s->verdict->notes, &s->verdict->n_notes);
    read_thresholds(db, arena, s->verdict);
    read_audits(db, arena, s->verdict);
}
