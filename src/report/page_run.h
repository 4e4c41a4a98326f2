/* report/page_run.h: the part of the page that is known when the load starts. Pure. Private to
 * report/page_*.c. */
#ifndef WEIR_REPORT_PAGE_RUN_H
#define WEIR_REPORT_PAGE_RUN_H

#include "base/json_out.h"
#include "engine/summary.h"

/* An object; `settings` is the JSON array of them. */
void page_run_put(struct json_out *j, const struct run_info *info, str settings);

#endif
