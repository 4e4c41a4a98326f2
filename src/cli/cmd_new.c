/* weir new FILE.lua: a commented scenario to begin with; never over a file that is there. */
#include "cli/cmd_new.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/embedded.h"
#include "cli/options_common.h"

static int run(const struct args *settings, struct err *e);

static const struct option *const tables[] = {options_help_only, NULL};

const struct command cmd_new = {
    .name = "new",
    .summary = "write a commented scenario to begin with",
    .operands = "FILE.lua",
    .least = 1,
    .most = 1,
    .examples = {{"then edit it, and: weir run mine.lua", "weir new mine.lua"}},
    .tables = tables,
    .run = run,
};

static bool write_all(int fd)
{
    size_t n = strlen(embedded_new);
    return write(fd, embedded_new, n) == (ssize_t)n;
}

static int run(const struct args *settings, struct err *e)
{
    struct arena arena = {0};
    const char *path = arena_z(&arena, settings->operands[0]);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    bool good = fd >= 0 && write_all(fd);
    if (fd >= 0)
        good = close(fd) == 0 && good;
    if (good)
        printf("%s is there; try: weir check %s, then weir run %s\n", path, path, path);
    else if (errno == EEXIST)
        err_set(e, ERR_RUN, "%s is there already; weir new does not write over it", path);
    else
        err_set(e, ERR_RUN, "cannot write %s: %s", path, strerror(errno));
    arena_free(&arena);
    return 0;
}
