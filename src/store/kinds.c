/* The kinds of stores, and how a user names one. */
#include "base/buf.h"
#include "store/inside.h"

static const struct requests_kind *const kinds[] = {&requests_memory, &requests_file};

enum { KINDS = sizeof kinds / sizeof *kinds };

static bool refuse(str text, struct err *e)
{
    struct buf forms = {0};
    for (size_t i = 0; i < KINDS; i++)
        buf_printf(&forms, "%s%s", i ? ", " : "", kinds[i]->form);
    err_set(e, ERR_USAGE, "'%.*s' is no store for requests; there are %.*s",
            text.n < 80 ? (int)text.n : 80, text.p, STR_ARG(buf_view(&forms)));
    buf_free(&forms);
    return false;
}

bool requests_store_parse(str text, struct arena *arena, struct requests_store *out, struct err *e)
{
    str name, path;
    bool colon = str_cut(text, ':', &name, &path);
    for (size_t i = 0; i < KINDS; i++)
        if (str_eq(name, str_from(kinds[i]->name)) && kinds[i]->has_path == colon &&
            (!colon || path.n > 0)) {
            *out = (struct requests_store){kinds[i], colon ? arena_z(arena, path) : NULL};
            return true;
        }
    return refuse(text, e);
}

bool requests_can_resume(const struct requests_kind *kind, struct err *e)
{
    return kind->run_of ||
           err_set(e, ERR_USAGE,
                   "nothing can be resumed from the store '%s': it is gone with its run",
                   kind->name);
}

bool requests_run_of(const struct requests_store *store, struct requests_run *out, struct err *e)
{
    return requests_can_resume(store->kind, e) && store->kind->run_of(store->path, out, e);
}
