/* base/base64.h: bytes as base64 text (RFC 4648 section 4, with padding). Pure. */
#ifndef WEIR_BASE_BASE64_H
#define WEIR_BASE_BASE64_H

#include "base/buf.h"

/* Adds 4 characters for every 3 bytes begun; no line breaks. */
void base64_add(struct buf *out, str bytes);

#endif
