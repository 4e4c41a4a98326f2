/* cli/help_metrics.h: what thresholds can be about, from the tables that judge them: for people at
 * a terminal (weir help metrics) and for the documentation. */
#ifndef WEIR_CLI_HELP_METRICS_H
#define WEIR_CLI_HELP_METRICS_H

#include "base/buf.h"

void help_metrics(struct buf *out);

/* A section of docs/options.md. */
void reference_metrics(struct buf *out);

#endif
