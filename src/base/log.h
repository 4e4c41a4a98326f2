/* base/log.h: what weir says about itself while it runs, one line each on standard error:
 * "weir: …" and "weir: warning: …". Any thread. Not for results. */
#ifndef WEIR_BASE_LOG_H
#define WEIR_BASE_LOG_H

#include <stdbool.h>

void log_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Says that an unfinished line stands on the terminal behind standard error (progress): the next
 * line of the log wipes it first. */
void log_over_line(bool there);

/* The name before the colon: "weir" unless a program beside it says its own. Static text. */
void log_name(const char *program);

#endif
