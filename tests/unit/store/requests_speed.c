/* requests_speed [DIRECTORY]: what a request-reply call costs in ids and in its store, ns of one
 * processor: the least and the median of many rounds. The journal is written into DIRECTORY (/tmp).
 * For bench/requests.sh; no test. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "proto/kafka_id.h"
#include "store/requests.h"

enum { ROUNDS = 101, CALLS = 100000, IN_FLIGHT = 10000, BATCH = 100, IDS = 256 };

static const struct requests_run the_run = {.run = UINT64_C(0x123456789abcdef), .workers = 1};

struct times {
    double ns[ROUNDS];
};

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print(const char *what, struct times *t)
{
    qsort(t->ns, ROUNDS, sizeof *t->ns, by_value);
    printf("%-58s least %6.1f  median %6.1f ns\n", what, t->ns[0], t->ns[ROUNDS / 2]);
}

static double since(uint64_t begun_ns)
{
    return (double)(clock_now_ns() - begun_ns) / CALLS;
}

static void ids(void)
{
    static char out[IDS][KAFKA_ID_BYTES];
    struct times writing, reading;
    struct kafka_id id = {.run = the_run.run};
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t begun = clock_now_ns(), sum = 0;
        for (unsigned i = 0; i < CALLS; i++, id.sequence++) {
            id.slot = i & 0x3fff;
            kafka_id_write(&id, out[i % IDS]);
        }
        writing.ns[round] = since(begun);
        begun = clock_now_ns();
        for (unsigned i = 0; i < CALLS; i++)
            sum +=
                kafka_id_read((str){out[i % IDS], KAFKA_ID_BYTES}, &id) ? id.sequence : UINT64_MAX;
        reading.ns[round] = since(begun);
        if (sum == 0)
            exit(1);
    }
    print("an id is written", &writing);
    print("an id is read", &reading);
}

/* A call's whole life: the one that was issued IN_FLIGHT calls ago gets its reply. */
struct flight {
    struct requests *r;
    struct request_id ids[IN_FLIGHT];
    uint64_t calls;
    bool own_ids;
};

static str own_id(uint64_t call, char *room)
{
    int n = snprintf(room, 32, "order-%012llu", (unsigned long long)call);
    return (str){room, (size_t)n};
}

static void issue(struct flight *f, struct request_id *id)
{
    char room[32];
    struct request_new n = {.due_ns = f->calls};
    if (f->own_ids)
        n.own_id = own_id(f->calls, room);
    if (!requests_reserve(f->r, id) || !requests_issue(f->r, *id, &n))
        exit(1);
    f->calls++;
}

static void end(struct flight *f, struct request_id id)
{
    char room[32];
    requests_acknowledge(f->r, id);
    struct reply_found found = f->own_ids
                                   ? requests_reply_own(f->r, own_id(f->calls - IN_FLIGHT, room))
                                   : requests_reply(f->r, id);
    if (found.verdict != REPLY_MATCHED)
        exit(1);
    requests_end(f->r, found.id, FATE_OK);
}

static void flush(struct flight *f)
{
    struct err e;
    if (!requests_flush(f->r, &e)) {
        fprintf(stderr, "%s\n", e.text);
        exit(1);
    }
}

static void lives(const char *what, const char *store, bool own_ids)
{
    static struct flight f;
    struct requests_store s;
    struct arena arena = {0};
    struct err e;
    struct times t;
    f = (struct flight){.own_ids = own_ids};
    if (!requests_store_parse(str_from(store), &arena, &s, &e) ||
        !(f.r = requests_open(&s, &the_run, IN_FLIGHT, false, &e))) {
        fprintf(stderr, "%s\n", e.text);
        exit(1);
    }
    for (int i = 0; i < IN_FLIGHT; i++)
        issue(&f, &f.ids[i]);
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t begun = clock_now_ns();
        for (int i = 0; i < CALLS; i++) {
            struct request_id *id = &f.ids[f.calls % IN_FLIGHT];
            end(&f, *id);
            issue(&f, id);
            if (i % BATCH == 0)
                flush(&f);
        }
        t.ns[round] = since(begun);
    }
    print(what, &t);
    requests_close(f.r, true);
    arena_free(&arena);
}

int main(int argc, char **argv)
{
    struct arena arena = {0};
    const char *directory = argc > 1 ? argv[1] : "/tmp";
    str file =
        arena_printf(&arena, "file:%s/requests-speed-%u", directory, (unsigned)clock_now_ns());
    ids();
    lives("a call in memory, 10 000 in flight", "memory", false);
    lives("the same with ids of its own (made and hashed twice)", "memory", true);
    lives("the same with a journal, a write each 100 calls", file.p, false);
    arena_free(&arena);
    return 0;
}
