/* proto/kafka_embedded_port.h: where the embedded broker listens. librdkafka's mock cluster binds
 * to a free port, advertises that one and offers no choice; so this program has a bind() of its
 * own, which gives a thread's next sockets the ports that were chosen for them, and does for
 * everybody else what bind() does. (The linker takes it for every program that binds; it needs
 * nothing.) */
#ifndef WEIR_PROTO_KAFKA_EMBEDDED_PORT_H
#define WEIR_PROTO_KAFKA_EMBEDDED_PORT_H

enum { KAFKA_PORTS_MOST = 32 };

/* Starts as {.next = the first port}. */
struct kafka_ports {
    unsigned next;             /* for the next socket; 0: whatever is free */
    int fds[KAFKA_PORTS_MOST]; /* sockets that were bound */
    unsigned n;
    unsigned refused; /* a port that could not be had (its socket got a free one); 0: all could */
    int error;        /* errno of that */
};

/* From now on this thread's binds to port 0 of an IPv4 address are p's; NULL ends that. */
void kafka_ports_choose(struct kafka_ports *p);

#endif
