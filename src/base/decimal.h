/* base/decimal.h: numbers for machine formats: plain decimals, a point, no exponent, no spaces; the
 * same in every locale. */
#ifndef WEIR_BASE_DECIMAL_H
#define WEIR_BASE_DECIMAL_H

#include "base/buf.h"

/* The shortest decimal that reads back as the same double: 0.1, 12, 0.000012345. Finite only. */
void decimal_add(struct buf *out, double v);

enum { DECIMAL_ROOM = 32 }; /* bytes that are enough for each of those below */

/* Quick ones, for lines by the million: write at p and return the place behind. */
char *decimal_u64(char *p, uint64_t v);
char *decimal_seconds(char *p, uint64_t ns); /* nine decimals: 3.000125000 */
char *decimal_ms(char *p, uint64_t ns);      /* as many decimals as it needs: 3, 3.25, 0.000001 */

#endif
