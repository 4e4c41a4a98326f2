/* weir demo: a target server and a load on it, nothing to install and nothing to set up. */
#include "cli/cmd_demo.h"

#include <stdio.h>
#include <unistd.h>

#include "cli/cmd_run.h"
#include "cli/demo_stall.h"
#include "cli/demo_target.h"
#include "cli/embedded.h"
#include "cli/options_common.h"
#include "cli/settings.h"

static int run(const struct args *settings, struct err *e);

static const struct option *const tables[] = {options_help_only, NULL};

const struct command cmd_demo = {
    .name = "demo",
    .summary = "a target and a load on it, nothing to set up; stall: what a freeze looks like",
    .operands = "[stall]",
    .most = 1,
    .examples =
        {
            {"10 s of orders over HTTP and events on Kafka", "weir demo"},
            {"a target that freezes for 2 s, seen by weir and by the tools you have",
             "weir demo stall"},
        },
    .tables = tables,
    .run = run,
};

/* As if the user had typed `weir run demo.lua …`. */
static int run_demo(char *const *words, int n, struct err *e)
{
    struct settings s;
    int code = 1;
    if (settings_read(&s, &cmd_run, n, words, environ, e) == SETTINGS_READY)
        code = cmd_run_text(&s.args, embedded_demo, e);
    settings_close(&s);
    return code;
}

static void say_what_next(void)
{
    puts("\n"
         "What to try next\n"
         "  weir demo stall                          a target that freezes, and who notices\n"
         "  weir-target &                            a target of your own, on 127.0.0.1:8081\n"
         "  weir http 127.0.0.1:8081/ping -r 2k      2 000 starts per second on one URL\n"
         "  weir kafka produce -b embedded -t orders -r 5k -d 10s\n"
         "  weir new mine.lua                        a scenario of your own, with comments\n"
         "  weir run mine.lua                        runs it\n"
         "  weir help                                all of it");
}

static int demo_load(struct arena *arena, struct err *e)
{
    struct demo_target target;
    if (!demo_target_start(&target, NULL, arena, e))
        return 1;
    str setting = arena_printf(arena, "TARGET=" STR_FMT, STR_ARG(target.url));
    char *words[] = {(char *)(uintptr_t) "demo.lua", (char *)(uintptr_t) "-e",
                     (char *)(uintptr_t)setting.p};
    printf("weir demo: orders over HTTP, each with its event on Kafka, for 10 s. The server is a\n"
           "weir-target on " STR_FMT ", the Kafka broker runs in this process. The scenario\n"
           "is examples/demo.lua; by hand this would be\n"
           "  weir run examples/demo.lua -e " STR_FMT "\n\n",
           STR_ARG(target.url), STR_ARG(setting));
    fflush(stdout);
    int code = run_demo(words, sizeof words / sizeof *words, e);
    demo_target_end(&target);
    if (code == 0 || code == 4) /* a machine that was too busy has shown a run, too */
        say_what_next();
    return code;
}

static int run(const struct args *settings, struct err *e)
{
    struct arena arena = {0};
    int code = 1;
    if (settings->n_operands == 0)
        code = demo_load(&arena, e);
    else if (str_eq(settings->operands[0], STR("stall")))
        code = demo_stall(&arena, e);
    else
        err_set(e, ERR_USAGE, "'" STR_FMT "' is not a demo; there are: weir demo, weir demo stall",
                STR_ARG(settings->operands[0]));
    arena_free(&arena);
    return code;
}
