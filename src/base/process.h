/* base/process.h: what this process uses of the machine. Any thread. */
#ifndef WEIR_BASE_PROCESS_H
#define WEIR_BASE_PROCESS_H

#include <stdint.h>

uint64_t process_resident_bytes(void); /* of memory; 0: the system does not say */

#endif
