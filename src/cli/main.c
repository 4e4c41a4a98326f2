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

static int show_group(str word)
{
    struct buf out = {0};
    help_group(word, &out);
    fwrite(out.p, 1, out.n, stdout);
    buf_free(&out);
    return 0;
}

static bool asks_for_help(str word)
{
    return str_eq(word, STR("--help")) || str_eq(word, STR("-h"));
}

static int run_words(int argc, char *const *argv, struct err *e)
{
    str words[] = {str_from(argc ? argv[0] : "--help"), str_from(argc > 1 ? argv[1] : NULL)};
    size_t used, n = argc > 1 ? 2 : 1;
    if (asks_for_help(words[0]))
        return show(help_overview);
    if (str_eq(words[0], STR("--version")))
        return show(version_describe);
    const struct command *c = command_find(words, n, &used);
    if (c)
        return run_command(c, argc - (int)used, argv + used, e);
    if (command_is_group(words[0]) && (n == 1 || asks_for_help(words[1])))
        return show_group(words[0]);
    command_unknown(words, n, e);
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
