/* base/units.h: numbers with units, read from people and shown to people. Machine formats use
 * plain seconds and bytes and do not come through here. Pure. */
#ifndef WEIR_BASE_UNITS_H
#define WEIR_BASE_UNITS_H

#include "base/err.h"
#include "base/str.h"

/* Readers: false with a sentence that quotes the text and shows a right one (ERR_USAGE). */

/* "500ms" "10s" "2m" "1h30m" "1.5s" "250us" "100ns"; a bare number is seconds. ns. */
bool units_duration(str text, uint64_t *ns, struct err *e);
/* As above, but a unit must be there (thresholds). */
bool units_duration_strict(str text, uint64_t *ns, struct err *e);
/* "250" "2k" "1.5M" per second, "30/m" per minute, "2/h", "5/s". Must be > 0. Per second. */
bool units_rate(str text, double *per_second, struct err *e);
/* "100" "10k" "1.5M": whole after the factor (k = 1000, M, G). */
bool units_count(str text, uint64_t *out, struct err *e);
/* "100" "10k" "64KiB" "1MB": bytes; k, M, G are 1000-based, Ki, Mi, Gi 1024-based. */
bool units_size(str text, uint64_t *bytes, struct err *e);
/* "1%" "0.5%" "0.01": a share from 0 to 1, in 1e-9. */
bool units_share(str text, uint64_t *ppb, struct err *e);

/* Writers: into a small buffer of the caller's (32 bytes are enough), which they return. */
struct human {
    char text[32];
};
struct human human_time(double seconds); /* "0 s" "850 ns" "21.3 µs" "1.20 ms" "2.00 s" "3m 20s" */
struct human human_duration(uint64_t ns);   /* as typed: "10s" "1m30s" "500ms" "1.5s" */
struct human human_count(uint64_t n);       /* "8 000 000" */
struct human human_rate(double per_second); /* "200" "49 998.7" "0.5" */
struct human human_bytes(double bytes);     /* "712 B" "1.2 kB" "3.4 MB" */

#endif
