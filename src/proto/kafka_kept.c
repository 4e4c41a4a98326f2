/* Records and waiters meet at the hash of an id; what else they have in common is compared. */
#include "proto/kafka_kept.h"

#include <string.h>

#include "base/map.h"
#include "base/mem.h"

/* Everything with ids of one hash. */
struct group {
    uint64_t hash;
    struct list records, waiting; /* one of them, at most, is not empty but for ids that differ */
};

void kafka_kept_open(struct kafka_kept *k, uint64_t keep_ns)
{
    *k = (struct kafka_kept){.keep_ns = keep_ns};
    list_init(&k->by_age);
    list_init(&k->waiting);
    pool_init(&k->pool, sizeof(struct group));
}

/* ---- groups ---- */

static uint64_t hash_of(str id)
{
    uint64_t hash = map_hash(id);
    return hash == UINT64_MAX ? 0 : hash;
}

/* NULL: none. */
static struct group *find(const struct kafka_kept *k, uint64_t hash)
{
    uint64_t found;
    return map64_get(&k->ids, hash, &found) ? (struct group *)(uintptr_t)found : NULL;
}

static struct group *need(struct kafka_kept *k, uint64_t hash)
{
    struct group *g = find(k, hash);
    if (g)
        return g;
    g = pool_take(&k->pool);
    g->hash = hash;
    list_init(&g->records);
    list_init(&g->waiting);
    map64_put(&k->ids, hash, (uint64_t)(uintptr_t)g);
    return g;
}

static void forget_when_empty(struct kafka_kept *k, uint64_t hash)
{
    uint64_t ignored;
    struct group *g = find(k, hash);
    if (!g || !list_empty(&g->records) || !list_empty(&g->waiting))
        return;
    map64_take(&k->ids, hash, &ignored);
    pool_give(&k->pool, g);
}

/* ---- records ---- */

/* Behind what is there; the view of the copy, p NULL where it was. */
static str copy(char **to, str text)
{
    str kept = {text.p ? *to : NULL, text.n};
    if (text.n)
        memcpy(*to, text.p, text.n);
    *to += text.n;
    return kept;
}

struct kafka_kept_record *kafka_kept_make(str id, str head, str body)
{
    struct kafka_kept_record *r = mem_alloc(sizeof *r + id.n + head.n + body.n);
    char *to = r->bytes;
    *r = (struct kafka_kept_record){.null = !body.p};
    list_init(&r->by_age);
    list_init(&r->by_id);
    r->id = copy(&to, id);
    r->head = copy(&to, head);
    r->body = copy(&to, body);
    return r;
}

static void take_out(struct kafka_kept *k, struct kafka_kept_record *r)
{
    list_remove(&r->by_age);
    list_remove(&r->by_id);
    if (r->id.n)
        forget_when_empty(k, r->hash);
}

void kafka_kept_add(struct kafka_kept *k, struct kafka_kept_record *r)
{
    list_push_back(&k->by_age, &r->by_age);
    if (!r->id.n)
        return;
    r->hash = hash_of(r->id);
    list_push_back(&need(k, r->hash)->records, &r->by_id);
}

uint64_t kafka_kept_expire(struct kafka_kept *k, uint64_t now_ns)
{
    while (!list_empty(&k->by_age)) {
        struct kafka_kept_record *r =
            CONTAINER_OF(k->by_age.next, struct kafka_kept_record, by_age);
        if (r->read_ns + k->keep_ns > now_ns)
            return r->read_ns + k->keep_ns;
        take_out(k, r);
        mem_free(r);
    }
    return UINT64_MAX;
}

void kafka_kept_close(struct kafka_kept *k)
{
    k->keep_ns = 0;
    kafka_kept_expire(k, UINT64_MAX);
    map64_free(&k->ids);
    pool_free(&k->pool);
}

/* ---- who waits ---- */

static struct kafka_kept_waiter *first_for(const struct group *g, str id)
{
    for (struct list *at = g->waiting.next; at != &g->waiting; at = at->next) {
        struct kafka_kept_waiter *w = CONTAINER_OF(at, struct kafka_kept_waiter, link);
        if (str_eq(w->id, id))
            return w;
    }
    return NULL;
}

struct kafka_kept_waiter *kafka_kept_wanted(const struct kafka_kept *k, str id)
{
    const struct group *g = id.n ? find(k, hash_of(id)) : NULL;
    struct kafka_kept_waiter *w = g ? first_for(g, id) : NULL;
    if (!w && !list_empty(&k->waiting))
        w = CONTAINER_OF(k->waiting.next, struct kafka_kept_waiter, link);
    return w;
}

void kafka_kept_leave(struct kafka_kept *k, struct kafka_kept_waiter *w)
{
    list_remove(&w->link);
    if (w->id.p)
        forget_when_empty(k, w->hash);
}

static struct kafka_kept_record *oldest_of(const struct kafka_kept *k, str id, uint64_t hash)
{
    const struct group *g = find(k, hash);
    for (struct list *at = g ? g->records.next : NULL; g && at != &g->records; at = at->next) {
        struct kafka_kept_record *r = CONTAINER_OF(at, struct kafka_kept_record, by_id);
        if (str_eq(r->id, id))
            return r;
    }
    return NULL;
}

static struct kafka_kept_record *oldest(const struct kafka_kept *k)
{
    return list_empty(&k->by_age) ? NULL
                                  : CONTAINER_OF(k->by_age.next, struct kafka_kept_record, by_age);
}

struct kafka_kept_record *kafka_kept_take(struct kafka_kept *k, struct kafka_kept_waiter *w)
{
    w->hash = hash_of(w->id);
    list_init(&w->link);
    struct kafka_kept_record *r = w->id.p ? oldest_of(k, w->id, w->hash) : oldest(k);
    if (r)
        take_out(k, r);
    else
        list_push_back(w->id.p ? &need(k, w->hash)->waiting : &k->waiting, &w->link);
    return r;
}
