/* term/keys.h: what the bytes of a keyboard mean. Pure. */
#ifndef WEIR_TERM_KEYS_H
#define WEIR_TERM_KEYS_H

#include "base/str.h"

enum press {
    PRESS_NONE, /* no more */
    PRESS_START,
    PRESS_STOP,
    PRESS_PAUSE,
    PRESS_MORE,
    PRESS_LESS,
    PRESS_MARK,
    PRESS_HELP,
    PRESS_UP,
    PRESS_DOWN,
    PRESS_PAGE_UP,
    PRESS_PAGE_DOWN,
    PRESS_FIRST,
    PRESS_LAST,
    PRESS_REDRAW,
    PRESS_OTHER,
};

/* Starts as {0}. */
struct keys {
    char left[32]; /* read, and not yet understood: an escape sequence whose end has not come */
    size_t n;
};

/* Adds what was read; more than there is room for is lost. */
void keys_add(struct keys *k, str bytes);
/* The next key, until PRESS_NONE. */
enum press keys_next(struct keys *k);

#endif
