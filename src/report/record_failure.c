/* Failures, row by row. */
#include "report/record_failure.h"

struct record_failures record_failures(struct record_db *db, const struct record_series *series,
                                       struct arena *arena)
{
    struct record_row row =
        record_row(db, "SELECT series, fate, cause, due_ns, response_ns, service_ns, status, "
                       "length, request, head, body FROM failure ORDER BY rowid");
    return (struct record_failures){row, series, arena};
}

static uint8_t fate_of(struct record_db *db, str name)
{
    for (unsigned f = 0; f < FATES; f++)
        if (str_eq(name, str_from(fate_name((enum fate)f))))
            return (uint8_t)f;
    record_db_damaged(db, "the fate of a call is an unknown word");
    return FATE_ERROR;
}

bool record_next_failure(struct record_failures *f, struct shown_call *out)
{
    struct record_row *row = &f->row;
    struct call_record *r = &out->record;
    *out = (struct shown_call){.request_bytes = 0};
    if (!record_next(row))
        return false;
    r->series = record_series_at(row->db, f->series, record_take_count(row));
    r->fate = fate_of(row->db, record_take_text(row, f->arena));
    r->cause = record_take_z(row, f->arena);
    r->due_ns = record_take_count(row);
    r->response_ns = record_take_count(row);
    r->service_ns = record_take_count(row);
    r->status = (uint16_t)record_take_count(row);
    r->length = record_take_count(row);
    out->request = record_take_text(row, f->arena);
    out->head = record_take_text(row, f->arena);
    out->body = record_take_text(row, f->arena);
    out->request_bytes = out->request.n;
    out->body_bytes = out->body.n;
    return r->series != NULL;
}
