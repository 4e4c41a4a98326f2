/* term/painter.h: a canvas on a real terminal, by ncurses, in a thread of its own: a terminal that
 * does not take what is written (a stopped one, a slow line) holds up nobody else. Called by the
 * run's thread. */
#ifndef WEIR_TERM_PAINTER_H
#define WEIR_TERM_PAINTER_H

#include "term/canvas.h"

struct painter;

/* Can this terminal, by its description (TERM), be painted on? False with the reason (ERR_RUN). */
bool painter_fits(int fd, struct err *e);

/* Takes the terminal `fd`, which stays the caller's. `messages`: for rescue_arm. */
struct painter *painter_open(int fd, bool color, int messages, struct err *e);

/* Paints it as soon as possible; the canvas is exchanged for another one, whose content means
 * nothing. One that has not been painted yet is given up. `anew`: whatever the terminal may show.
 */
void painter_show(struct painter *p, struct canvas *c, bool anew);

/* Gives the terminal back, and takes it again. False: it did not take that within a second; it
 * will be done when it does. */
bool painter_leave(struct painter *p);
bool painter_return(struct painter *p, int messages);

void painter_close(struct painter *p); /* leaves, frees; p may be NULL */

#endif
