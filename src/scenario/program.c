/* What a file defines, by key; what is made late is made under the lock. */
#include "scenario/program.h"

#include <string.h>

#include "base/file.h"
#include "base/mem.h"

/* By enum own_name. */
static const char *const own_names[] = {"uuid", "correlation_id", "now", "now_ms",
                                        "seq",  "content-length"};

void program_init(struct program *p)
{
    *p = (struct program){.n_clients = 0};
    pthread_mutex_init(&p->lock, NULL);
    names_init(&p->names, PROGRAM_NAMES_MOST);
    names_init(&p->reasons, PROGRAM_REASONS_MOST);
    for (size_t i = 0; i < sizeof own_names / sizeof *own_names; i++)
        names_add(&p->names, str_from(own_names[i]));
}

void program_free(struct program *p)
{
    map_free(&p->texts);
    map_free(&p->clients_by_key);
    map_free(&p->calls_by_key);
    map_free(&p->series_by_key);
    mem_free(p->clients);
    mem_free(p->contexts);
    mem_free(p->feeds);
    names_free(&p->names);
    names_free(&p->reasons);
    arena_free(&p->arena);
    pthread_mutex_destroy(&p->lock);
}

/* ---- files ---- */

/* A pipe has no folder that a user could put files into: what it names is in the current one. */
static str folder_of(str path)
{
    const char *slash = memrchr(path.p, '/', path.n);
    bool pipe = str_starts(path, STR("/dev/")) || str_starts(path, STR("/proc/"));
    return slash && !pipe ? (str){path.p, (size_t)(slash + 1 - path.p)} : STR("");
}

bool program_read(struct program *p, const char *path, struct err *e)
{
    p->path = arena_dup(&p->arena, str_from(path));
    p->folder = folder_of(p->path);
    return file_read(path, &p->arena, &p->text, e);
}

const char *program_path(struct program *p, str path)
{
    str folder = str_starts(path, STR("/")) ? STR("") : p->folder;
    return arena_printf(&p->arena, STR_FMT STR_FMT, STR_ARG(folder), STR_ARG(path)).p;
}

bool program_file(struct program *p, str path, str *out, struct err *e)
{
    bool good = true;
    pthread_mutex_lock(&p->lock);
    str *text = map_get(&p->texts, path);
    if (!text) {
        text = arena_alloc(&p->arena, sizeof *text);
        good = file_read(program_path(p, path), &p->arena, text, e);
        if (good)
            map_put(&p->texts, arena_dup(&p->arena, path), text);
    }
    pthread_mutex_unlock(&p->lock);
    *out = good ? *text : (str){NULL, 0};
    return good;
}

/* ---- clients, calls and series ---- */

void program_client_add(struct program *p, struct client_definition *c, unsigned instances)
{
    c->instances = instances;
    c->number = p->n_instances;
    p->n_instances += instances;
    p->clients = mem_room(p->clients, p->n_clients, &p->clients_room, sizeof *p->clients);
    p->clients[p->n_clients++] = c;
}

static struct call_definition *define(struct program *p, str key,
                                      struct call_definition *(*make)(void *with), void *with,
                                      struct err *e)
{
    struct call_definition *c = map_get(&p->calls_by_key, key);
    if (c)
        return c;
    if (p->n_late == PROGRAM_LATE_MOST) {
        err_set(
            e, ERR_USAGE,
            "users have made up %d different calls: write what differs as ${name}, and give its "
            "value as a variable",
            PROGRAM_LATE_MOST);
        return NULL;
    }
    c = make(with);
    if (!c)
        return NULL;
    c->key = arena_dup(&p->arena, key);
    map_put(&p->calls_by_key, c->key, c);
    p->n_late += p->sealed;
    return c;
}

struct call_definition *program_define(struct program *p, str key,
                                       struct call_definition *(*make)(void *with), void *with,
                                       struct err *e)
{
    pthread_mutex_lock(&p->lock);
    struct call_definition *c = define(p, key, make, with, e);
    pthread_mutex_unlock(&p->lock);
    return c;
}

const struct tag *program_tags(struct program *p, const struct tag *kind, unsigned n,
                               const struct text_pairs *own)
{
    struct tag *tags = arena_alloc(&p->arena, (n + own->n) * sizeof *tags);
    memcpy(tags, kind, n * sizeof *tags);
    for (size_t i = 0; i < own->n; i++)
        tags[n + i] = (struct tag){arena_dup(&p->arena, own->list[i].name),
                                   arena_dup(&p->arena, own->list[i].value)};
    return tags;
}

const char *program_reason(struct program *p, str text)
{
    const struct name *reason = text.n ? names_add(&p->reasons, text) : NULL;
    if (reason)
        return reason->text.p;
    return text.n ? "other reasons: the scripts give more than 1000" : "no reason was given";
}

static struct tag *join_tags(struct arena *arena, const struct tag *a, unsigned n_a,
                             const struct tag *b, unsigned n_b)
{
    struct tag *all = arena_alloc(arena, (n_a + n_b) * sizeof *all);
    if (n_a)
        memcpy(all, a, n_a * sizeof *all);
    if (n_b)
        memcpy(all + n_a, b, n_b * sizeof *all);
    return all;
}

/* Instances of one client count under the same series. */
static const struct prepared_call *first_instance(const struct call_definition *c, unsigned at)
{
    unsigned instances = c->client->instances;
    for (unsigned i = 0; i < instances; i++) {
        const struct prepared_call *made = c->in[at / instances * instances + i];
        if (made)
            return made;
    }
    return NULL;
}

/* Where the acknowledgements of a series' requests are counted. */
static const struct part *make_part(struct program *p, const struct series *of)
{
    struct part *part = arena_alloc(&p->arena, sizeof *part);
    struct series *s = arena_alloc(&p->arena, sizeof *s);
    *s = *of;
    s->name = arena_printf(&p->arena, STR_FMT " send", STR_ARG(of->name));
    s->part = true;
    s->replies = false;
    *part = (struct part){s, p->n_series++};
    return part;
}

static void make_series_of(struct program *p, const struct call_definition *c,
                           const struct context *in, struct prepared_call *call)
{
    struct series *s = arena_alloc(&p->arena, sizeof *s);
    *s = (struct series){
        .name = c->name,
        .tags = join_tags(&p->arena, c->tags, c->n_tags, in->tags, in->n_tags),
        .n_tags = c->n_tags + in->n_tags,
        .replies = c->kind->acknowledged,
    };
    call->series = s;
    call->series_number = p->n_series++;
    if (c->kind->acknowledged)
        call->part = make_part(p, s);
}

static struct prepared_call *make_prepared(struct program *p, const struct call_definition *c,
                                           unsigned at)
{
    unsigned instances = c->client->instances;
    const struct prepared_call *sibling = first_instance(c, at);
    struct prepared_call *call = arena_alloc(&p->arena, sizeof *call);
    if (sibling)
        *call = *sibling;
    else
        make_series_of(p, c, &p->contexts[at / instances], call);
    call->client = c->client->number + at % instances;
    call->timeout_ns = c->timeout_ns ? c->timeout_ns : c->client->timeout_ns;
    call->detached = c->detached;
    return call;
}

const struct prepared_call *program_prepare(struct program *p, struct call_definition *c,
                                            unsigned at)
{
    pthread_mutex_lock(&p->lock);
    if (!c->in)
        c->in = arena_alloc(&p->arena, p->n_contexts * c->client->instances * sizeof *c->in);
    if (!c->in[at])
        c->in[at] = make_prepared(p, c, at);
    const struct prepared_call *call = c->in[at];
    pthread_mutex_unlock(&p->lock);
    return call;
}

static struct numbered_series *make_series(struct program *p, str name, enum series_kind kind,
                                           bool part)
{
    struct numbered_series *made = arena_alloc(&p->arena, sizeof *made);
    struct series *s = arena_alloc(&p->arena, sizeof *s);
    *s = (struct series){.name = arena_dup(&p->arena, name), .kind = kind, .part = part};
    *made = (struct numbered_series){s, p->n_series++};
    return made;
}

bool program_series(struct program *p, str name, enum series_kind kind, bool part,
                    struct numbered_series *out)
{
    struct buf key = {0};
    buf_printf(&key, "%d%d" STR_FMT, (int)kind, part, STR_ARG(name));
    pthread_mutex_lock(&p->lock);
    struct numbered_series *s = map_get(&p->series_by_key, buf_view(&key));
    bool room = p->series_by_key.used < PROGRAM_SERIES_MOST;
    if (!s && room) {
        s = make_series(p, name, kind, part);
        map_put(&p->series_by_key, arena_dup(&p->arena, buf_view(&key)), s);
    }
    pthread_mutex_unlock(&p->lock);
    buf_free(&key);
    if (s)
        *out = *s;
    return s != NULL;
}
