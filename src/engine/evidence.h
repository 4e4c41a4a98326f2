/* engine/evidence.h: who made a run with Kafka slow: the broker or this machine, as far as the
 * clients' own measures tell. Pure. */
#ifndef WEIR_ENGINE_EVIDENCE_H
#define WEIR_ENGINE_EVIDENCE_H

#include "engine/summary.h"

/* Notes one sentence, which begins with "the broker" or "this machine", when records were slow, or
 * the run is not valid, and the measures agree on one of them; of records that are read, when a
 * quota held them back; else nothing. After health_judge. */
void evidence_note(struct summary *s);

#endif
