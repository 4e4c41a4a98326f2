/* loop/tls.h: TLS for sockets, by OpenSSL, below the completions: owners of a sock see plain bytes.
 * Used by sock.c; other rooms only make contexts. One thread at a time per context. */
#ifndef WEIR_LOOP_TLS_H
#define WEIR_LOOP_TLS_H

#include "base/err.h"
#include "base/str.h"

struct tls_context;
struct tls;

/* For connecting: TLS 1.2 and later, ALPN http/1.1, the system's certificate authorities (or those
 * of SSL_CERT_FILE); the server's name and chain are verified unless insecure. */
struct tls_context *tls_client_context(bool insecure, struct err *e);
/* For accepting: PEM files of the certificate chain and its key. */
struct tls_context *tls_server_context(const char *certificate, const char *key, struct err *e);
void tls_context_free(struct tls_context *c); /* NULL is fine */

enum tls_status {
    TLS_DONE,   /* did what was asked */
    TLS_MORE,   /* needs more bytes from the peer first */
    TLS_ENDED,  /* the peer said that it is finished (close_notify) */
    TLS_FAILED, /* tls_why says why */
};

struct tls *tls_open(struct tls_context *c, const char *server_name); /* NULL: no name to verify */
void tls_close(struct tls *t);                                        /* NULL is fine */

void tls_feed(struct tls *t,
              str cipher); /* bytes from the peer: used up by the calls that follow */
enum tls_status tls_handshake(struct tls *t);
enum tls_status tls_read(struct tls *t, str *plain); /* valid until the next call with any tls */
bool tls_write(struct tls *t, str plain);            /* all of it, encrypted into the output */
const char *tls_why(const struct tls *t);            /* static text or of the connection's life */

/* What has to be sent; stays where it is until tls_output_done, however much is written meanwhile.
 */
str tls_output(struct tls *t);
void tls_output_done(struct tls *t);

/* The last thing to send, close_notify; empty when the peer would not understand it: before the end
 * of the handshake, after a failure, behind half a record. */
str tls_farewell(struct tls *t);

#endif
