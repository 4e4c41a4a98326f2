/* store/inside.h: the inside of a store, and what a kind of store is: one const table, listed in
 * kinds.c. Whatever the kind, all requests are in the memory of struct requests; a kind is told
 * what changes, and keeps that where it outlives the process. Private to src/store. */
#ifndef WEIR_STORE_INSIDE_H
#define WEIR_STORE_INSIDE_H

#include "base/map64.h"
#include "store/requests.h"

struct requests_kind {
    const char *name; /* "file" */
    const char *form; /* how a user writes it: "file:PATH" */
    bool has_path;

    /* MAY. requests_run_of; NULL: nothing of it outlives the process. */
    bool (*run_of)(const char *path, struct requests_run *out, struct err *e);
    /* MAY. Sets r->own; with `resume` brings back what was there (restore.c) and sets r->resumed.
     */
    bool (*open)(struct requests *r, const char *path, bool resume, struct err *e);
    /* MAY. A request was issued; the views of *n are valid during the call. */
    void (*issued)(struct requests *r, struct request_id id, const struct request_new *n);
    /* MAY. It ended; `replied`: behind its reply. */
    void (*ended)(struct requests *r, struct request_id id, enum fate fate, bool replied);
    /* MAY. A reply that was late or a duplicate came. */
    void (*replied)(struct requests *r, struct request_id id, enum reply_verdict verdict);
    /* MAY. requests_read_to; NULL: places are not kept at all. */
    void (*read_to)(struct requests *r, const struct requests_place *place);
    /* MAY. requests_flush. */
    bool (*flush)(struct requests *r, struct err *e);
    /* MUST with open, and after it, whether it succeeded or not. requests_close. */
    void (*close)(struct requests *r, bool finished);
};

extern const struct requests_kind requests_memory, requests_file;

/* kinds.c: false with a sentence: what it holds is gone with its process. */
bool requests_can_resume(const struct requests_kind *kind, struct err *e);

enum { REQUESTS_CHUNK = 1024 }; /* slots that are allocated together */

/* Of struct request: */
enum request_state {
    REQUEST_HELD = 1, /* reserved, and perhaps more; 0: the slot is free and was not used yet */
    REQUEST_ISSUED = 2,
    REQUEST_ACKNOWLEDGED = 4,
    REQUEST_ENDED = 8,
    REQUEST_REPLIED = 16,
    REQUEST_LISTED = 32, /* free, and in the list of such slots */
};

struct requests {
    const struct requests_kind *kind;
    void *own; /* the kind's */
    struct requests_run run;
    uint32_t limit;

    struct request **chunks; /* of slots; NULL: none of it was used yet */
    size_t n_chunks;
    uint32_t held;
    uint32_t first_free; /* LISTED ones, by request.next; NO_SLOT: none */
    uint32_t fresh;      /* those below were used, those above only when restored */

    uint64_t next;        /* sequence */
    uint64_t *replied;    /* a bit for each sequence that was issued: a reply came */
    size_t words;         /* of them */
    struct map64 late;    /* ended without a reply: sequence → due_ns */
    struct map64 own_ids; /* hash → slot and sequence */

    struct requests_place *places; /* their topics are copies */
    size_t n_places, places_capacity;
    size_t next_place; /* where the next one that is said probably is */

    struct requests_counts counts;
    struct requests_resumed resumed;
};

#define NO_SLOT UINT32_MAX

/* ---- requests.c: what restoring needs, too ---- */

struct request *requests_slot(struct requests *r, uint32_t slot); /* there from now on */
/* The slot was reserved, and its own id, if any, entered. */
void requests_enter(struct requests *r, struct request_id id, const struct request_new *n);
void requests_enter_end(struct requests *r, struct request *q, enum fate fate);
bool requests_enter_own_id(struct requests *r, str own_id, struct request_id id);
void requests_free_slot(struct requests *r, struct request *q); /* it is held by nothing then */
void requests_set_replied(struct requests *r, uint64_t sequence);
/* Enters it. False: it was known already. */
bool requests_enter_place(struct requests *r, const struct requests_place *place);
bool requests_has_reply(const struct requests *r, uint64_t sequence);
/* The request of that id, which has not ended; NULL: none. */
struct request *requests_in_flight(const struct requests *r, struct request_id id);

/* ---- restore.c: what a kind kept, in the order in which it was told. Each false: that cannot be,
 * what was kept is damaged ---- */

bool restore_issued(struct requests *r, struct request_id id, const struct request_new *n);
bool restore_ended(struct requests *r, struct request_id id, enum fate fate, bool replied);
bool restore_replied(struct requests *r, struct request_id id, enum reply_verdict verdict);
bool restore_place(struct requests *r, const struct requests_place *place);
void restore_over(struct requests *r); /* new ones can be issued now */

#endif
