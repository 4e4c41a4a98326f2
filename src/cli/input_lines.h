/* cli/input_lines.h: what somebody types or pipes into a command that runs in a loop: line by line,
 * without ever blocking it. One thread. */
#ifndef WEIR_CLI_INPUT_LINES_H
#define WEIR_CLI_INPUT_LINES_H

#include "base/buf.h"
#include "loop/loop.h"

struct input_lines {
    void (*line)(struct input_lines *in, str line); /* set by the owner; without its end */
    struct loop *loop;
    struct watch watch;
    struct timer again; /* armed while the terminal is another's: this job is in the background */
    bool watched;
    struct buf rest; /* a line whose end has not come */
};

/* A terminal, a pipe or a socket is read as it comes; a file at once; anything else, /dev/null
 * above all, has nothing to say. `line` and the memory are the owner's. */
void input_lines_open(struct input_lines *in, struct loop *l, int fd);
void input_lines_close(struct input_lines *in); /* the descriptor stays open */

#endif
