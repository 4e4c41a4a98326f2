/* Handlers do what signal-safety(7) allows: flags, write, tcsetattr. */
#include "term/rescue.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LEAVE_MOST = 256, LAST_WORDS = 64 * 1024 };

/* Signals with a handler of ours; INT and TERM are read elsewhere (engine/run.c), but ncurses would
 * put its own there. */
static const int fatal[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGQUIT, SIGHUP, SIGSYS};
static const int telling[] = {SIGWINCH, SIGTSTP, SIGCONT};
static const int foreign[] = {SIGINT, SIGTERM};

enum {
    FATAL = sizeof fatal / sizeof *fatal,
    TELLING = sizeof telling / sizeof *telling,
    FOREIGN = sizeof foreign / sizeof *foreign,
};

/* Handlers know no object: this is the process's. */
static struct {
    bool open;
    int fd; /* eventfd */
    atomic_uint came;
    struct sigaction before_fatal[FATAL], before_telling[TELLING], before_foreign[FOREIGN];
    atomic_bool armed; /* the rest is set */
    int terminal, messages;
    char leave[LEAVE_MOST];
    size_t n_leave;
    struct termios settings;
} r = {.fd = -1, .messages = -1};

/* ---- the terminal ---- */

static void write_out(int fd, const char *p, size_t n)
{
    while (n) {
        ssize_t written = write(fd, p, n);
        if (written <= 0)
            return;
        p += written;
        n -= (size_t)written;
    }
}

static void copy_messages(void)
{
    char bytes[1024];
    struct stat s;
    ssize_t n;
    if (r.messages < 0 || fstat(r.messages, &s) < 0)
        return;
    for (off_t at = s.st_size > LAST_WORDS ? s.st_size - LAST_WORDS : 0;
         (n = pread(r.messages, bytes, sizeof bytes, at)) > 0; at += n)
        write_out(r.terminal, bytes, (size_t)n);
}

void rescue_now(void)
{
    if (!atomic_exchange(&r.armed, false))
        return;
    tcsetattr(r.terminal, TCSANOW, &r.settings); /* the only one that cannot be kept waiting */
    write_out(r.terminal, r.leave, r.n_leave);
    copy_messages();
}

void rescue_arm(int fd, str leave, const struct termios *before, int messages)
{
    r.terminal = fd;
    r.messages = messages;
    r.settings = *before;
    r.n_leave = leave.n < LEAVE_MOST ? leave.n : LEAVE_MOST;
    memcpy(r.leave, leave.p, r.n_leave);
    r.armed = true;
}

void rescue_disarm(void)
{
    r.armed = false;
}

/* ---- signals ---- */

/* Whoever was asked before us, a sanitizer or the kernel, is asked again. */
static void on_fatal(int number)
{
    rescue_now();
    for (int i = 0; i < FATAL; i++)
        if (fatal[i] == number)
            sigaction(number, &r.before_fatal[i], NULL);
    raise(number);
}

static void on_telling(int number)
{
    int error = errno;
    uint64_t one = 1;
    atomic_fetch_or(&r.came, number == SIGWINCH  ? SIGNAL_RESIZE
                             : number == SIGTSTP ? SIGNAL_SUSPEND
                                                 : SIGNAL_CONTINUE);
    if (write(r.fd, &one, sizeof one) < 0)
        errno = error; /* it is readable already */
    errno = error;
}

static void take_over(const int *numbers, struct sigaction *before, int n, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < n; i++) {
        sigaction(numbers[i], NULL, &before[i]);
        if (before[i].sa_handler != SIG_IGN) /* nohup; a shell without job control */
            sigaction(numbers[i], &action, NULL);
    }
}

static void give_back(const int *numbers, const struct sigaction *before, int n)
{
    for (int i = 0; i < n; i++)
        sigaction(numbers[i], &before[i], NULL);
}

bool rescue_open(struct err *e)
{
    static bool at_exit;
    r.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (r.fd < 0)
        return err_set(e, ERR_RUN, "cannot make an event descriptor: %s", strerror(errno));
    r.came = 0;
    r.open = true;
    take_over(fatal, r.before_fatal, FATAL, on_fatal);
    take_over(telling, r.before_telling, TELLING, on_telling);
    for (int i = 0; i < FOREIGN; i++)
        sigaction(foreign[i], NULL, &r.before_foreign[i]);
    if (!at_exit)
        at_exit = atexit(rescue_now) == 0;
    return true;
}

void rescue_close(void)
{
    if (!r.open)
        return;
    r.messages = -1;
    give_back(fatal, r.before_fatal, FATAL);
    give_back(telling, r.before_telling, TELLING);
    give_back(foreign, r.before_foreign, FOREIGN);
    close(r.fd);
    r.open = false;
}

int rescue_fd(void)
{
    return r.fd;
}

unsigned rescue_take(void)
{
    uint64_t ignored;
    if (read(r.fd, &ignored, sizeof ignored) < 0)
        return 0;
    return atomic_exchange(&r.came, 0);
}

void rescue_stop_self(void)
{
    struct sigaction ours, system = {.sa_handler = SIG_DFL};
    sigemptyset(&system.sa_mask);
    sigaction(SIGTSTP, &system, &ours);
    kill(getpid(), SIGTSTP); /* the kernel prefers the main thread: it stops before this returns */
    sigaction(SIGTSTP, &ours, NULL);
}
