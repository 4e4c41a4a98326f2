/* TLS by OpenSSL over two byte queues instead of a descriptor: what the peer sent is looked at
 * where it stands, what has to be sent collects in a buffer that the socket layer hands to the
 * kernel. */
#include "loop/tls.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

struct tls_context {
    SSL_CTX *ssl;
    BIO_METHOD *queues; /* read from tls.in, write to tls.next */
    bool server;
};

struct tls {
    SSL *ssl;
    str in;             /* from the peer, not used up yet */
    struct buf sending; /* the kernel may still read it */
    struct buf next;    /* written since */
    const char *why;    /* after a failure; static text */
    bool open;          /* the handshake is through */
};

/* ---- reasons: one text per cause, kept for the life of the process ---- */

static const char *keep_text(const char *words, const char *detail)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static struct kept {
        struct kept *older;
        char text[200];
    } * newest;
    char text[sizeof newest->text];
    snprintf(text, sizeof text, "TLS: %s%s", words, detail);
    pthread_mutex_lock(&lock);
    struct kept *k = newest;
    while (k && strcmp(k->text, text) != 0)
        k = k->older;
    if (!k) {
        k = mem_zero(sizeof *k);
        memcpy(k->text, text, sizeof text);
        k->older = newest;
        newest = k;
    }
    pthread_mutex_unlock(&lock);
    return k->text;
}

static const char *failure(const struct tls *t)
{
    SSL *ssl = t->ssl;
    long verify = SSL_get_verify_result(ssl);
    unsigned long code = ERR_peek_last_error();
    int reason = ERR_GET_REASON(code);
    ERR_clear_error();
    if (verify != X509_V_OK && SSL_get_verify_mode(ssl) != SSL_VERIFY_NONE)
        return keep_text("certificate not accepted: ", X509_verify_cert_error_string(verify));
    if (!t->open && (reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST))
        return keep_text("the other side does not speak TLS on this port", "");
    if (reason == SSL_R_TLSV1_ALERT_PROTOCOL_VERSION || reason == SSL_R_UNSUPPORTED_PROTOCOL)
        return keep_text("no common protocol version (1.2 and 1.3 are offered)", "");
    const char *words = ERR_reason_error_string(code);
    return keep_text(words ? words : "protocol error", "");
}

static const char *library_reason(void)
{
    const char *words = ERR_reason_error_string(ERR_peek_last_error());
    ERR_clear_error();
    return words ? words : "unknown reason";
}

/* ---- the byte queues as OpenSSL's BIO ---- */

static int queue_read(BIO *bio, char *to, int most)
{
    struct tls *t = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (t->in.n == 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    size_t n = t->in.n < (size_t)most ? t->in.n : (size_t)most;
    memcpy(to, t->in.p, n);
    t->in = str_skip(t->in, n);
    return (int)n;
}

static int queue_write(BIO *bio, const char *from, int n)
{
    struct tls *t = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    buf_add(&t->next, from, (size_t)n);
    return n;
}

static long queue_control(BIO *bio, int command, long number, void *pointer)
{
    (void)bio, (void)number, (void)pointer;
    return command == BIO_CTRL_FLUSH;
}

static BIO_METHOD *queue_method(void)
{
    BIO_METHOD *m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "byte queues");
    BIO_meth_set_read(m, queue_read);
    BIO_meth_set_write(m, queue_write);
    BIO_meth_set_ctrl(m, queue_control);
    return m;
}

/* ---- contexts ---- */

static const unsigned char http_1_1[] = "\x08http/1.1";

static struct tls_context *new_context(bool server)
{
    struct tls_context *c = mem_zero(sizeof *c);
    c->server = server;
    c->ssl = SSL_CTX_new(server ? TLS_server_method() : TLS_client_method());
    if (!c->ssl)
        mem_out(sizeof *c);
    c->queues = queue_method();
    SSL_CTX_set_min_proto_version(c->ssl, TLS1_2_VERSION);
    SSL_CTX_set_mode(c->ssl, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE);
    SSL_CTX_set_session_cache_mode(c->ssl, SSL_SESS_CACHE_OFF);
    return c;
}

struct tls_context *tls_client_context(bool insecure, struct err *e)
{
    struct tls_context *c = new_context(false);
    SSL_CTX_set_verify(c->ssl, insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_alpn_protos(c->ssl, http_1_1, sizeof http_1_1 - 1);
    if (!insecure && SSL_CTX_set_default_verify_paths(c->ssl) != 1) {
        err_set(e, ERR_RUN, "cannot load the system's certificate authorities: %s",
                library_reason());
        tls_context_free(c);
        return NULL;
    }
    return c;
}

static int choose_alpn(SSL *ssl, const unsigned char **out, unsigned char *n,
                       const unsigned char *offered, unsigned offered_n, void *unused)
{
    (void)ssl, (void)unused;
    int got = SSL_select_next_proto((unsigned char **)(uintptr_t)out, n, http_1_1,
                                    sizeof http_1_1 - 1, offered, offered_n);
    return got == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

struct tls_context *tls_server_context(const char *certificate, const char *key, struct err *e)
{
    struct tls_context *c = new_context(true);
    SSL_CTX_set_alpn_select_cb(c->ssl, choose_alpn, NULL);
    const char *file = certificate;
    bool good = SSL_CTX_use_certificate_chain_file(c->ssl, certificate) == 1;
    if (good) {
        file = key;
        good = SSL_CTX_use_PrivateKey_file(c->ssl, key, SSL_FILETYPE_PEM) == 1;
    }
    if (good)
        return c;
    err_set(e, ERR_RUN, "cannot use '%s': %s", file, library_reason());
    tls_context_free(c);
    return NULL;
}

void tls_context_free(struct tls_context *c)
{
    if (!c)
        return;
    SSL_CTX_free(c->ssl);
    BIO_meth_free(c->queues);
    mem_free(c);
}

/* ---- one connection ---- */

static bool is_address(const char *name)
{
    unsigned char bytes[16];
    return inet_pton(AF_INET, name, bytes) == 1 || inet_pton(AF_INET6, name, bytes) == 1;
}

static void name_server(SSL *ssl, const char *name)
{
    if (is_address(name)) {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name);
        return;
    }
    SSL_set_tlsext_host_name(ssl, name);
    SSL_set1_host(ssl, name);
}

struct tls *tls_open(struct tls_context *c, const char *server_name)
{
    struct tls *t = mem_zero(sizeof *t);
    t->ssl = SSL_new(c->ssl);
    BIO *bio = BIO_new(c->queues);
    if (!t->ssl || !bio)
        mem_out(sizeof *t);
    BIO_set_data(bio, t);
    BIO_set_init(bio, 1);
    SSL_set_bio(t->ssl, bio, bio);
    if (c->server)
        SSL_set_accept_state(t->ssl);
    else
        SSL_set_connect_state(t->ssl);
    if (server_name)
        name_server(t->ssl, server_name);
    return t;
}

void tls_close(struct tls *t)
{
    if (!t)
        return;
    SSL_free(t->ssl);
    buf_free(&t->sending);
    buf_free(&t->next);
    mem_free(t);
}

void tls_feed(struct tls *t, str cipher)
{
    t->in = cipher;
}

static enum tls_status status_of(struct tls *t, int result)
{
    if (result > 0)
        return TLS_DONE;
    switch (SSL_get_error(t->ssl, result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
        return TLS_MORE;
    case SSL_ERROR_ZERO_RETURN:
        return TLS_ENDED;
    default:
        t->why = failure(t);
        return TLS_FAILED;
    }
}

enum tls_status tls_handshake(struct tls *t)
{
    ERR_clear_error();
    enum tls_status status = status_of(t, SSL_do_handshake(t->ssl));
    t->open = status == TLS_DONE;
    return status;
}

enum tls_status tls_read(struct tls *t, str *plain)
{
    static _Thread_local char bytes[SSL3_RT_MAX_PLAIN_LENGTH];
    ERR_clear_error();
    int n = SSL_read(t->ssl, bytes, sizeof bytes);
    *plain = (str){bytes, n > 0 ? (size_t)n : 0};
    return status_of(t, n);
}

bool tls_write(struct tls *t, str plain)
{
    ERR_clear_error();
    while (plain.n) {
        size_t n = 0;
        if (SSL_write_ex(t->ssl, plain.p, plain.n, &n) != 1) {
            t->why = failure(t);
            return false;
        }
        plain = str_skip(plain, n);
    }
    return true;
}

str tls_farewell(struct tls *t)
{
    bool can_say = t->open && !t->why && t->sending.n == 0 && t->next.n == 0;
    if (can_say)
        SSL_shutdown(t->ssl);
    ERR_clear_error();
    return can_say ? buf_view(&t->next) : (str){0};
}

const char *tls_why(const struct tls *t)
{
    return t->why;
}

str tls_output(struct tls *t)
{
    if (t->sending.n == 0) {
        struct buf empty = t->sending;
        t->sending = t->next;
        t->next = empty;
    }
    return buf_view(&t->sending);
}

void tls_output_done(struct tls *t)
{
    t->sending.n = 0;
}
