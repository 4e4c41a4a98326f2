/* opened.h: stores for tests: one in memory, one with a journal in a directory of its own. */
#ifndef WEIR_TESTS_OPENED_H
#define WEIR_TESTS_OPENED_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/requests.h"

static const struct requests_run the_run = {.run = 77, .driver = 2, .worker = 1, .workers = 4};

static inline struct requests_store store_of(const char *text, struct arena *arena)
{
    struct requests_store store;
    struct err e;
    if (!requests_store_parse(str_from(text), arena, &store, &e))
        fail_msg("%s", e.text);
    return store;
}

static inline struct requests *open_memory(uint32_t limit)
{
    struct arena arena = {0};
    struct requests_store store = store_of("memory", &arena);
    struct err e;
    struct requests *r = requests_open(&store, &the_run, limit, false, &e);
    assert_non_null(r);
    arena_free(&arena);
    return r;
}

/* Where a test's journal is. */
struct place {
    struct arena arena;
    char directory[40], file[60]; /* of worker 1 */
    struct requests_store store;
};

static inline void place_make(struct place *p)
{
    *p = (struct place){.directory = "/tmp/weir-journal-XXXXXX"};
    char text[60];
    assert_non_null(mkdtemp(p->directory));
    snprintf(text, sizeof text, "file:%s/j", p->directory);
    snprintf(p->file, sizeof p->file, "%s/j.1", p->directory);
    p->store = store_of(text, &p->arena);
}

static inline void place_remove(struct place *p)
{
    unlink(p->file);
    assert_int_equal(rmdir(p->directory), 0);
    arena_free(&p->arena);
}

static inline struct requests *open_file(const struct place *p, uint32_t limit, bool resume)
{
    struct err e;
    struct requests *r = requests_open(&p->store, &the_run, limit, resume, &e);
    if (!r)
        fail_msg("%s", e.text);
    return r;
}

static inline void flush(struct requests *r)
{
    struct err e;
    if (!requests_flush(r, &e))
        fail_msg("%s", e.text);
}

static inline struct request_id issue(struct requests *r, const struct request_new *n)
{
    struct request_id id;
    assert_true(requests_reserve(r, &id));
    assert_true(requests_issue(r, id, n));
    return id;
}

static inline enum reply_verdict verdict(struct requests *r, struct request_id id)
{
    return requests_reply(r, id).verdict;
}

/* issued = waiting + ended; what has its fate by a reply had one. */
static inline void assert_balanced(const struct requests *r)
{
    const struct requests_counts *c = requests_counts(r);
    uint64_t ended = 0;
    for (int f = 0; f < FATES; f++)
        ended += c->ended[f];
    assert_true(ended <= c->issued && requests_waiting(r) == c->issued - ended);
    assert_true(c->ended[FATE_OK] + c->ended[FATE_FAILED_CHECK] <= c->matched);
    assert_true(c->matched + c->late <= c->issued);
}

#endif
