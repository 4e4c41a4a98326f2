/* Certificates of the tests, by OpenSSL. */
#include "certs.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

enum { DAY = 24 * 3600 };

static const struct {
    const char *name, *names; /* of the file; subjectAltName, NULL: an authority */
    long from_s, to_s;        /* relative to now */
    enum cert by;
} plans[CERTS] = {
    [CERT_AUTHORITY] = {"authority", NULL, -DAY, DAY, CERT_AUTHORITY},
    [CERT_GOOD] = {"good", "DNS:localhost,IP:127.0.0.1,IP:::1", -DAY, DAY, CERT_AUTHORITY},
    [CERT_EXPIRED] = {"expired", "DNS:localhost,IP:127.0.0.1", -2 * DAY, -DAY, CERT_AUTHORITY},
    [CERT_OTHER] = {"other", "DNS:other.example", -DAY, DAY, CERT_AUTHORITY},
    [CERT_SELF] = {"self", "DNS:localhost,IP:127.0.0.1", -DAY, DAY, CERT_SELF},
};

static char directory[] = "/tmp/weir-certs-XXXXXX";
static char files[CERTS][2][64]; /* certificate, key */

static void must(int good)
{
    if (good)
        return;
    fputs("cannot make the certificates of this test\n", stderr);
    exit(1);
}

static void extend(X509 *x, int nid, const char *value)
{
    X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
    must(e && X509_add_ext(x, e, -1));
    X509_EXTENSION_free(e);
}

static X509 *make(enum cert c, EVP_PKEY *key, X509 *by, EVP_PKEY *by_key)
{
    X509 *x = X509_new();
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 100 + (long)c);
    X509_gmtime_adj(X509_getm_notBefore(x), plans[c].from_s);
    X509_gmtime_adj(X509_getm_notAfter(x), plans[c].to_s);
    X509_set_pubkey(x, key);
    X509_NAME *name = X509_get_subject_name(x);
    must(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)plans[c].name,
                                    -1, -1, 0));
    X509_set_issuer_name(x, X509_get_subject_name(by ? by : x));
    if (plans[c].names)
        extend(x, NID_subject_alt_name, plans[c].names);
    else
        extend(x, NID_basic_constraints, "critical,CA:TRUE");
    must(X509_sign(x, by_key, EVP_sha256()) > 0);
    return x;
}

static void write_files(enum cert c, X509 *x, EVP_PKEY *key)
{
    for (int i = 0; i < 2; i++)
        snprintf(files[c][i], sizeof files[c][i], "%s/%s.%s", directory, plans[c].name,
                 i ? "key" : "pem");
    FILE *f = fopen(files[c][0], "w");
    must(f && PEM_write_X509(f, x));
    fclose(f);
    f = fopen(files[c][1], "w");
    must(f && PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL));
    fclose(f);
}

void certs_make(void)
{
    X509 *x[CERTS] = {NULL};
    EVP_PKEY *keys[CERTS];
    must(mkdtemp(directory) != NULL);
    for (enum cert c = CERT_AUTHORITY; c < CERTS; c++) {
        keys[c] = EVP_EC_gen("P-256");
        x[c] = make(c, keys[c], x[plans[c].by], keys[plans[c].by]);
        write_files(c, x[c], keys[c]);
    }
    for (enum cert c = CERT_AUTHORITY; c < CERTS; c++) {
        X509_free(x[c]);
        EVP_PKEY_free(keys[c]);
    }
    setenv("SSL_CERT_FILE", files[CERT_AUTHORITY][0], 1);
}

void certs_remove(void)
{
    for (enum cert c = CERT_AUTHORITY; c < CERTS; c++)
        for (int i = 0; i < 2; i++)
            unlink(files[c][i]);
    rmdir(directory);
}

const char *cert_file(enum cert c)
{
    return files[c][0];
}

const char *cert_key_file(enum cert c)
{
    return files[c][1];
}

struct tls_context *cert_server(enum cert c)
{
    struct err e = {0};
    struct tls_context *t = tls_server_context(cert_file(c), cert_key_file(c), &e);
    if (!t)
        fail_msg("%s", e.text);
    return t;
}

struct tls_context *cert_client(bool insecure)
{
    struct err e = {0};
    struct tls_context *t = tls_client_context(insecure, &e);
    if (!t)
        fail_msg("%s", e.text);
    return t;
}
