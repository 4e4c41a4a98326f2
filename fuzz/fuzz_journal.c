/* Journals: the first byte of an input says what the rest is: 'r' the raw bytes of a file, anything
 * else the records of one batch behind a session, packed here, because mutations hardly ever pass a
 * checksum. What is read survives being written again; what a store takes back leaves it balanced:
 * then each request that was seen ends, and gets its reply, once. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/journal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LIMIT = 100, IDS = 64 };

static const struct requests_run the_run = {.run = 1, .workers = 1};

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* The ids that are issued in it, some of them. */
struct ids {
    struct request_id list[IDS];
    unsigned n;
};

static void check_written_again(const struct journal_record *r)
{
    struct journal_reader reader;
    struct journal_record again;
    struct buf file = {0}, batch = {0};
    journal_begin(&batch);
    journal_add(&batch, r);
    journal_seal(&batch);
    buf_str(&file, JOURNAL_MAGIC);
    buf_str(&file, buf_view(&batch));
    must(journal_start(&reader, buf_view(&file)) && journal_next(&reader, &again));
    must(again.kind == r->kind && again.id.slot == r->id.slot &&
         again.id.sequence == r->id.sequence && again.fate == r->fate &&
         again.verdict == r->verdict && again.replied == r->replied);
    must(str_eq(again.place.topic, r->place.topic) && again.place.next == r->place.next &&
         again.place.partition == r->place.partition);
    must(str_eq(again.issue.own_id, r->issue.own_id) && str_eq(again.issue.kept, r->issue.kept));
    must(!journal_next(&reader, &again) && !reader.why);
    buf_free(&file);
    buf_free(&batch);
}

static void check_records(str bytes, struct ids *ids)
{
    struct journal_reader reader;
    struct journal_record r;
    if (!journal_start(&reader, bytes))
        return;
    while (journal_next(&reader, &r)) {
        check_written_again(&r);
        if (r.kind == JOURNAL_ISSUE && ids->n < IDS)
            ids->list[ids->n++] = r.id;
    }
    must(reader.why || reader.at <= bytes.n);
}

static uint64_t ended(const struct requests *r)
{
    uint64_t n = 0;
    for (int f = 0; f < FATES; f++)
        n += requests_counts(r)->ended[f];
    return n;
}

static void check_places(const struct requests *r)
{
    size_t n;
    const struct requests_place *p = requests_places(r, &n);
    for (size_t i = 0; i < n; i++) {
        must(p[i].topic.n > 0 && p[i].partition >= 0 && p[i].next >= 0);
        for (size_t k = 0; k < i; k++)
            must(p[i].partition != p[k].partition || !str_eq(p[i].topic, p[k].topic));
    }
}

static void check_books(struct requests *r, const struct ids *ids)
{
    const struct requests_counts *c = requests_counts(r);
    struct request_id id = {0}, more;
    uint64_t waiting = 0;
    for (; requests_next(r, &id); id.slot++, waiting++)
        requests_end(r, id, FATE_TIMEOUT);
    must(waiting == requests_resumed(r)->waiting && c->issued == ended(r));
    for (unsigned i = 0; i < ids->n; i++) {
        enum reply_verdict first = requests_reply(r, ids->list[i]).verdict;
        must(first == REPLY_LATE || first == REPLY_DUPLICATE);
        must(requests_reply(r, ids->list[i]).verdict == REPLY_DUPLICATE);
    }
    must(c->matched + c->late <= c->issued);
    for (int i = 0; i < LIMIT; i++) {
        must(requests_reserve(r, &more));
        must(requests_issue(r, more, &(struct request_new){.due_ns = 1}));
    }
    must(!requests_reserve(r, &more));
}

/* As a file in memory: PATH.0 by /proc. */
static void resume(str bytes, const struct ids *ids)
{
    static char path[80];
    struct requests_store store;
    struct arena arena = {0};
    struct err e = {0};
    if (!path[0])
        snprintf(path, sizeof path, "file:/dev/shm/weir-fuzz-journal-%d", getpid());
    must(requests_store_parse(str_from(path), &arena, &store, &e));
    str file = arena_printf(&arena, "%s.0", store.path);
    int fd = open(file.p, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    must(fd >= 0 && write(fd, bytes.p, bytes.n) == (ssize_t)bytes.n);
    close(fd);
    struct requests *r = requests_open(&store, &the_run, LIMIT, true, &e);
    if (r) {
        check_places(r);
        check_books(r, ids);
        requests_close(r, true);
    } else {
        must(e.kind == ERR_RUN && strlen(e.text) > 0);
        unlink(file.p);
    }
    arena_free(&arena);
}

static void check(str bytes)
{
    struct ids ids = {.n = 0};
    check_records(bytes, &ids);
    resume(bytes, &ids);
}

static struct buf packed(str records)
{
    struct buf file = {0}, batch = {0};
    journal_begin(&batch);
    journal_add(&batch,
                &(struct journal_record){.kind = JOURNAL_SESSION, .session = {.run = the_run}});
    buf_str(&batch, records);
    journal_seal(&batch);
    buf_str(&file, JOURNAL_MAGIC);
    buf_str(&file, buf_view(&batch));
    buf_free(&batch);
    return file;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    str rest = {(const char *)data + 1, size - 1};
    struct buf file = {0};
    if (data[0] == 'r')
        buf_str(&file, rest);
    else
        file = packed(rest);
    check(buf_view(&file));
    buf_free(&file);
    return 0;
}
