/* Lists of sinks, and who has standard output. */
#include "cli/sinks.h"

bool sinks_add(struct sink ***end, struct sink *s)
{
    if (!s)
        return false;
    **end = s;
    *end = &s->next;
    return true;
}

void sinks_put_first(struct sink **list, struct sink *s)
{
    s->next = *list;
    *list = s;
}

void sinks_close(struct sink **list)
{
    for (struct sink *next, *s = *list; s; s = next) {
        next = s->next;
        s->table->close(s);
    }
    *list = NULL;
}

const char *output_path(const struct args *a, const char *option, struct arena *arena)
{
    return args_given(a, option) ? arena_z(arena, args_text(a, option)) : NULL;
}

bool output_owner(const struct output_wish *list, size_t n, const char **owner, struct err *e)
{
    *owner = NULL;
    for (size_t i = 0; i < n; i++) {
        if (!list[i].path || !str_eq(str_from(list[i].path), STR("-")))
            continue;
        if (*owner)
            return err_set(e, ERR_USAGE,
                           "--%s - and --%s - would mix on standard output: give one of them a "
                           "file",
                           *owner, list[i].option);
        *owner = list[i].option;
    }
    return true;
}
