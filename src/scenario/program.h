/* scenario/program.h: a scenario file as the run sees it: the clients it makes, its calls, its
 * scenarios with their loads. Made on the main thread when the file is read for the first time;
 * each worker then reads the same text into a Lua state of its own (script.h) and finds here what
 * the first reading made. Lives as long as the plan.
 *
 * A definition is known by its key, a text in which the same definition always reads the same
 * (lua_copy.h): so states that read the file agree without counting, and a call that a user defines
 * while it runs is made once for all workers. What is made then is made under a lock. */
#ifndef WEIR_SCENARIO_PROGRAM_H
#define WEIR_SCENARIO_PROGRAM_H

#include "proto/kafka_watch.h"
#include "scenario/load.h"
#include "scenario/names.h"
#include "scenario/template.h"

struct call_definition;
struct kafka_client_definition;
struct kafka_header;
struct check_list;
struct feed_definition;

/* Names in templates with a meaning of weir's own: each program has them under these numbers. */
enum own_name { OWN_UUID, OWN_CORRELATION_ID, OWN_NOW, OWN_NOW_MS, OWN_SEQ, OWN_CONTENT_LENGTH };

/* What a script writes as a table of texts. */
struct text_pair {
    str name, value;
};

struct text_pairs {
    struct text_pair *list;
    size_t n;
};

/* Memory for one call that a user makes: what it sends, what comes back. Used again and again. */
struct call_room {
    struct reply reply;
    struct buf bytes, body; /* what is rendered */
    struct buf headers;     /* Kafka: an array of struct kafka_header */
    struct buf ids;         /* Kafka: where correlation ids are to stand: size_t, then char * */
    void *message[16];      /* the protocol's request, which points into the others */
    struct call_room *next; /* in a list of free ones */
};

/* What was sent, for scripts; p is NULL: the protocol has no such thing, or it is null. */
struct sent_view {
    str body, key;
    str head;                           /* HTTP's, with the request line */
    const struct kafka_header *headers; /* Kafka's */
    unsigned n_headers;
    int32_t partition; /* -1: none */
};

/* What comes back. */
enum reply_form {
    REPLY_NONE, /* no bytes: an acknowledgement */
    REPLY_HTTP,
    REPLY_RECORD, /* of Kafka: proto/kafka_reply.h */
};

/* What belongs to a kind of call: one const table per protocol. */
struct call_kind {
    enum reply_form replies;
    bool awaits;       /* it sends nothing: `id` and `since` say what it waits for */
    bool acknowledged; /* its requests are, beside their replies: a series of its own counts that */
    /* MUST. Makes what is to be sent with the values of this one call, in the room; `*request` (of
     * the protocol's type) stays until the room is used again. */
    bool (*render)(const struct call_definition *c, struct template_scope *scope,
                   struct call_room *room, const void **request, struct err *e);
    /* MUST. What such a request holds; views of it. */
    void (*view)(const struct call_definition *c, const void *request, struct sent_view *out);
};

/* A client of the file's (weir.http{…}). Its kind's own part stands around it. */
struct client_definition {
    str key;
    unsigned number;    /* of its first instance among the plan's clients */
    unsigned instances; /* per worker; calls go to them in turn */
    struct client_spec spec;
    uint64_t timeout_ns; /* of its calls; 0: the load's */
};

/* A call of the file's (http:get{…}). Its kind's own part stands around it. */
struct call_definition {
    const struct call_kind *kind;
    const struct client_definition *client;
    str key;
    str name;               /* of its series */
    const struct tag *tags; /* of its series: the protocol's first, then the file's */
    unsigned n_tags;
    uint64_t timeout_ns;             /* 0: the load's */
    bool detached;                   /* its user does not wait for it */
    const struct check_list *checks; /* declared ones; NULL: none */
    struct prepared_call **in; /* by context and instance, NULL until used there; under the lock */
};

/* In what a call is made: a scenario, or one behaviour of its mix. Adds its tags to each series. */
struct context {
    const struct tag *tags;
    unsigned n_tags;
};

/* A behaviour of weir.mix. */
struct behaviour {
    str name;
    uint64_t weight;
    unsigned context;
};

/* One scenario of the file. */
struct program_scenario {
    str name; /* empty: the only one */
    unsigned number, context;
    struct load load;            /* scenario and seed are set when the plan is made */
    bool has_load;               /* the file says what load */
    bool log;                    /* its calls are logged to standard output */
    bool has_leave;              /* on_stop */
    const struct behaviour *mix; /* NULL: user is one function */
    unsigned n_mix;              /* at most 1000 */
    const uint16_t *cycle;       /* of the mix: which behaviour iteration k has, at k mod n_cycle */
    unsigned n_cycle;
};

/* A value that the file asked for by weir.env, from the command line. */
struct program_setting {
    str name, value;
    bool read;
};

/* A consumer group that is watched beside the run (kafka:lag). */
struct watch_definition {
    struct kafka_client_definition *client; /* whose brokers */
    struct kafka_watch_config config;       /* brokers are set when the plan is made */
};

struct program {
    pthread_mutex_t lock; /* of what is made while users run: definitions, series */
    struct arena arena;
    str path, folder;     /* of the file, as given; where its neighbours are */
    str text;             /* of the file */
    struct map texts;     /* str *: of modules and files that it read, by path */
    struct names names;   /* in templates, of checks */
    struct names reasons; /* why calls and iterations failed, in the script's words */

    struct program_setting *settings;
    size_t n_settings;

    struct map clients_by_key, calls_by_key, series_by_key;
    struct client_definition **clients;
    unsigned n_clients; /* definitions */
    unsigned n_instances;
    size_t clients_room;
    unsigned n_series; /* numbers given to series */
    unsigned n_late;   /* calls that users defined while they ran */

    struct feed_definition **feeds; /* lua_feed.c, in the order of the file */
    unsigned n_feeds;
    size_t feeds_room;

    struct context *contexts;
    unsigned n_contexts;
    size_t contexts_room;

    struct program_scenario *scenarios;
    unsigned n_scenarios;
    str *thresholds;
    unsigned n_thresholds;
    struct watch_definition *watches;
    unsigned n_watches;
    bool has_setup, has_teardown;
    str data; /* what setup gave, as lua_copy.h writes it; empty: nothing */

    uint64_t seed;
    size_t memory_limit; /* of each Lua state, bytes */
    bool sealed;         /* the first reading is over: clients and scenarios stay as they are */
};

void program_init(struct program *p);
void program_free(struct program *p);

/* Reads the file's bytes once; "-" is standard input. */
bool program_read(struct program *p, const char *path, struct err *e);

/* Where a file beside it is. One thread: that which reads the file, or under the lock. */
const char *program_path(struct program *p, str path);

/* The bytes of a file beside it, read once for all states; valid as long as the program. */
bool program_file(struct program *p, str path, str *out, struct err *e);

/* Gives a client its number, and so many instances per worker. While the file is read. */
void program_client_add(struct program *p, struct client_definition *c, unsigned instances);

/* The call with this key; when it is not there yet, `make` makes it, with the lock held. Any
 * thread. NULL with a sentence: `make` says no, or users have made up too many. */
struct call_definition *program_define(struct program *p, str key,
                                       struct call_definition *(*make)(void *with), void *with,
                                       struct err *e);

/* For `make`: the tags of a kind's series, then those that the script gives. */
const struct tag *program_tags(struct program *p, const struct tag *kind, unsigned n,
                               const struct text_pairs *own);

/* Limits against scripts that make things up, and with them the memory that they need. */
enum {
    PROGRAM_NAMES_MOST = 20000,
    PROGRAM_REASONS_MOST = 1000,
    PROGRAM_LATE_MOST = 1000,
    PROGRAM_SERIES_MOST = 10000,
};

/* The text as a cause that is counted; beyond the limit all others are one. Any thread. */
const char *program_reason(struct program *p, str text);

/* The call as made in a context by an instance of its client (`at` = context * instances +
 * instance), made now if it is the first time. Any thread. */
const struct prepared_call *program_prepare(struct program *p, struct call_definition *c,
                                            unsigned at);

/* A series with a number, by name, kind and tags, made when it is not there. Any thread. False: the
 * file has made up more than PROGRAM_SERIES_MOST names. */
bool program_series(struct program *p, str name, enum series_kind kind, bool part,
                    struct numbered_series *out);

#endif
