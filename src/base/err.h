/* base/err.h: an error is a kind (which decides the exit code) and one sentence that the person at
 * the terminal can act on. Functions that can fail return bool and take a struct err *. */
#ifndef WEIR_BASE_ERR_H
#define WEIR_BASE_ERR_H

#include <stdbool.h>

enum err_kind {
    ERR_NONE,
    ERR_RUN,   /* the world said no: host, file, permission (exit 1) */
    ERR_USAGE, /* the request itself is wrong: flag, value, expression (exit 2) */
};

struct err {
    enum err_kind kind; /* ERR_NONE: no error */
    char text[600];     /* the sentence, without a full stop and without the program's name */
};

/* Sets the sentence and returns false, so that `return err_set(e, …)` reads well. */
bool err_set(struct err *e, enum err_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts "context: " before the sentence that is there, keeps the kind, returns false. */
bool err_wrap(struct err *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
