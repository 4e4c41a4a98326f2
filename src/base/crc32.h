/* base/crc32.h: CRC-32 (IEEE 802.3; the same as zlib's crc32) of short texts, of which there are
 * millions a second: at 40 to 100 bytes zlib's own takes five times as long. Pure. */
#ifndef WEIR_BASE_CRC32_H
#define WEIR_BASE_CRC32_H

#include "base/str.h"

/* Goes on with a checksum; that of nothing is 0. */
uint32_t crc32_add(uint32_t crc, str bytes);

#endif
