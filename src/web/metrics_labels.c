/* Tags of users as labels of Prometheus: any name in, a valid and unique one out, since a single
 * wrong label costs the whole scrape. */
#include <string.h>

#include "web/metrics.h"

/* Names of our own, and of Prometheus'. */
static const char *const taken[] = {"series", "part",     "fate",  "cause",  "status",
                                    "check",  "result",   "class", "metric", "scenario",
                                    "le",     "quantile", NULL};

enum { OWN_MOST = 4 }; /* labels that a family adds to those of its series */

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_taken(str name)
{
    for (const char *const *t = taken; *t; t++)
        if (str_eq(name, str_from(*t)))
            return true;
    return str_starts(name, STR("__")) || name.n == 0 || !is_letter(name.p[0]);
}

static bool is_there(const struct expo_labels *l, str name)
{
    for (unsigned i = 0; i < l->n; i++)
        if (str_eq(l->list[i].name, name))
            return true;
    return false;
}

static str label_name(const struct expo_labels *l, str tag, struct arena *arena)
{
    char *clean = arena_alloc(arena, tag.n + 1);
    for (size_t i = 0; i < tag.n; i++)
        clean[i] = is_letter(tag.p[i]) || (tag.p[i] >= '0' && tag.p[i] <= '9') ? tag.p[i] : '_';
    str name = {clean, tag.n};
    if (is_taken(name))
        name = arena_printf(arena, "tag_" STR_FMT, STR_ARG(name));
    str unique = name;
    for (unsigned i = 2; is_there(l, unique); i++)
        unique = arena_printf(arena, STR_FMT "_%u", STR_ARG(name), i);
    return unique;
}

void metrics_labels(const struct series *s, struct arena *arena, struct expo_labels *out)
{
    out->n = 0;
    out->list[out->n++] = (struct expo_label){STR("series"), s->name};
    if (s->part)
        out->list[out->n++] = (struct expo_label){STR("part"), STR("true")};
    for (unsigned i = 0; i < s->n_tags && out->n < EXPO_LABELS - OWN_MOST; i++) {
        str name = label_name(out, s->tags[i].name, arena);
        out->list[out->n++] = (struct expo_label){name, s->tags[i].value};
    }
}
