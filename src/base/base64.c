/* Base64: three bytes become four letters; one or two at the end are padded. */
#include "base/base64.h"

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* n is 1, 2 or 3. */
static void add_group(struct buf *out, const unsigned char *p, size_t n)
{
    uint32_t bits = (uint32_t)p[0] << 16;
    if (n > 1)
        bits |= (uint32_t)p[1] << 8;
    if (n > 2)
        bits |= p[2];
    char four[4] = {letters[bits >> 18], letters[bits >> 12 & 63], '=', '='};
    if (n > 1)
        four[2] = letters[bits >> 6 & 63];
    if (n > 2)
        four[3] = letters[bits & 63];
    buf_add(out, four, sizeof four);
}

void base64_add(struct buf *out, str bytes)
{
    for (size_t i = 0; i < bytes.n; i += 3) {
        size_t left = bytes.n - i;
        add_group(out, (const unsigned char *)bytes.p + i, left < 3 ? left : 3);
    }
}
