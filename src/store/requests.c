/* The life of requests: slots, the bit of each sequence, what ended without a reply. */
#include "store/requests.h"

#include <assert.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "store/inside.h"

/* Most requests have none: it stands apart. */
struct request_bytes {
    size_t n;
    char bytes[];
};

/* ---- slots ---- */

static struct request *look(const struct requests *r, uint32_t slot)
{
    size_t chunk = slot / REQUESTS_CHUNK;
    if (chunk >= r->n_chunks || !r->chunks[chunk])
        return NULL;
    return &r->chunks[chunk][slot % REQUESTS_CHUNK];
}

struct request *requests_slot(struct requests *r, uint32_t slot)
{
    size_t chunk = slot / REQUESTS_CHUNK;
    if (chunk >= r->n_chunks) {
        size_t n = r->n_chunks ? r->n_chunks : 16;
        while (n <= chunk)
            n *= 2;
        r->chunks = mem_grow(r->chunks, n * sizeof(struct request *));
        memset(&r->chunks[r->n_chunks], 0, (n - r->n_chunks) * sizeof(struct request *));
        r->n_chunks = n;
    }
    if (!r->chunks[chunk])
        r->chunks[chunk] = mem_array(REQUESTS_CHUNK, sizeof(struct request));
    return look(r, slot);
}

static uint32_t take_slot(struct requests *r)
{
    uint32_t slot = r->first_free;
    if (slot != NO_SLOT) {
        r->first_free = look(r, slot)->next;
        return slot;
    }
    while (requests_slot(r, r->fresh)->state != 0)
        r->fresh++;
    return r->fresh++;
}

void requests_free_slot(struct requests *r, struct request *q)
{
    mem_free(q->kept);
    *q = (struct request){.state = 0};
    r->held--;
}

/* Its memory is warm: the next request gets it. */
static void give_back(struct requests *r, uint32_t slot)
{
    struct request *q = look(r, slot);
    requests_free_slot(r, q);
    q->state = REQUEST_LISTED;
    q->next = r->first_free;
    r->first_free = slot;
}

/* The caller's own id: it is there. */
static struct request *at(const struct requests *r, struct request_id id)
{
    struct request *q = look(r, id.slot);
    assert(q && q->state & REQUEST_HELD && q->sequence == id.sequence);
    return q;
}

static void give_back_if_over(struct requests *r, struct request *q, uint32_t slot)
{
    if (q->state & REQUEST_ENDED && q->state & REQUEST_ACKNOWLEDGED)
        give_back(r, slot);
}

/* ---- a bit for each sequence ---- */

static void make_bit(struct requests *r, uint64_t sequence)
{
    size_t words = r->words ? r->words : 64;
    while (sequence / 64 >= words)
        words *= 2;
    if (words == r->words)
        return;
    r->replied = mem_grow(r->replied, words * sizeof *r->replied);
    memset(&r->replied[r->words], 0, (words - r->words) * sizeof *r->replied);
    r->words = words;
}

void requests_set_replied(struct requests *r, uint64_t sequence)
{
    r->replied[sequence / 64] |= UINT64_C(1) << (sequence % 64);
}

bool requests_has_reply(const struct requests *r, uint64_t sequence)
{
    return sequence / 64 < r->words && r->replied[sequence / 64] >> (sequence % 64) & 1;
}

/* ---- ids of their own: slot and sequence in one number ---- */

static uint64_t own_key(str own_id)
{
    uint64_t hash = map_hash(own_id);
    return hash == UINT64_MAX ? 0 : hash;
}

bool requests_enter_own_id(struct requests *r, str own_id, struct request_id id)
{
    uint64_t there;
    if (map64_get(&r->own_ids, own_key(own_id), &there))
        return false;
    map64_put(&r->own_ids, own_key(own_id), request_id_pack(id));
    return true;
}

struct reply_found requests_reply_own(struct requests *r, str own_id)
{
    uint64_t there;
    if (!map64_get(&r->own_ids, own_key(own_id), &there))
        return (struct reply_found){.verdict = REPLY_UNKNOWN};
    return requests_reply(r, request_id_unpack(there));
}

/* ---- life ---- */

bool requests_reserve(struct requests *r, struct request_id *id)
{
    if (r->held >= r->limit)
        return false;
    *id = (struct request_id){.slot = take_slot(r), .sequence = r->next++};
    struct request *q = look(r, id->slot);
    q->state = REQUEST_HELD;
    q->sequence = id->sequence;
    r->held++;
    return true;
}

void requests_release(struct requests *r, struct request_id id)
{
    assert(at(r, id)->state == REQUEST_HELD);
    give_back(r, id.slot);
}

static str copy(str bytes)
{
    if (!bytes.p)
        return bytes;
    char *p = mem_alloc(bytes.n + 1); /* no bytes are bytes, too */
    memcpy(p, bytes.p, bytes.n);
    return (str){p, bytes.n};
}

static struct request_bytes *keep(str bytes)
{
    if (!bytes.p)
        return NULL;
    struct request_bytes *b = mem_alloc(sizeof *b + bytes.n);
    b->n = bytes.n;
    memcpy(b->bytes, bytes.p, bytes.n);
    return b;
}

str requests_kept(const struct request *q)
{
    return q->kept ? (str){q->kept->bytes, q->kept->n} : (str){NULL, 0};
}

void requests_enter(struct requests *r, struct request_id id, const struct request_new *n)
{
    struct request *q = look(r, id.slot);
    make_bit(r, id.sequence);
    q->sequence = id.sequence;
    q->due_ns = n->due_ns;
    q->owner = n->owner;
    q->label = n->label;
    q->kept = keep(n->kept);
    q->state = REQUEST_HELD | REQUEST_ISSUED;
    r->counts.issued++;
}

bool requests_issue(struct requests *r, struct request_id id, const struct request_new *n)
{
    assert(at(r, id)->state == REQUEST_HELD);
    if (n->own_id.p && !requests_enter_own_id(r, n->own_id, id)) {
        give_back(r, id.slot);
        return false;
    }
    requests_enter(r, id, n);
    if (r->kind->issued)
        r->kind->issued(r, id, n);
    return true;
}

bool requests_flush(struct requests *r, struct err *e)
{
    return !r->kind->flush || r->kind->flush(r, e);
}

void requests_acknowledge(struct requests *r, struct request_id id)
{
    struct request *q = at(r, id);
    assert(q->state & REQUEST_ISSUED && !(q->state & REQUEST_ACKNOWLEDGED));
    q->state |= REQUEST_ACKNOWLEDGED;
    give_back_if_over(r, q, id.slot);
}

void requests_enter_end(struct requests *r, struct request *q, enum fate fate)
{
    q->state |= REQUEST_ENDED;
    r->counts.ended[fate]++;
    if (!(q->state & REQUEST_REPLIED))
        map64_put(&r->late, q->sequence, q->due_ns);
}

void requests_end(struct requests *r, struct request_id id, enum fate fate)
{
    struct request *q = at(r, id);
    bool replied = q->state & REQUEST_REPLIED;
    assert(q->state & REQUEST_ISSUED && !(q->state & REQUEST_ENDED));
    assert(replied || (fate != FATE_OK && fate != FATE_FAILED_CHECK));
    requests_enter_end(r, q, fate);
    if (r->kind->ended)
        r->kind->ended(r, id, fate, replied);
    give_back_if_over(r, q, id.slot);
}

/* ---- replies ---- */

struct request *requests_in_flight(const struct requests *r, struct request_id id)
{
    struct request *q = look(r, id.slot);
    bool open = q && q->sequence == id.sequence &&
                (q->state & (REQUEST_ISSUED | REQUEST_ENDED)) == REQUEST_ISSUED;
    return open ? q : NULL;
}

static struct reply_found matched(struct requests *r, struct request_id id, struct request *q)
{
    q->state |= REQUEST_REPLIED;
    requests_set_replied(r, id.sequence);
    r->counts.matched++;
    return (struct reply_found){REPLY_MATCHED, id, q->due_ns, q};
}

/* After its request has ended: the first is late, any other a duplicate. */
static struct reply_found too_late(struct requests *r, struct request_id id, uint64_t due_ns)
{
    requests_set_replied(r, id.sequence);
    r->counts.late++;
    if (r->kind->replied)
        r->kind->replied(r, id, REPLY_LATE);
    return (struct reply_found){REPLY_LATE, id, due_ns, NULL};
}

static struct reply_found duplicate(struct requests *r, struct request_id id)
{
    r->counts.duplicate++;
    if (r->kind->replied)
        r->kind->replied(r, id, REPLY_DUPLICATE);
    return (struct reply_found){.verdict = REPLY_DUPLICATE};
}

struct reply_found requests_reply(struct requests *r, struct request_id id)
{
    uint64_t due_ns;
    if (requests_has_reply(r, id.sequence))
        return duplicate(r, id);
    struct request *q = requests_in_flight(r, id);
    if (q)
        return matched(r, id, q);
    if (id.sequence < r->next && map64_take(&r->late, id.sequence, &due_ns))
        return too_late(r, id, due_ns);
    return (struct reply_found){.verdict = REPLY_UNKNOWN};
}

/* ---- how far replies were read ---- */

/* They are said in the same order again and again. */
static struct requests_place *find_place(struct requests *r, const struct requests_place *wanted)
{
    for (size_t i = 0; i < r->n_places; i++) {
        size_t at = (r->next_place + i) % r->n_places;
        struct requests_place *p = &r->places[at];
        if (p->partition == wanted->partition && str_eq(p->topic, wanted->topic)) {
            r->next_place = at + 1;
            return p;
        }
    }
    return NULL;
}

bool requests_enter_place(struct requests *r, const struct requests_place *place)
{
    struct requests_place *p = find_place(r, place);
    if (p && p->next == place->next)
        return false;
    if (!p) {
        r->places = mem_room(r->places, r->n_places, &r->places_capacity, sizeof *r->places);
        p = &r->places[r->n_places++];
        *p = *place;
        p->topic = copy(place->topic);
    }
    p->next = place->next;
    return true;
}

void requests_read_to(struct requests *r, const struct requests_place *place)
{
    if (r->kind->read_to && requests_enter_place(r, place))
        r->kind->read_to(r, place);
}

const struct requests_place *requests_places(const struct requests *r, size_t *n)
{
    *n = r->n_places;
    return r->places;
}

/* ---- all of them ---- */

struct request *requests_next(struct requests *r, struct request_id *id)
{
    for (; id->slot / REQUESTS_CHUNK < r->n_chunks; id->slot++) {
        struct request *q = look(r, id->slot);
        if (q && (q->state & (REQUEST_ISSUED | REQUEST_ENDED)) == REQUEST_ISSUED) {
            id->sequence = q->sequence;
            return q;
        }
    }
    return NULL;
}

const struct requests_counts *requests_counts(const struct requests *r)
{
    return &r->counts;
}

uint64_t requests_waiting(const struct requests *r)
{
    uint64_t waiting = r->counts.issued;
    for (int f = 0; f < FATES; f++)
        waiting -= r->counts.ended[f];
    return waiting;
}

const struct requests_resumed *requests_resumed(const struct requests *r)
{
    return &r->resumed;
}

/* ---- opening and closing ---- */

struct requests *requests_open(const struct requests_store *store, const struct requests_run *run,
                               uint32_t limit, bool resume, struct err *e)
{
    assert(limit > 0 && limit <= REQUESTS_MOST);
    if (resume && !requests_can_resume(store->kind, e))
        return NULL;
    struct requests *r = mem_zero(sizeof *r);
    r->kind = store->kind;
    r->run = *run;
    r->limit = limit;
    r->first_free = NO_SLOT;
    if (!r->kind->open || r->kind->open(r, store->path, resume, e))
        return r;
    requests_close(r, false);
    return NULL;
}

void requests_close(struct requests *r, bool finished)
{
    if (r->kind->close)
        r->kind->close(r, finished);
    for (size_t c = 0; c < r->n_chunks; c++) {
        for (size_t i = 0; r->chunks[c] && i < REQUESTS_CHUNK; i++)
            mem_free(r->chunks[c][i].kept);
        mem_free(r->chunks[c]);
    }
    mem_free(r->chunks);
    for (size_t i = 0; i < r->n_places; i++)
        mem_free((void *)r->places[i].topic.p);
    mem_free(r->places);
    mem_free(r->replied);
    map64_free(&r->late);
    map64_free(&r->own_ids);
    mem_free(r);
}
