/* Programs beside this one: fork, exec, a pipe for their output. */
#include "cli/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"

/* In the child: becomes the program; what goes wrong is written to `report`. */
static _Noreturn void become(const char *const *argv, int output, bool quiet, int report)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    setpgid(0, 0); /* a Ctrl-C at the terminal is for weir, which ends the child in its time */
    dup2(output, STDOUT_FILENO);
    int nowhere = open("/dev/null", O_RDWR);
    dup2(nowhere, STDIN_FILENO);
    if (quiet)
        dup2(nowhere, STDERR_FILENO);
    execvp(argv[0], (char *const *)(uintptr_t)argv);
    int error = errno;
    if (write(report, &error, sizeof error) < 0)
        _exit(126);
    _exit(127);
}

bool child_start(struct child *c, const char *const *argv, bool quiet, struct err *e)
{
    int output[2], report[2], error = 0;
    if (pipe2(output, O_CLOEXEC) != 0 || pipe2(report, O_CLOEXEC) != 0)
        return err_set(e, ERR_RUN, "cannot make a pipe: %s", strerror(errno));
    c->pid = fork();
    if (c->pid == 0)
        become(argv, output[1], quiet, report[1]);
    if (c->pid < 0)
        error = errno;
    close(output[1]);
    close(report[1]);
    if (c->pid > 0 && read(report[0], &error, sizeof error) < 0)
        error = errno;
    close(report[0]);
    c->output = output[0];
    if (error == 0)
        return true;
    if (c->pid > 0)
        waitpid(c->pid, NULL, 0);
    close(c->output);
    return err_set(e, ERR_RUN, "cannot start %s: %s", argv[0], strerror(error));
}

bool child_line(struct child *c, struct arena *arena, str *line)
{
    struct buf b = {0};
    char byte;
    ssize_t n;
    while ((n = read(c->output, &byte, 1)) == 1 && byte != '\n')
        buf_char(&b, byte);
    *line = arena_dup(arena, buf_view(&b));
    buf_free(&b);
    return n == 1 || line->n > 0;
}

str child_rest(struct child *c, struct arena *arena)
{
    struct buf b = {0};
    ssize_t n;
    do {
        buf_reserve(&b, 16 * 1024);
        n = read(c->output, b.p + b.n, 16 * 1024);
        b.n += n > 0 ? (size_t)n : 0;
    } while (n > 0 || (n < 0 && errno == EINTR));
    str all = arena_dup(arena, buf_view(&b));
    buf_free(&b);
    return all;
}

int child_wait(struct child *c)
{
    int status = 0;
    while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
        ;
    close(c->output);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int child_end(struct child *c)
{
    kill(c->pid, SIGTERM);
    return child_wait(c);
}

str child_beside(const char *name, struct arena *arena)
{
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self);
    while (n > 0 && self[n - 1] != '/')
        n--;
    if (n <= 0)
        return arena_dup(arena, str_from(name));
    str path = arena_printf(arena, "%.*s%s", (int)n, self, name);
    return access(path.p, X_OK) == 0 ? path : arena_dup(arena, str_from(name));
}

bool child_exists(const char *name)
{
    char path[4096];
    str rest = str_from(getenv("PATH")), folder;
    while (str_next(&rest, ':', &folder)) {
        snprintf(path, sizeof path, STR_FMT "/%s", STR_ARG(folder), name);
        if (access(path, X_OK) == 0)
            return true;
    }
    return false;
}
