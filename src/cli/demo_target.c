/* Starting weir-target and reading where it listens. */
#include "cli/demo_target.h"

bool demo_target_start(struct demo_target *t, const char *stall, struct arena *arena, struct err *e)
{
    str program = child_beside("weir-target", arena), line, before;
    const char *argv[] = {program.p, "--port", "0", stall ? "--stall" : NULL, stall, NULL};
    if (!child_start(&t->child, argv, true, e))
        return false;
    if (child_line(&t->child, arena, &line) &&
        str_cut_at(line, STR("listening on "), &before, &t->url))
        return true;
    child_end(&t->child);
    return err_set(e, ERR_RUN, "%s did not start to listen", program.p);
}

void demo_target_end(struct demo_target *t)
{
    child_end(&t->child);
}
