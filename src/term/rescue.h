/* term/rescue.h: the terminal is given back whatever ends the process, and signals that are about
 * the terminal reach the run's loop. One view a process. */
#ifndef WEIR_TERM_RESCUE_H
#define WEIR_TERM_RESCUE_H

#include <termios.h>

#include "base/err.h"
#include "base/str.h"

/* What came; bits. */
enum {
    SIGNAL_RESIZE = 1,   /* SIGWINCH */
    SIGNAL_SUSPEND = 2,  /* SIGTSTP, Ctrl-Z */
    SIGNAL_CONTINUE = 4, /* SIGCONT */
};

/* Takes over these signals and those that kill; false: no descriptor could be made. */
bool rescue_open(struct err *e);
/* Signals as before; harmless when not open. A view that is still armed is left at the process's
 * end: its terminal took nothing so far. */
void rescue_close(void);
int rescue_fd(void);         /* readable when something came */
unsigned rescue_take(void);  /* what came since, of the bits above */
void rescue_stop_self(void); /* stops the process as Ctrl-Z does; returns when it goes on */

/* From now on the view is on the terminal `fd`: to be left by these bytes, which are copied, and
 * these settings. The end of what was written meanwhile is in the file `messages` (-1: none). */
void rescue_arm(int fd, str leave, const struct termios *before, int messages);
void rescue_disarm(void);

/* Gives the terminal back at once, if the view is on it. Any thread, in signal handlers too. */
void rescue_now(void);

#endif
