/* responder/responder.h: requests are read, answered, and what was done is counted. One thread. */
#ifndef WEIR_RESPONDER_RESPONDER_H
#define WEIR_RESPONDER_RESPONDER_H

#include "responder/options.h"

/* Answers until a signal, or until options->count requests are answered; then prints the counts.
 * False with a sentence. */
bool responder_run(const struct responder_options *o, struct err *e);

#endif
