/* store/journal.h: the bytes of a journal: what happened to a worker's requests, one batch after
 * the other, each batch with one write. A batch that was not written to its end never happened, for
 * nothing of it was produced. Pure.
 *
 * Integers are little-endian. The file begins with "weirreq1"; then batches:
 *
 *      0  8  length of the records in bytes
 *      8  4  CRC-32 (IEEE 802.3, as zlib's) of the records
 *     12  4  CRC-32 of these first 12 bytes
 *     16     records, each a byte that says its kind, then:
 *
 *   1 session   run 8, driver 2, worker 2, workers 2, boot 36, wall 8, monotonic 8
 *   2 issue     slot 4, sequence 8, due 8, due by the wall clock 8, label 4,
 *               length of its own id 4, of what is kept 4 (2^32 - 1: there is none), these bytes
 *   3 end       slot 4, sequence 8, fate 1, behind its reply 1 (0 or 1)
 *   4 reply     slot 4, sequence 8, verdict 1; only what was late or a duplicate: what matched is
 *               said by the end
 *   5 place     partition 4, next offset 8, length of its topic 2, the topic's name: so far
 *               replies were read, and what they changed stands before it
 *
 * The first record is a session, and one more follows at each resuming. Wall times are ns since
 * 1970, the others monotonic ns of the boot of their session. */
#ifndef WEIR_STORE_JOURNAL_H
#define WEIR_STORE_JOURNAL_H

#include "base/buf.h"
#include "store/requests.h"

enum { JOURNAL_BOOT = 36 };

#define JOURNAL_MAGIC STR("weirreq1")

enum journal_kind { JOURNAL_SESSION = 1, JOURNAL_ISSUE, JOURNAL_END, JOURNAL_REPLY, JOURNAL_PLACE };

struct journal_session {
    struct requests_run run;
    char boot[JOURNAL_BOOT];        /* the kernel's boot_id, as text; zeros: not known */
    uint64_t wall_ns, monotonic_ns; /* when it began */
};

struct journal_record {
    enum journal_kind kind;
    struct journal_session session; /* JOURNAL_SESSION */
    struct requests_place place;    /* JOURNAL_PLACE: its topic is a view of the bytes */
    struct request_id id;           /* the others */
    struct request_new issue;       /* JOURNAL_ISSUE: without owner; views of the bytes */
    uint64_t due_wall_ns;           /* JOURNAL_ISSUE */
    enum fate fate;                 /* JOURNAL_END */
    bool replied;                   /* JOURNAL_END */
    enum reply_verdict verdict;     /* JOURNAL_REPLY */
};

/* ---- writing: a batch grows in a buf from journal_begin to journal_seal, then it is written ----
 */

void journal_begin(struct buf *batch); /* whatever was in it is gone */
void journal_add(struct buf *batch, const struct journal_record *record);
bool journal_is_empty(const struct buf *batch);
void journal_seal(struct buf *batch);

/* ---- reading ---- */

struct journal_reader {
    str bytes;       /* the whole file */
    size_t batch;    /* where the batch begins that is being read, … */
    str records;     /* … what is left of it, … */
    size_t at;       /* … and the next one; at the end: what is not whole */
    const char *why; /* what is damaged in that batch, static; NULL: nothing */
};

/* False: these bytes begin no journal. */
bool journal_start(struct journal_reader *reader, str bytes);

/* The next record. False: there are no more (an unfinished last batch is passed over), or damage.
 */
bool journal_next(struct journal_reader *reader, struct journal_record *out);

#endif
