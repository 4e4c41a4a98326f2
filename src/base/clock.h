/* base/clock.h: the one place that reads clocks. Everything measured is monotonic ns of this
 * clock; wall time is for the borders (file names, started_at) only. Any thread. */
#ifndef WEIR_BASE_CLOCK_H
#define WEIR_BASE_CLOCK_H

#include <stdint.h>

#define NS_PER_US UINT64_C(1000)
#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_S  UINT64_C(1000000000)

uint64_t clock_now_ns(void);  /* CLOCK_MONOTONIC */
uint64_t clock_wall_ns(void); /* CLOCK_REALTIME, ns since 1970 */
uint64_t clock_cpu_ns(void);  /* CPU time of this process, all threads */
void clock_sleep_until(uint64_t monotonic_ns);

/* "2026-01-31T12:00:00.000Z" (RFC 3339, UTC, ms); `out` holds at least 32 bytes. */
void clock_rfc3339(uint64_t wall_ns, char *out);

#endif
