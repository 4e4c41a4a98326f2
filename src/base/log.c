/* Lines on standard error, each written by one call so that threads do not mix. */
#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

static const char *program_name = "weir";

void log_name(const char *program)
{
    program_name = program;
}

static atomic_bool over_line;

void log_over_line(bool there)
{
    over_line = there;
}

static void say(const char *kind, const char *format, va_list args)
{
    char line[1200];
    const char *wipe = atomic_exchange(&over_line, false) ? "\r\x1b[K" : "";
    int n = snprintf(line, sizeof line, "%s%s: %s", wipe, program_name, kind);
    int m = vsnprintf(line + n, sizeof line - (size_t)n - 1, format, args);
    size_t length = (size_t)(n + m);
    if (length > sizeof line - 2)
        length = sizeof line - 2;
    line[length] = '\n';
    if (write(STDERR_FILENO, line, length + 1) < 0)
        return; /* nowhere left to say it */
}

void log_note(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say("", format, args);
    va_end(args);
}

void log_warn(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say("warning: ", format, args);
    va_end(args);
}
