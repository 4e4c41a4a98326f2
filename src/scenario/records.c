/* Record k: what is drawn for it depends on seed and k alone. */
#include "scenario/records.h"

#include <limits.h>
#include <string.h>

#include "base/decimal.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/rng.h"
#include "scenario/lines.h"
#include "scenario/record_checks.h"

enum {
    PIECES = 64 * 1024, /* different places in the letters where a value may begin */
    WOKEN_AT_ONCE = 256,
    REPLY_MOST = 64 << 20, /* bytes of a reply that checks see */
};

/* Draws of one record that must not hang together. */
enum { DRAW_PLACE, DRAW_SIZE, DRAW_KEY, DRAWS };

struct scene {
    const struct records *program;
    struct host *host;
    struct lines *lines;          /* NULL: none */
    struct record_checks *checks; /* NULL: none */
    struct list hungry;           /* vu.link: they wait for lines, first come first served */
};

struct vu {
    struct kafka_rpc_request request; /* of a send only its record */
    char *value;                      /* its own, for ids to be written into; NULL: none needed */
    struct reply reply;               /* where there are checks */
    struct line line;                 /* that it sends; block is NULL: none */
    struct list link;
    bool linked; /* link is initialised */
    char key[DECIMAL_ROOM];
};

str records_letters(uint64_t seed, uint64_t most, struct arena *arena)
{
    size_t n = (size_t)most + PIECES;
    char *letters = arena_alloc(arena, n);
    struct rng r = rng_make(seed, 0);
    for (size_t i = 0; i < n; i++)
        letters[i] = (char)('A' + rng_below(&r, 26));
    return (str){letters, n};
}

static uint64_t draw(const struct records *p, uint64_t k, unsigned what, uint64_t limit)
{
    return rng_at_below(p->seed, k * DRAWS + what, limit);
}

/* A value of its own, since the id is written into it. */
static void make_place_for_ids(const struct records *p, struct vu *vu)
{
    str common = p->common.value;
    size_t places = p->n_ids * sizeof(char *);
    if (!vu->value)
        vu->value = mem_alloc(places + common.n);
    char **ids = (char **)(void *)vu->value, *text = vu->value + places;
    memcpy(text, common.p, common.n);
    for (unsigned i = 0; i < p->n_ids; i++)
        ids[i] = text + p->id_places[i];
    vu->request.record.value = (str){text, common.n};
    vu->request.ids = ids;
    vu->request.n_ids = p->n_ids;
}

static void make_value(const struct records *p, struct vu *vu, uint64_t k)
{
    uint64_t n = p->size_least;
    if (p->size_most > n)
        n += draw(p, k, DRAW_SIZE, p->size_most - n + 1);
    vu->request.record.value = (str){p->letters.p + draw(p, k, DRAW_PLACE, PIECES), (size_t)n};
}

static void make_key(const struct records *p, struct vu *vu, uint64_t k)
{
    uint64_t number = p->key == RECORD_KEY_RANDOM ? draw(p, k, DRAW_KEY, p->key_count) : k;
    vu->request.record.key = (str){vu->key, (size_t)(decimal_u64(vu->key, number) - vu->key)};
}

/* ---- lines ---- */

/* A few at a time: each that gets a line wakes the next. */
static void wake_some(struct scene *scene, unsigned n)
{
    struct list *node;
    while (n-- > 0 && (node = list_pop_front(&scene->hungry)))
        scene->host->table->wake(scene->host, CONTAINER_OF(node, struct vu, link));
}

static void lines_came(void *owner)
{
    wake_some(owner, WOKEN_AT_ONCE);
}

static void release_line(struct scene *scene, struct vu *vu)
{
    if (vu->line.block)
        lines_release(scene->lines, &vu->line);
}

static void cut_line(const struct records *p, struct vu *vu)
{
    struct kafka_record *r = &vu->request.record;
    str key, value;
    r->value = vu->line.text;
    if (p->delimiter.n && str_cut_at(vu->line.text, p->delimiter, &key, &value)) {
        r->key = key;
        r->value = value;
    }
}

static struct step wait_for_line(struct scene *scene, struct vu *vu)
{
    list_push_back(&scene->hungry, &vu->link);
    return (struct step){.kind = STEP_WAIT};
}

/* ---- the table ---- */

static struct scene *records_open(const struct scenario *s, struct host *host, struct err *e)
{
    struct scene *scene = mem_zero(sizeof *scene);
    scene->program = s->program;
    scene->host = host;
    list_init(&scene->hungry);
    scene->checks = record_checks_open(scene->program->checks);
    if (!scene->program->lines)
        return scene;
    scene->lines = lines_open(scene->program->lines, host->box, lines_came, scene, e);
    if (scene->lines)
        return scene;
    mem_free(scene);
    return NULL;
}

static void records_close(struct scene *scene)
{
    if (scene->lines)
        lines_close(scene->lines);
    record_checks_close(scene->checks);
    mem_free(scene);
}

static void records_begin(struct scene *scene, struct vu *vu, struct iteration it)
{
    const struct records *p = scene->program;
    vu->request = (struct kafka_rpc_request){.record = p->common, .call = p->rpc};
    vu->reply.most = REPLY_MOST;
    if (p->letters.n)
        make_value(p, vu, it.k);
    if (p->key != RECORD_KEY_COMMON)
        make_key(p, vu, it.k);
    if (p->n_ids)
        make_place_for_ids(p, vu);
}

/* Its acknowledgement is awaited: the next step has an outcome. */
static struct step send_record(struct scene *scene, struct vu *vu)
{
    return (struct step){.kind = STEP_CALL,
                         .call = scene->program->call,
                         .request = &vu->request,
                         .reply = scene->checks ? &vu->reply : NULL,
                         .final = !scene->checks && !scene->lines,
                         .last = vu->line.last};
}

static struct step send_line(struct scene *scene, struct vu *vu)
{
    if (!vu->linked)
        list_init(&vu->link);
    vu->linked = true;
    switch (lines_take(scene->lines, &vu->line)) {
    case LINES_NOT_YET:
        return wait_for_line(scene, vu);
    case LINES_NO_MORE:
        wake_some(scene, UINT_MAX);
        return (struct step){.kind = STEP_STOP, .why = lines_failure(scene->lines)};
    case LINES_ONE:
        break;
    }
    cut_line(scene->program, vu);
    wake_some(scene, 1);
    return send_record(scene, vu);
}

static struct step records_step(struct scene *scene, struct vu *vu, struct call *last)
{
    if (!last)
        return scene->lines ? send_line(scene, vu) : send_record(scene, vu);
    if (scene->checks)
        record_checks_make(scene->checks, scene->host, scene->program->call, last,
                           vu->request.record.value);
    if (scene->lines)
        release_line(scene, vu);
    return (struct step){.kind = STEP_DONE};
}

static void records_drop(struct scene *scene, struct vu *vu)
{
    if (!scene->lines)
        return;
    if (vu->linked)
        list_remove(&vu->link);
    release_line(scene, vu);
}

static void records_forget(struct scene *scene, struct vu *vu)
{
    (void)scene;
    mem_free(vu->value);
    buf_free(&vu->reply.bytes);
}

const struct scenario_type records_scenario = {
    .vu_size = sizeof(struct vu),
    .open = records_open,
    .close = records_close,
    .begin = records_begin,
    .step = records_step,
    .drop = records_drop,
    .forget = records_forget,
};
