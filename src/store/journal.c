/* The journal's bytes, one way and the other. */
#include "store/journal.h"

#include <string.h>
#include <zlib.h>

enum { HEAD = 16, RECORD_MOST = 80 }; /* without an issue's own bytes */

#define NONE UINT32_MAX

static uint32_t checksum(str bytes)
{
    return (uint32_t)crc32_z(0, (const Bytef *)bytes.p, bytes.n);
}

/* ---- writing ---- */

static inline void put(char *at, uint64_t number, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        at[i] = (char)(number >> (8 * i));
}

/* Into room that journal_add has made. */
static inline void add(struct buf *b, uint64_t number, unsigned bytes)
{
    put(b->p + b->n, number, bytes);
    b->n += bytes;
}

void journal_begin(struct buf *batch)
{
    batch->n = 0;
    buf_reserve(batch, HEAD);
    batch->n = HEAD;
}

bool journal_is_empty(const struct buf *batch)
{
    return batch->n == HEAD;
}

void journal_seal(struct buf *batch)
{
    str records = str_skip(buf_view(batch), HEAD);
    put(batch->p, records.n, 8);
    put(batch->p + 8, checksum(records), 4);
    put(batch->p + 12, checksum((str){batch->p, 12}), 4);
}

static void add_session(struct buf *b, const struct journal_session *s)
{
    add(b, s->run.run, 8);
    add(b, s->run.driver, 2);
    add(b, s->run.worker, 2);
    add(b, s->run.workers, 2);
    buf_add(b, s->boot, JOURNAL_BOOT);
    add(b, s->wall_ns, 8);
    add(b, s->monotonic_ns, 8);
}

static void add_id(struct buf *b, struct request_id id)
{
    add(b, id.slot, 4);
    add(b, id.sequence, 8);
}

static void add_issue(struct buf *b, const struct journal_record *r)
{
    const struct request_new *n = &r->issue;
    add_id(b, r->id);
    add(b, n->due_ns, 8);
    add(b, r->due_wall_ns, 8);
    add(b, n->label, 4);
    add(b, n->own_id.p ? n->own_id.n : NONE, 4);
    add(b, n->kept.p ? n->kept.n : NONE, 4);
    buf_str(b, n->own_id);
    buf_str(b, n->kept);
}

static void add_place(struct buf *b, const struct requests_place *p)
{
    add(b, (uint32_t)p->partition, 4);
    add(b, (uint64_t)p->next, 8);
    add(b, p->topic.n, 2);
    buf_str(b, p->topic);
}

void journal_add(struct buf *batch, const struct journal_record *r)
{
    buf_reserve(batch, RECORD_MOST);
    add(batch, r->kind, 1);
    switch (r->kind) {
    case JOURNAL_SESSION:
        add_session(batch, &r->session);
        break;
    case JOURNAL_ISSUE:
        add_issue(batch, r);
        break;
    case JOURNAL_END:
        add_id(batch, r->id);
        add(batch, r->fate, 1);
        add(batch, r->replied, 1);
        break;
    case JOURNAL_REPLY:
        add_id(batch, r->id);
        add(batch, r->verdict, 1);
        break;
    case JOURNAL_PLACE:
        add_place(batch, &r->place);
        break;
    }
}

/* ---- reading ---- */

static uint64_t number_at(const char *p, unsigned bytes)
{
    uint64_t number = 0;
    for (unsigned i = 0; i < bytes; i++)
        number |= (uint64_t)(unsigned char)p[i] << (8 * i);
    return number;
}

/* Takes bytes from the front; fewer are there: p is NULL, and nothing is left. */
static str take(str *rest, size_t bytes)
{
    str taken = {rest->p, bytes};
    if (rest->n < bytes)
        return *rest = (str){NULL, 0};
    *rest = str_skip(*rest, bytes);
    return taken;
}

/* 0 where there is none: what follows the last number of a record then fails, too. */
static uint64_t take_number(str *rest, unsigned bytes, bool *good)
{
    str taken = take(rest, bytes);
    *good = *good && taken.p;
    return taken.p ? number_at(taken.p, bytes) : 0;
}

static str take_bytes(str *rest, uint64_t bytes, bool *good)
{
    if (bytes == NONE)
        return (str){NULL, 0};
    str taken = take(rest, bytes);
    *good = *good && taken.p;
    return taken;
}

static bool read_session(str *rest, struct journal_session *s)
{
    bool good = true;
    s->run.run = take_number(rest, 8, &good);
    s->run.driver = (uint16_t)take_number(rest, 2, &good);
    s->run.worker = (uint16_t)take_number(rest, 2, &good);
    s->run.workers = (uint16_t)take_number(rest, 2, &good);
    str boot = take_bytes(rest, JOURNAL_BOOT, &good);
    if (boot.p)
        memcpy(s->boot, boot.p, JOURNAL_BOOT);
    s->wall_ns = take_number(rest, 8, &good);
    s->monotonic_ns = take_number(rest, 8, &good);
    return good;
}

static bool read_id(str *rest, struct request_id *id)
{
    bool good = true;
    id->slot = (uint32_t)take_number(rest, 4, &good);
    id->sequence = take_number(rest, 8, &good);
    return good;
}

static bool read_issue(str *rest, struct journal_record *out)
{
    struct request_new *n = &out->issue;
    bool good = read_id(rest, &out->id);
    n->due_ns = take_number(rest, 8, &good);
    out->due_wall_ns = take_number(rest, 8, &good);
    n->label = (uint32_t)take_number(rest, 4, &good);
    uint64_t own_id = take_number(rest, 4, &good), kept = take_number(rest, 4, &good);
    n->own_id = take_bytes(rest, own_id, &good);
    n->kept = take_bytes(rest, kept, &good);
    return good;
}

static bool read_end(str *rest, struct journal_record *out)
{
    bool good = read_id(rest, &out->id);
    uint64_t fate = take_number(rest, 1, &good), replied = take_number(rest, 1, &good);
    out->fate = (enum fate)fate;
    out->replied = replied;
    return good && fate < FATES && replied <= 1;
}

static bool read_reply(str *rest, struct journal_record *out)
{
    bool good = read_id(rest, &out->id);
    uint64_t verdict = take_number(rest, 1, &good);
    out->verdict = (enum reply_verdict)verdict;
    return good && (verdict == REPLY_LATE || verdict == REPLY_DUPLICATE);
}

static bool read_place(str *rest, struct journal_record *out)
{
    bool good = true;
    out->place.partition = (int32_t)take_number(rest, 4, &good);
    out->place.next = (int64_t)take_number(rest, 8, &good);
    out->place.topic = take_bytes(rest, take_number(rest, 2, &good), &good);
    return good && out->place.topic.n > 0;
}

static bool read_record(str *rest, struct journal_record *out)
{
    bool good = true;
    uint64_t kind = take_number(rest, 1, &good);
    *out = (struct journal_record){.kind = (enum journal_kind)kind};
    switch (kind) {
    case JOURNAL_SESSION:
        return read_session(rest, &out->session);
    case JOURNAL_ISSUE:
        return read_issue(rest, out);
    case JOURNAL_END:
        return read_end(rest, out);
    case JOURNAL_REPLY:
        return read_reply(rest, out);
    case JOURNAL_PLACE:
        return read_place(rest, out);
    default:
        return false;
    }
}

static bool damaged(struct journal_reader *reader, const char *why)
{
    reader->why = why;
    return false;
}

/* Goes to the next batch that has records. False: it is not there, not whole, or damaged. The
 * length has a checksum of its own: it decides what is not whole and what is damaged. */
static bool enter_batch(struct journal_reader *reader)
{
    str rest = str_skip(reader->bytes, reader->at), head = take(&rest, HEAD);
    reader->batch = reader->at;
    if (!head.p)
        return false;
    if (number_at(head.p + 12, 4) != checksum((str){head.p, 12}))
        return damaged(reader, "the checksum of a batch's length is wrong");
    str records = take(&rest, number_at(head.p, 8));
    if (!records.p)
        return false;
    if (number_at(head.p + 8, 4) != checksum(records))
        return damaged(reader, "the checksum of a batch is wrong");
    reader->at += HEAD + records.n;
    reader->records = records;
    return true;
}

bool journal_start(struct journal_reader *reader, str bytes)
{
    *reader = (struct journal_reader){.bytes = bytes, .at = JOURNAL_MAGIC.n};
    return str_starts(bytes, JOURNAL_MAGIC);
}

bool journal_next(struct journal_reader *reader, struct journal_record *out)
{
    while (reader->records.n == 0)
        if (reader->why || !enter_batch(reader))
            return false;
    return read_record(&reader->records, out) || damaged(reader, "a record makes no sense");
}
