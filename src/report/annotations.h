/* report/annotations.h: what did not hold, as annotations of a GitHub workflow: lines that its
 * runner reads from the output ("::error title=…::…") and shows beside the commit. GitLab and
 * Jenkins read --junit for that. */
#ifndef WEIR_REPORT_ANNOTATIONS_H
#define WEIR_REPORT_ANNOTATIONS_H

#include <stdio.h>

#include "engine/sink.h"

/* Does this process run in a GitHub workflow (GITHUB_ACTIONS)? */
bool annotations_wanted(void);

/* The stream is the caller's. */
struct sink *annotations_sink(FILE *out);

#endif
