/* The counts as JSON. */
#include "responder/counts.h"

#include "base/clock.h"
#include "base/json_out.h"

static void put(struct json_out *j, const char *name, uint64_t n)
{
    json_out_key(j, str_from(name));
    json_out_count(j, n);
}

void counts_write(const struct counts *c, struct buf *out)
{
    static const char *const faults[FAULTS] = {
        [FAULT_DROP] = "dropped",         [FAULT_DUPLICATE] = "duplicated",
        [FAULT_DELAY] = "delayed",        [FAULT_CORRUPT] = "corrupted",
        [FAULT_FOREIGN] = "foreign",      [FAULT_TOMBSTONE] = "tombstones",
        [FAULT_WRONG_KEY] = "wrong_keys",
    };
    struct json_out j = {.out = out};
    json_out_object(&j);
    put(&j, "received", c->received);
    put(&j, "unanswerable", c->unanswerable);
    for (int i = FAULT_NONE + 1; i < FAULTS; i++)
        put(&j, faults[i], c->faults[i]);
    put(&j, "replies", c->replies);
    put(&j, "acknowledged", c->acknowledged);
    put(&j, "failed", c->failed);
    put(&j, "unsent", c->unsent);
    json_out_key(&j, STR("seconds"));
    json_out_number(&j, c->last_ns > c->first_ns ? (double)(c->last_ns - c->first_ns) / 1e9 : 0);
    json_out_key(&j, STR("cpu_s"));
    json_out_number(&j, (double)clock_cpu_ns() / 1e9);
    json_out_end(&j);
    buf_char(out, '\n');
}
