/* target/stamps.h: the kernel's time stamps (SO_TIMESTAMPNS) from the first request on. */
#ifndef WEIR_TARGET_STAMPS_H
#define WEIR_TARGET_STAMPS_H

#include <stdbool.h>

/* Asks for stamps on a listening TCP socket: the accepted ones inherit that, so that what arrives
 * before the accept is stamped too. The kernel begins to stamp some time after the first socket of
 * the machine asked (net_enable_timestamp defers it); returns when it does. False: it never did. */
bool stamps_begin(int listening_fd);

#endif
