/* term/tui.h: the terminal view (--tui): a sink that shows a run on the whole screen while it goes
 * on, and obeys keys. */
#ifndef WEIR_TERM_TUI_H
#define WEIR_TERM_TUI_H

#include "engine/sink.h"

/* NULL with the reason: ERR_USAGE: there is no terminal, or this weir was built without it;
 * ERR_RUN: there is a terminal, but not one for this: the progress line will do. It leaves the
 * screen before anything finishes, wherever it stands in the list of sinks. */
struct sink *tui_sink(bool no_color, struct err *e);

#endif
