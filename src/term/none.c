/* In the place of the terminal view, where weir is built without ncurses. */
#include "term/tui.h"

struct sink *tui_sink(bool no_color, struct err *e)
{
    (void)no_color;
    err_set(e, ERR_USAGE, "this weir was built without ncurses: there is no --tui in it");
    return NULL;
}
