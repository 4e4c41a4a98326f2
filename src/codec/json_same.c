/* Pairs that must be the same, until there are none left or two differ. */
#include "codec/json_same.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/json_read.h"

struct pair {
    str a, b;
};

struct pairs {
    struct pair *list;
    size_t n, capacity;
};

/* What an array or object holds. */
struct members {
    struct json_item *list;
    size_t n, capacity;
};

static void add_pair(struct pairs *p, str a, str b)
{
    p->list = mem_room(p->list, p->n, &p->capacity, sizeof *p->list);
    p->list[p->n++] = (struct pair){a, b};
}

/* Raw of a container is all of it, here. */
static void collect(str raw, struct members *m)
{
    struct json_walk w;
    struct json_item item;
    json_walk_start(&w, raw);
    json_walk_next(&w, &item);
    while (json_walk_next(&w, &item) && w.depth) {
        if (json_opens(&item)) {
            json_walk_skip(&w);
            item.raw.n = (size_t)(w.p - item.raw.p);
        }
        m->list = mem_room(m->list, m->n, &m->capacity, sizeof *m->list);
        m->list[m->n++] = item;
    }
}

/* Equal keys stay in the order of the text. */
static int by_key(const void *a, const void *b)
{
    const struct json_item *x = a, *y = b;
    int order = json_text_compare(x->key, y->key);
    return order ? order : (x->key.p > y->key.p) - (x->key.p < y->key.p);
}

/* The members' values become pairs; false: the containers cannot be the same. */
static bool match(struct members *a, struct members *b, bool objects, struct pairs *todo)
{
    if (a->n != b->n)
        return false;
    if (objects && a->n) {
        qsort(a->list, a->n, sizeof *a->list, by_key);
        qsort(b->list, b->n, sizeof *b->list, by_key);
    }
    for (size_t i = 0; i < a->n; i++) {
        if (objects && json_text_compare(a->list[i].key, b->list[i].key) != 0)
            return false;
        add_pair(todo, a->list[i].raw, b->list[i].raw);
    }
    return true;
}

static bool match_containers(str a, str b, struct pairs *todo)
{
    struct members in_a = {0}, in_b = {0};
    collect(a, &in_a);
    collect(b, &in_b);
    bool same = match(&in_a, &in_b, json_kind_of(a) == JSON_IS_OBJECT, todo);
    mem_free(in_a.list);
    mem_free(in_b.list);
    return same;
}

static bool is_whole(str raw)
{
    return !memchr(raw.p, '.', raw.n) && !memchr(raw.p, 'e', raw.n) && !memchr(raw.p, 'E', raw.n);
}

/* Whole numbers beyond 2^53 are often names: they must not meet in one double. */
static bool same_numbers(str a, str b)
{
    return (!is_whole(a) || !is_whole(b) || json_number(a) == 0) &&
           json_number(a) == json_number(b);
}

static bool same_pair(struct pair p, struct pairs *todo)
{
    if (str_eq(p.a, p.b))
        return true;
    enum json_kind kind = json_kind_of(p.a);
    if (kind != json_kind_of(p.b))
        return false;
    if (kind == JSON_IS_NUMBER)
        return same_numbers(p.a, p.b);
    if (kind == JSON_IS_STRING)
        return json_text_compare(p.a, p.b) == 0;
    return match_containers(p.a, p.b, todo);
}

bool json_same(str a, str b)
{
    struct pairs todo = {0};
    add_pair(&todo, a, b);
    bool same = true;
    while (same && todo.n) {
        struct pair p = todo.list[--todo.n];
        same = same_pair(p, &todo);
    }
    mem_free(todo.list);
    return same;
}
