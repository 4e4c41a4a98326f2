/* Open seconds in a short ascending list: one or two of them, unless a worker stood still. */
#include "engine/seconds.h"

#include "base/mem.h"

struct open_second {
    struct open_second *next;
    int64_t second;
    struct results delta;
};

void seconds_init(struct seconds *s, unsigned members,
                  void (*emit)(void *owner, const struct second *row), void *owner)
{
    *s = (struct seconds){.emit = emit, .owner = owner, .members = members, .closed = -1};
    s->latest = mem_array(members, sizeof *s->latest);
    for (unsigned i = 0; i < members; i++)
        s->latest[i] = -1;
}

/* The open second of that number, made in its place of the list. */
static struct open_second *find(struct seconds *s, int64_t second)
{
    struct open_second **at = &s->open;
    while (*at && (*at)->second < second)
        at = &(*at)->next;
    if (*at && (*at)->second == second)
        return *at;
    struct open_second *o = mem_zero(sizeof *o);
    o->second = second;
    o->next = *at;
    return *at = o;
}

static void give_out_first(struct seconds *s)
{
    struct open_second *o = s->open;
    s->open = o->next;
    s->emit(s->owner, &(struct second){.second = o->second, .delta = &o->delta});
    results_free(&o->delta);
    mem_free(o);
}

static void add_part(struct seconds *s, const struct recorder *r, int64_t second)
{
    results_add_second(&find(s, second)->delta, r, second);
    if (second <= s->closed)
        give_out_first(s); /* the list ascends: it is the first */
}

static int64_t slowest(const struct seconds *s)
{
    int64_t least = s->latest[0];
    for (unsigned i = 1; i < s->members; i++)
        if (s->latest[i] < least)
            least = s->latest[i];
    return least;
}

void seconds_add(struct seconds *s, unsigned member, const struct recorder *r)
{
    add_part(s, r, r->second);
    for (size_t i = 0; i < r->n_others; i++) {
        bool seen = false; /* one second may stand there for several series */
        for (size_t j = 0; j < i && !seen; j++)
            seen = r->others[j].second == r->others[i].second;
        if (!seen)
            add_part(s, r, r->others[i].second);
    }
    s->latest[member] = r->second;
    int64_t complete = slowest(s);
    if (complete > s->closed)
        s->closed = complete;
    while (s->open && s->open->second <= s->closed)
        give_out_first(s);
}

void seconds_finish(struct seconds *s)
{
    while (s->open)
        give_out_first(s);
    mem_free(s->latest);
    s->latest = NULL;
}
