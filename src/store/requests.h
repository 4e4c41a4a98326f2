/* store/requests.h: the requests of one worker and what came of them: an arriving id is found
 * without a search, a reply that comes too late still gets its true time, and the same id again is
 * known as a duplicate for ever. Where they are kept is the store's kind: in memory, or also in a
 * journal from which a killed run goes on (inside.h says how to add one).
 *
 * The order of calls for a request:
 *
 *   1. requests_reserve      its id, to be written into the record; false: as many as may be are in
 *                            flight, wait for one to go
 *   2. requests_issue        from now on its reply is expected
 *   3. requests_flush        once, for all that were issued in this turn of the loop
 *   4. the record is produced; not before, so that no reply finds its request unknown, neither here
 *      nor after a restart. If flush failed, none of them is: end them as FATE_ERROR
 *   5. in any order, each once:
 *      requests_acknowledge  its delivery report came, or never will (it was not handed over)
 *      requests_end          its fate has settled: by its reply, or without one (timeout, error,
 *                            abandoned)
 *      Its slot is free when both were called; until then struct request is there.
 *
 * And for every id that arrives, whenever it does: requests_reply, or requests_reply_own.
 *
 *   REPLY_MATCHED    its request waits for it: it is the owner's; the end is still to be called,
 *                    with FATE_OK or FATE_FAILED_CHECK
 *   REPLY_LATE       its request has ended without it; it took now - due_ns
 *   REPLY_DUPLICATE  a reply with this id has come before
 *   REPLY_UNKNOWN    this worker issued no such request: nothing changes
 *
 * What is said to the store between two flushes is kept at the next one: flush in each turn that
 * changed something, also when nothing was issued.
 *
 * Everything belongs to one worker's thread; what may block says so. Times are monotonic ns. */
#ifndef WEIR_STORE_REQUESTS_H
#define WEIR_STORE_REQUESTS_H

#include "base/arena.h"
#include "base/err.h"
#include "stats/fate.h"

enum {
    REQUESTS_MOST = 1 << 22,     /* slots */
    REQUESTS_SEQUENCE_BITS = 42, /* of a worker's requests, one after the other */
};

struct requests;
struct requests_kind;

/* ---- opening ---- */

/* Which kind, and where; lives as long as its arena. */
struct requests_store {
    const struct requests_kind *kind;
    const char *path; /* NULL: it has none */
};

/* "memory", "file:PATH". False with a sentence (ERR_USAGE). */
bool requests_store_parse(str text, struct arena *arena, struct requests_store *out, struct err *e);

/* Whose requests they are. */
struct requests_run {
    uint64_t run;
    uint16_t driver, worker; /* of a file: it is PATH.worker */
    uint16_t workers;        /* of this driver */
};

/* What a run that goes on has to know before anything is opened: its id and how many workers it
 * had, as worker 0 of it wrote it down. Blocks. False with a sentence: nothing is there to resume.
 */
bool requests_run_of(const struct requests_store *store, struct requests_run *out, struct err *e);

/* `limit`: requests in flight, 1 to REQUESTS_MOST. `resume`: goes on with what is there, which must
 * be of this same run, driver, worker and number of workers. Blocks; any thread. NULL with a
 * sentence. */
struct requests *requests_open(const struct requests_store *store, const struct requests_run *run,
                               uint32_t limit, bool resume, struct err *e);

/* What a resumed store found. */
struct requests_resumed {
    uint64_t waiting; /* requests that have not ended: see requests_next */
    uint64_t cut;     /* bytes of a last write that was not completed; nothing of it was produced */
    bool restarted;   /* the machine was, since: due times were taken from the wall clock */
};
const struct requests_resumed *requests_resumed(const struct requests *r);

/* `finished`: the run's books are closed, nobody will resume it: its file is removed. Otherwise
 * what was said since the last flush is lost, as if killed. Blocks. */
void requests_close(struct requests *r, bool finished);

/* ---- a request ---- */

struct request_id {
    uint64_t sequence; /* 0, 1, 2 … with gaps; never twice in a run */
    uint32_t slot;
};

/* As one number. */
static inline uint64_t request_id_pack(struct request_id id)
{
    return (uint64_t)id.slot << REQUESTS_SEQUENCE_BITS | id.sequence;
}

static inline struct request_id request_id_unpack(uint64_t packed)
{
    return (struct request_id){
        .sequence = packed & ((UINT64_C(1) << REQUESTS_SEQUENCE_BITS) - 1),
        .slot = (uint32_t)(packed >> REQUESTS_SEQUENCE_BITS),
    };
}

/* Read it, but set nothing except the owner, and the label of a resumed one. */
struct request {
    uint64_t sequence;
    uint64_t due_ns; /* resumed ones may have been due before this machine was started: age is
                      * now - due_ns, which then is right all the same; do not compare */
    void *owner;     /* the caller's; NULL for a resumed one */
    struct request_bytes *kept; /* what was to be kept of it: requests_kept */
    union {
        uint32_t label; /* the caller's, for whoever finds it; a resumed one still has it */
        uint32_t next;  /* the store's */
    };
    uint8_t state; /* the store's */
};

/* What was to be kept of it; p is NULL: nothing. */
str requests_kept(const struct request *q);

struct request_new {
    uint64_t due_ns;
    void *owner;
    uint32_t label; /* as request.label */
    str own_id; /* the id that its reply will have, where that is not weir's; p is NULL: it is */
    str kept;   /* copied: the bytes that checks compare the reply with; p is NULL: nothing */
};

/* False: `limit` are in flight. */
bool requests_reserve(struct requests *r, struct request_id *id);
/* Instead of issuing it: the id is never used. */
void requests_release(struct requests *r, struct request_id id);

/* False: its own id was issued before, and a reply could not be told from that one's; released. Of
 * ids of their own only a hash (64 bit) is kept, 21 to 43 bytes each until the store is closed. */
bool requests_issue(struct requests *r, struct request_id id, const struct request_new *n);

/* False with a sentence (disk full): nothing that was said since the last flush is kept, and
 * nothing will be: it fails the same from now on, the run is invalid. Everything else goes on in
 * memory. */
bool requests_flush(struct requests *r, struct err *e);

void requests_acknowledge(struct requests *r, struct request_id id);
/* FATE_OK and FATE_FAILED_CHECK only behind REPLY_MATCHED. */
void requests_end(struct requests *r, struct request_id id, enum fate fate);

enum reply_verdict { REPLY_MATCHED, REPLY_LATE, REPLY_DUPLICATE, REPLY_UNKNOWN };

struct reply_found {
    enum reply_verdict verdict;
    struct request_id id;    /* REPLY_MATCHED, REPLY_LATE */
    uint64_t due_ns;         /* REPLY_MATCHED, REPLY_LATE */
    struct request *request; /* REPLY_MATCHED; there until it ended and was acknowledged */
};

/* Any numbers: they come from outside. */
struct reply_found requests_reply(struct requests *r, struct request_id id);
struct reply_found requests_reply_own(struct requests *r, str own_id);

/* ---- how far replies were read ---- */

/* A partition of a topic of replies, and what comes next in it. */
struct requests_place {
    str topic;
    int32_t partition;
    int64_t next; /* offset, not below 0 */
};

/* Everything before `next` was read, and all of it was said to the store: kept at the next flush
 * together with that, so that a resumed run reads each reply once. Worker by worker: a reply that
 * one worker reads for another is in two journals, which a kill may part. */
void requests_read_to(struct requests *r, const struct requests_place *place);

/* Where a resumed run goes on; nothing of a kind that does not outlive its process. Valid until the
 * next requests_read_to. */
const struct requests_place *requests_places(const struct requests *r, size_t *n);

/* ---- all of them ---- */

/* The first request that has not ended in slot id->slot or behind, and its id; NULL: none. All:
 * for (struct request_id id = {0}; (q = requests_next(r, &id)); id.slot++); each may be ended then.
 * Resumed ones are acknowledged; their owner is to be set. One whose reply had come and whose end
 * was not kept waits again. */
struct request *requests_next(struct requests *r, struct request_id *id);

/* Of the whole run, also of what was before it was resumed:
 *   issued = waiting + ended, of all fates      matched = ended by a reply + waiting with one */
struct requests_counts {
    uint64_t issued;
    uint64_t ended[FATES];
    uint64_t matched, late, duplicate;
};
const struct requests_counts *requests_counts(const struct requests *r);
uint64_t requests_waiting(const struct requests *r); /* issued and not ended */

#endif
