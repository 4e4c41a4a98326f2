/* The machine in a record. */
#include <math.h>
#include <stdio.h>

#include "report/record_run.h"

void record_write_machine(struct record_db *db, const struct machine *m)
{
    struct record_row row = record_row(db, "INSERT INTO machine VALUES (?, ?, ?, ?, ?, ?)");
    record_put_z(&row, m->cpu[0] ? m->cpu : NULL);
    record_put_count(&row, m->cpus);
    record_put_number(&row, m->cpu_limit > 0 ? m->cpu_limit : (double)NAN);
    record_put_limit(&row, m->memory_bytes ? m->memory_bytes : UINT64_MAX);
    record_put_limit(&row, m->memory_limit ? m->memory_limit : UINT64_MAX);
    record_put_z(&row, m->kernel[0] ? m->kernel : NULL);
    record_done(&row);
}

static bool has_table(struct record_db *db)
{
    struct record_row row =
        record_row(db, "SELECT count(*) FROM sqlite_master WHERE name = 'machine'");
    bool has = record_next(&row) && record_take_count(&row) > 0;
    record_stop(&row);
    return has;
}

static void take_text(struct record_row *row, struct arena *arena, char *to, size_t room)
{
    const char *text = record_take_z(row, arena);
    snprintf(to, room, "%s", text ? text : "");
}

static uint64_t take_known(struct record_row *row)
{
    uint64_t n = record_take_limit(row);
    return n == UINT64_MAX ? 0 : n;
}

void record_read_machine(struct record_db *db, struct arena *arena, struct machine *m)
{
    *m = (struct machine){.cpus = 0};
    if (!has_table(db))
        return;
    struct record_row row = record_row(
        db, "SELECT cpu, cpus, cpu_limit, memory_bytes, memory_limit_bytes, kernel FROM machine");
    if (record_next(&row)) {
        take_text(&row, arena, m->cpu, sizeof m->cpu);
        m->cpus = (unsigned)record_take_count(&row);
        double limit = record_take_number(&row);
        m->cpu_limit = limit > 0 ? limit : 0;
        m->memory_bytes = take_known(&row);
        m->memory_limit = take_known(&row);
        take_text(&row, arena, m->kernel, sizeof m->kernel);
    }
    record_stop(&row);
}
