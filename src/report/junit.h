/* report/junit.h: a run as JUnit test cases (--junit), which CI systems show: each threshold, audit
 * and check is a case, and so is the verdict on the generator. */
#ifndef WEIR_REPORT_JUNIT_H
#define WEIR_REPORT_JUNIT_H

#include "engine/sink.h"

/* Opens the file; path lives as long as the sink. NULL with a sentence. */
struct sink *junit_sink(const char *path, struct err *e);

#endif
