/* cli/demo_target.h: a weir-target of the demo's own, on a free port of this machine. */
#ifndef WEIR_CLI_DEMO_TARGET_H
#define WEIR_CLI_DEMO_TARGET_H

#include "cli/child.h"

struct demo_target {
    struct child child;
    str url; /* "http://127.0.0.1:PORT" */
};

/* `stall` as weir-target takes it ("3s:2s"); NULL: none. */
bool demo_target_start(struct demo_target *t, const char *stall, struct arena *arena,
                       struct err *e);
void demo_target_end(struct demo_target *t);

#endif
