/* Bringing back what a kind kept. It is foreign: every number is held against what can be. */
#include "store/inside.h"

/* Sequences that one worker cannot have let pass unused in a row: more is damage, and bounds what
 * damage can make of memory. */
enum { MOST_UNUSED = 1 << 24 };

static bool may_be_issued(const struct requests *r, struct request_id id)
{
    uint64_t there;
    return id.slot < REQUESTS_MOST && id.sequence >> REQUESTS_SEQUENCE_BITS == 0 &&
           (id.sequence < r->next || id.sequence - r->next < MOST_UNUSED) &&
           !requests_has_reply(r, id.sequence) && !map64_get(&r->late, id.sequence, &there);
}

bool restore_issued(struct requests *r, struct request_id id, const struct request_new *n)
{
    if (!may_be_issued(r, id) || requests_slot(r, id.slot)->state != 0 ||
        (n->own_id.p && !requests_enter_own_id(r, n->own_id, id)))
        return false;
    requests_enter(r, id, n);
    r->held++;
    if (id.sequence >= r->next)
        r->next = id.sequence + 1;
    return true;
}

bool restore_ended(struct requests *r, struct request_id id, enum fate fate, bool replied)
{
    struct request *q = requests_in_flight(r, id);
    if (!q || fate >= FATES || (!replied && (fate == FATE_OK || fate == FATE_FAILED_CHECK)))
        return false;
    if (replied) {
        q->state |= REQUEST_REPLIED;
        requests_set_replied(r, id.sequence);
        r->counts.matched++;
    }
    requests_enter_end(r, q, fate);
    requests_free_slot(r, q);
    return true;
}

bool restore_replied(struct requests *r, struct request_id id, enum reply_verdict verdict)
{
    uint64_t due_ns;
    if (verdict == REPLY_DUPLICATE) {
        r->counts.duplicate++;
        return true;
    }
    if (verdict != REPLY_LATE || id.sequence >= r->next ||
        !map64_take(&r->late, id.sequence, &due_ns))
        return false;
    requests_set_replied(r, id.sequence);
    r->counts.late++;
    return true;
}

bool restore_place(struct requests *r, const struct requests_place *place)
{
    if (place->partition < 0 || place->next < 0)
        return false;
    requests_enter_place(r, place);
    return true;
}

/* Nothing will report on the delivery of those that are left. Ids that were reserved and not issued
 * may be out there: none of them is used again. */
void restore_over(struct requests *r)
{
    struct request_id id = {0};
    for (struct request *q; (q = requests_next(r, &id)); id.slot++) {
        q->state |= REQUEST_ACKNOWLEDGED;
        r->resumed.waiting++;
    }
    r->next += r->limit;
}
