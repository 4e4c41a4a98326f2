/* cli/record_path.h: where the record of a run goes: --record, --no-record, or, for somebody at a
 * terminal who says neither, a new file under runs/. */
#ifndef WEIR_CLI_RECORD_PATH_H
#define WEIR_CLI_RECORD_PATH_H

#include "base/args.h"
#include "engine/plan.h"

struct record_path {
    const char *path; /* in the arena; NULL: no record */
    bool chosen;      /* by weir: nobody asked for it, so it need not be */
};

/* Makes runs/ when it is needed. False with a sentence (ERR_USAGE). */
bool record_path_read(const struct args *a, const struct plan *plan, struct arena *arena,
                      struct record_path *out, struct err *e);

#endif
