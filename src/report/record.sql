-- A run record of weir's: one run, in one SQLite file. docs/record.md says how it is used.
-- Times are ns unless the name says otherwise; counts are plain numbers; NULL: was not measured,
-- does not apply, or (of a limit) there is none.

-- One row: what is known when the load starts.
CREATE TABLE IF NOT EXISTS run (
    id TEXT NOT NULL,             -- unlike any other run's
    weir TEXT NOT NULL,           -- version that made the load
    command TEXT NOT NULL,        -- "http", "run", "kafka produce"
    target TEXT,                  -- where the load goes
    started_wall_ns INTEGER,      -- t = 0 of the plan, since 1970, UTC
    loop TEXT,                    -- io_uring, epoll
    seed INTEGER NOT NULL,
    threads INTEGER NOT NULL,
    connections INTEGER NOT NULL, -- at most; 0: does not apply
    scripted INTEGER NOT NULL,    -- 1: its users are a script
    word_user TEXT,               -- what people call a user, users, calls, ok calls in this run;
    word_users TEXT,              -- NULL: these very words
    word_calls TEXT,
    word_ok TEXT
);

-- One row: on what the load was made. Not in records of older versions of weir.
CREATE TABLE IF NOT EXISTS machine (
    cpu TEXT,                     -- model
    cpus INTEGER NOT NULL,        -- that weir may run on
    cpu_limit REAL,               -- of its container: processors' worth of time
    memory_bytes INTEGER,
    memory_limit_bytes INTEGER,   -- of its container
    kernel TEXT
);

-- Each setting with its origin; a repeated one has several rows. Secrets are masked.
CREATE TABLE IF NOT EXISTS setting (
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    origin TEXT NOT NULL          -- "flag -r", "environment WEIR_RATE", "file x.json", "default"
);

-- The plan: its loads (scenarios), and the stages of each.
CREATE TABLE IF NOT EXISTS load (
    number INTEGER PRIMARY KEY,   -- from 0
    name TEXT NOT NULL,           -- empty when there is but one
    model TEXT NOT NULL,          -- open, closed
    law INTEGER NOT NULL,         -- of arrivals: 0 uniform, 1 poisson, 2 as each stage says
    seed INTEGER NOT NULL,
    count INTEGER,                -- iterations at most
    warmup_ns INTEGER NOT NULL,
    drain_ns INTEGER NOT NULL,
    timeout_ns INTEGER NOT NULL,
    max_in_flight INTEGER,
    overload INTEGER NOT NULL,    -- at that limit: 0 queue, 1 skip
    fresh_users INTEGER NOT NULL  -- 1: a new user for each iteration
);
CREATE TABLE IF NOT EXISTS stage (
    load INTEGER NOT NULL,
    number INTEGER NOT NULL,      -- from 0
    from_level REAL NOT NULL,     -- starts per second, or users
    to_level REAL NOT NULL,
    duration_ns INTEGER,
    at_once INTEGER NOT NULL,     -- arrivals at its first instant
    poisson INTEGER NOT NULL,
    PRIMARY KEY (load, number)
);

-- What is counted under one name.
CREATE TABLE IF NOT EXISTS series (
    id INTEGER PRIMARY KEY,       -- from 1, in the order of first use
    name TEXT NOT NULL,
    kind TEXT NOT NULL,           -- calls; counter, values: metrics; times: a client's, ns
    part INTEGER NOT NULL,        -- 1: a share of another call's time; in no total
    replies INTEGER NOT NULL DEFAULT 0 -- 1: its calls wait for replies, as `replies` counts them
);
CREATE TABLE IF NOT EXISTS tag (
    series INTEGER NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL
);

-- A stretch of time: seconds of the plan in which something happened, and minutes of them once they
-- are older than an hour. Span 0 is the whole run; it is there when the run has ended.
CREATE TABLE IF NOT EXISTS span (
    id INTEGER PRIMARY KEY,
    start_s INTEGER NOT NULL,     -- from the start of the plan
    length_s INTEGER NOT NULL     -- 1, 60; of the whole run 0
);

-- What a series counted in a span: started by the second of due, all else by the second of done.
-- response and service: samples in ns, with what their encoding does not carry; of the whole run
-- HdrHistogram V2, compressed, of other spans that or, when the first byte is 0x80 or more, packed
-- (docs/record.md). Of values: response has them in thousandths.
CREATE TABLE IF NOT EXISTS measured (
    place INTEGER PRIMARY KEY,    -- in a span: in the order of first use; minutes below 2^30
    span INTEGER NOT NULL,
    series INTEGER NOT NULL,
    started INTEGER NOT NULL,
    started_in_plan INTEGER NOT NULL,
    ok INTEGER NOT NULL,
    failed_check INTEGER NOT NULL,
    error INTEGER NOT NULL,
    timeout INTEGER NOT NULL,
    abandoned INTEGER NOT NULL,
    bytes_sent INTEGER NOT NULL,
    bytes_received INTEGER NOT NULL,
    body_bytes INTEGER NOT NULL,
    possibly_stored INTEGER NOT NULL,
    reconnects INTEGER NOT NULL,
    sum REAL NOT NULL,            -- of a metric
    response BLOB,
    response_min INTEGER,
    response_max INTEGER,
    response_sum INTEGER,         -- exact; from 2^63 on 16 bytes, big endian; so all sums
    response_squares INTEGER,     -- of the squares, modulo 2^128
    service BLOB,
    service_min INTEGER,
    service_max INTEGER,
    service_sum INTEGER,
    service_squares INTEGER,
    tallied TEXT,                 -- JSON, {"word": count, ...} in the order of first use; see tally
    UNIQUE (span, series)
);

-- Names of counts, each once.
CREATE TABLE IF NOT EXISTS word (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,           -- status, cause, check_passed, check_failed, script_error
    what NOT NULL,                -- a number or a text
    UNIQUE (kind, what)
);

-- The book of iterations of each load. planned: of the whole run only.
CREATE TABLE IF NOT EXISTS iterations (
    span INTEGER NOT NULL,
    load INTEGER NOT NULL,
    planned INTEGER NOT NULL,
    started INTEGER NOT NULL,
    in_plan INTEGER NOT NULL,     -- started before the end of the plan
    skipped INTEGER NOT NULL,
    completed INTEGER NOT NULL,
    script_error INTEGER NOT NULL,
    interrupted INTEGER NOT NULL,
    unaccounted INTEGER NOT NULL,
    last_done_ns INTEGER NOT NULL,
    PRIMARY KEY (span, load)
) WITHOUT ROWID;

-- The book of replies, where some came. late: how long those that came too late had taken.
CREATE TABLE IF NOT EXISTS replies (
    span INTEGER PRIMARY KEY,
    matched INTEGER NOT NULL,
    late INTEGER NOT NULL,
    duplicate INTEGER NOT NULL,
    orphan INTEGER NOT NULL,
    malformed INTEGER NOT NULL,
    late_time BLOB,
    late_time_min INTEGER,
    late_time_max INTEGER,
    late_time_sum INTEGER,
    late_time_squares INTEGER
);

-- The book of records that scripts await, where some came; unclaimed: seen - taken.
CREATE TABLE IF NOT EXISTS awaited (
    span INTEGER PRIMARY KEY,
    seen INTEGER NOT NULL,
    taken INTEGER NOT NULL
);

-- How the generator itself was: lateness of starts, wait before sending, turns of its loops; but for
-- the whole run, samples between min and max only to 3 % or 32 ns.
CREATE TABLE IF NOT EXISTS generator (
    span INTEGER PRIMARY KEY,
    lateness BLOB,
    lateness_min INTEGER,
    lateness_max INTEGER,
    lateness_sum INTEGER,
    lateness_squares INTEGER,
    wait BLOB,
    wait_min INTEGER,
    wait_max INTEGER,
    wait_sum INTEGER,
    wait_squares INTEGER,
    turn BLOB,
    turn_min INTEGER,
    turn_max INTEGER,
    turn_sum INTEGER,
    turn_squares INTEGER,
    log_lines_lost INTEGER NOT NULL,
    cpu_ns INTEGER NOT NULL,      -- of the process since the load began, at the end of the span
    rss_bytes INTEGER NOT NULL,
    tallied TEXT                  -- as of measured: why iterations ended by an error
);

-- Counts by a name: statuses, causes, checks of a series; script_error of the run (series 0). place:
-- in the order of first use.
CREATE VIEW IF NOT EXISTS tally AS
    SELECT span, series, kind, each.id AS place, what, each.value AS count
    FROM measured, json_each(measured.tallied) AS each JOIN word ON word.id = each.key
    UNION ALL SELECT span, 0, kind, each.id, what, each.value
    FROM generator, json_each(generator.tallied) AS each JOIN word ON word.id = each.key;

-- What happened when: stages, the end of the plan, Ctrl-C, a threshold that ended the run, a gap.
CREATE TABLE IF NOT EXISTS event (
    at_ns INTEGER NOT NULL,       -- from the start of the plan
    kind TEXT NOT NULL,
    text TEXT NOT NULL
);

-- The first calls that failed. request, head, body: what is known of them, cut to 64 KiB each; secrets
-- masked. What came is known where a script looks at replies, and of those that --show shows.
CREATE TABLE IF NOT EXISTS failure (
    series INTEGER NOT NULL,
    fate TEXT NOT NULL,
    cause TEXT,
    due_ns INTEGER NOT NULL,      -- from the start of the plan
    response_ns INTEGER NOT NULL,
    service_ns INTEGER NOT NULL,  -- 0: was never sent
    status INTEGER NOT NULL,      -- 0: none
    length INTEGER NOT NULL,      -- of the reply's body, bytes
    request BLOB,
    head BLOB,
    body BLOB
);

-- One row when the run has ended, its books closed.
CREATE TABLE IF NOT EXISTS summary (
    length_s REAL NOT NULL,       -- of the plan, as rates divide by it
    asked_rate REAL,
    achieved_rate REAL,
    interrupted INTEGER NOT NULL,
    balanced INTEGER NOT NULL,    -- 1: both books
    cpu_s REAL NOT NULL,
    rss_bytes INTEGER NOT NULL,
    validity TEXT NOT NULL,       -- valid, degraded, invalid
    exit_code INTEGER NOT NULL,
    repaired INTEGER NOT NULL     -- 1: closed by weir report --repair
);
CREATE TABLE IF NOT EXISTS sentence (
    kind TEXT NOT NULL,           -- reason: why the run is not valid; note
    text TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS threshold (
    number INTEGER PRIMARY KEY,   -- from 0
    expr TEXT NOT NULL,
    unit INTEGER,                 -- from here on NULL until the run has ended
    passed INTEGER,
    value REAL,
    why TEXT,                     -- there is no value
    parts INTEGER,                -- windows or stages with a value; of them: it did not hold
    missed INTEGER,
    from_s REAL,                  -- where the value is from, the worst of all
    to_s REAL,
    aborted_s REAL                -- when it ended the run; 0: it did not
);
CREATE TABLE IF NOT EXISTS audit (
    name TEXT NOT NULL,
    passed INTEGER NOT NULL,
    value REAL,
    text TEXT NOT NULL
);
