/* weir new FILE.lua: a commented scenario to begin with; never over a file that is there. */
#include "cli/cmd_new.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

static const char text[] =
    "-- A scenario for weir. Try it:\n"
    "--   weir-target &            a server to load, on 127.0.0.1:8081\n"
    "--   weir check FILE          reads this file, starts nothing\n"
    "--   weir run FILE            with the load below\n"
    "--   weir run FILE -c 1 -n 1 --show 10    one user, once, all calls in full\n"
    "--   weir run FILE -r 500 -d 30s -e TARGET=http://127.0.0.1:8081\n"
    "\n"
    "-- The top level runs once in each worker: it prepares. Workers share nothing.\n"
    "local is = weir.is\n"
    "local http = weir.http { base = weir.env(\"TARGET\", \"http://127.0.0.1:8081\"), timeout = "
    "\"5s\" }\n"
    "\n"
    "-- Calls are prepared once. ${name} is looked up in the variables of each call, then in vu.\n"
    "local ping = http:get { \"/ping\", name = \"ping\", checks = { is.json(\"/message\", \"==\", "
    "\"pong\") } }\n"
    "local slow = http:get { \"/ping?delay=${ms}ms\", name = \"slow ping\" }\n"
    "\n"
    "-- What one virtual user does in one iteration. Every call waits for its reply.\n"
    "local function user(vu)\n"
    "  local r = ping()\n"
    "  weir.check(r, \"quick\", r.response_time < 0.1)\n"
    "  if not r.ok then return end\n"
    "  weir.sleep(\"50ms\", \"150ms\")\n"
    "  slow { ms = weir.random(1, 20) }\n"
    "end\n"
    "\n"
    "return weir.scenario {\n"
    "  user = user,\n"
    "  load = \"0..100 over 5s, 100 for 10s\",   -- starts per second; \"50 users for 1m\" is the "
    "closed model\n"
    "  thresholds = { \"failed < 1%\", '\"ping\".response_time.p99 < 50ms' },\n"
    "}\n";

static bool write_all(int fd)
{
    size_t n = sizeof text - 1;
    return write(fd, text, n) == (ssize_t)n;
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
