/* proto/kafka_security.h: settings of TLS and SASL that cannot work, found before a client is made
 * of them. Private to src/proto/kafka_*.c; any thread. */
#ifndef WEIR_PROTO_KAFKA_SECURITY_H
#define WEIR_PROTO_KAFKA_SECURITY_H

#include "proto/kafka_conf.h"

/* A property's value that is the name of a file to read must be one: "ssl.ca.location: cannot read
 * 'ca.pem': No such file or directory" (ERR_USAGE). */
bool kafka_security_check_file(str name, const char *value, struct err *e);

/* Every property of TLS and SASL has an effect, and a login has a mechanism (ERR_USAGE). */
bool kafka_security_check(const struct kafka_properties *p, struct err *e);

#endif
