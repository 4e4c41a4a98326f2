/* weir: finds the command, reads its settings, runs it, and turns errors into exit codes. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/help.h"
#include "cli/settings.h"
#include "cli/version.h"

static int show(void (*write)(struct buf *))
{
    struct buf out = {0};
    write(&out);
    fwrite(out.p, 1, out.n, stdout);
    buf_free(&out);
    return 0;
}

static int show_command_help(const struct command *c)
{
    struct buf out = {0};
    help_command(c, &out);
    fwrite(out.p, 1, out.n, stdout);
    buf_free(&out);
    return 0;
}

static int show_settings(const struct args *settings)
{
    struct buf out = {0};
    args_print(settings, &out);
    fwrite(out.p, 1, out.n, stdout);
    buf_free(&out);
    return 0;
}

static int run_command(const struct command *c, int argc, char *const *argv, struct err *e)
{
    struct settings s;
    int code = 0;
    switch (settings_read(&s, c, argc, argv, environ, e)) {
    case SETTINGS_READY:
        code = c->run(&s.args, e);
        break;
    case SETTINGS_HELP:
        *e = (struct err){0};
        code = show_command_help(c);
        break;
    case SETTINGS_PRINT:
        code = show_settings(&s.args);
        break;
    case SETTINGS_WRONG:
        break;
    }
    settings_close(&s);
    return code;
}

static int run_words(int argc, char *const *argv, struct err *e)
{
    str first = str_from(argc ? argv[0] : "--help");
    if (str_eq(first, STR("--help")) || str_eq(first, STR("-h")))
        return show(help_overview);
    if (str_eq(first, STR("--version")))
        return show(version_describe);
    const struct command *c = command_find(first);
    if (c)
        return run_command(c, argc - 1, argv + 1, e);
    command_unknown(first, e);
    return 0;
}

static int exit_code(int code, const struct err *e)
{
    if (e->kind == ERR_NONE && (fflush(stdout) || ferror(stdout))) {
        log_note("cannot write to standard output: %s", strerror(errno));
        return 1;
    }
    if (e->kind == ERR_NONE)
        return code;
    log_note("%s", e->text);
    return e->kind == ERR_USAGE ? 2 : 1;
}

/* The number of a closed standard stream would go to the next file that is opened, and words for
 * people would land in there. What takes the number here cannot be written to: that still fails. */
static void occupy_standard_streams(void)
{
    int fd;
    do
        fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close(fd);
}

int main(int argc, char **argv)
{
    struct err e = {0};
    occupy_standard_streams();
    return exit_code(run_words(argc - 1, argv + 1, &e), &e);
}
