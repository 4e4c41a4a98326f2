/* tests/unit/loop/certs.h: certificates for the tests of TLS, made anew for each run in a temporary
 * directory: one authority and what it signed, good and bad. */
#ifndef WEIR_UNIT_LOOP_CERTS_H
#define WEIR_UNIT_LOOP_CERTS_H

#include "loop/tls.h"

enum cert {
    CERT_AUTHORITY,
    CERT_GOOD,    /* localhost, 127.0.0.1, ::1 */
    CERT_EXPIRED, /* the same names, until yesterday */
    CERT_OTHER,   /* other.example only */
    CERT_SELF,    /* the names of CERT_GOOD, signed by itself */
    CERTS,
};

void certs_make(void); /* and sets SSL_CERT_FILE to the authority */
void certs_remove(void);

/* PEM files; valid until certs_remove. */
const char *cert_file(enum cert c);
const char *cert_key_file(enum cert c);

/* A server with certificate c; a client that believes any server when `insecure`. The caller frees
 * them. */
struct tls_context *cert_server(enum cert c);
struct tls_context *cert_client(bool insecure);

#endif
