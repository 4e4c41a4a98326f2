/* librdkafka takes sasl.password without a word where security.protocol was forgotten, and asks for
 * Kerberos where the mechanism was. */
#include "proto/kafka_security.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

bool kafka_security_check_file(str name, const char *value, struct err *e)
{
    static const str files[] = {{"ssl.ca.location", 15},
                                {"ssl.certificate.location", 24},
                                {"ssl.crl.location", 16},
                                {"ssl.key.location", 16},
                                {"ssl.keystore.location", 21}};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (str_eq(name, files[i]) && *value && strcmp(value, "probe") != 0 && access(value, R_OK))
            return err_set(e, ERR_USAGE, STR_FMT ": cannot read '%s': %s", STR_ARG(name), value,
                           strerror(errno));
    return true;
}

/* The first one that begins so, or NULL. */
static const struct kafka_property *first(const struct kafka_properties *p, str prefix)
{
    for (size_t i = 0; i < p->n; i++)
        if (str_starts(p->list[i].name, prefix))
            return &p->list[i];
    return NULL;
}

bool kafka_security_check(const struct kafka_properties *p, struct err *e)
{
    str protocol = kafka_property_find(p, "security.protocol"); /* terminated, when there is one */
    bool login = protocol.n > 4 && strncasecmp(protocol.p, "sasl", 4) == 0;
    bool tls = protocol.n >= 3 && strcasecmp(protocol.p + protocol.n - 3, "ssl") == 0;
    const struct kafka_property *sasl = first(p, STR("sasl.")), *ssl = first(p, STR("ssl."));
    if (sasl && !login)
        return err_set(e, ERR_USAGE,
                       STR_FMT " has no effect: a login needs security.protocol=sasl_ssl, or "
                               "sasl_plaintext",
                       STR_ARG(sasl->name));
    if (ssl && !tls)
        return err_set(e, ERR_USAGE,
                       STR_FMT " has no effect: TLS needs security.protocol=ssl, or sasl_ssl",
                       STR_ARG(ssl->name));
    if (login && !kafka_property_find(p, "sasl.mechanism").n)
        return err_set(e, ERR_USAGE,
                       "security.protocol=" STR_FMT " needs sasl.mechanism, too: PLAIN, "
                       "SCRAM-SHA-256, SCRAM-SHA-512 ...",
                       STR_ARG(protocol));
    return true;
}
