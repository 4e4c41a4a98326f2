/* The choice of a record's file. */
#include "cli/record_path.h"

#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

/* "runs/20260131-120000-kafka-produce-1f2e.weir": sorted by time, unlike any other. */
static const char *new_path(const struct plan *plan, struct arena *arena)
{
    char moment[32];
    time_t now = (time_t)(clock_wall_ns() / NS_PER_S);
    struct tm local;
    strftime(moment, sizeof moment, "%Y%m%d-%H%M%S", localtime_r(&now, &local));
    struct buf name = {0};
    for (const char *c = plan->command; *c; c++)
        buf_char(&name, *c == ' ' ? '-' : *c);
    const char *path = arena_printf(arena, "runs/%s-" STR_FMT "-%04x.weir", moment,
                                    STR_ARG(buf_view(&name)), (unsigned)(plan->id & 0xffff))
                           .p;
    buf_free(&name);
    return path;
}

bool record_path_read(const struct args *a, const struct plan *plan, struct arena *arena,
                      struct record_path *out, struct err *e)
{
    bool asked = args_given(a, "record"), refused = args_switch(a, "no-record");
    *out = (struct record_path){.chosen = !asked};
    if (asked && refused)
        return err_set(e, ERR_USAGE, "--record and --no-record exclude each other");
    if (asked && str_eq(args_text(a, "record"), STR("-")))
        return err_set(e, ERR_USAGE, "a record is a file of its own: --record run.weir");
    if (asked)
        out->path = arena_z(arena, args_text(a, "record"));
    if (asked || refused || !isatty(STDERR_FILENO))
        return true;
    mkdir("runs", 0777); /* when it cannot be, the file says so */
    out->path = new_path(plan, arena);
    return true;
}
