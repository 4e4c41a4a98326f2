/* scenario/reading.h: a user that makes no calls: it waits while its worker's client reads, until
 * that has read all. What `weir kafka consume` runs. */
#ifndef WEIR_SCENARIO_READING_H
#define WEIR_SCENARIO_READING_H

#include "scenario/scenario.h"

extern const struct scenario_type reading_scenario; /* it has no program */

#endif
