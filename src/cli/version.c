/* The versions of weir and of its libraries. */
#include "cli/version.h"

#include <jansson.h>
#include <openssl/crypto.h>
#include <sqlite3.h>
#include <zlib.h>

#include "proto/kafka_conf.h"

void version_describe(struct buf *out)
{
    buf_str(out, STR("weir " WEIR_VERSION "\n"));
    buf_printf(out, "jansson %s\n", jansson_version_str());
    buf_printf(out, "librdkafka %s\n", kafka_version());
    buf_str(out, STR("liburing " WEIR_LIBURING "\n"));
    buf_str(out, STR("ncurses " WEIR_NCURSES "\n"));
    buf_printf(out, "OpenSSL %s\n", OpenSSL_version(OPENSSL_VERSION_STRING));
    buf_printf(out, "SQLite %s\n", sqlite3_libversion());
    buf_printf(out, "zlib %s\n", zlibVersion());
}
