---@meta
-- What scenarios of weir can use and write, for editors that read LuaLS annotations.
-- Written by weir help --lua.

--- what users do, and with what load
---@class weir.Scenario
---@field name string? # what it is called; in a plan each has a name
---@field load string|weir.Stage|weir.Stage[]|nil # "0..100 over 5s, 100 for 10s", or stages; none: one user, once
---@field start string|number|nil # how long after the start of the run its load begins
---@field user weir.Mix|fun(vu: weir.User, data: any) # what a user does in an iteration
---@field on_start fun(vu: weir.User, data: any)|nil # once per user, before its first
---@field on_stop fun(vu: weir.User, data: any)|nil # once per user, at the end
---@field users "reused"|"fresh"|nil # fresh: a new user for each iteration
---@field max_in_flight integer? # how many iterations at most at once
---@field overload "queue"|"skip"|nil # what happens to those beyond it; else queue
---@field timeout string|number|nil # of a call; else 10 s
---@field drain string|number|nil # how long the end waits for what is in flight
---@field warmup string|number|nil # at the beginning, not measured
---@field log boolean? # each call as a line on standard output
---@field tags table<string, string>? # of all its series
---@field setup (fun(): any)? # once, before the run; its table goes to every user as data
---@field teardown fun(data: any)|nil # once, after the run
---@field thresholds string[]? # "response_time.p99 < 250ms"; weir help metrics
---@field watch weir.Lag[]? # consumer groups whose lag is measured each second: { kafka:lag { … } }

--- scenarios that run together, and what holds for all of them
---@class weir.Plan
---@field [integer] weir.Scenario
---@field setup (fun(): any)? # once, before the run; its table goes to every user as data
---@field teardown fun(data: any)|nil # once, after the run
---@field thresholds string[]? # "response_time.p99 < 250ms"; weir help metrics
---@field watch weir.Lag[]? # consumer groups whose lag is measured each second: { kafka:lag { … } }

--- a stage of load: rate, users, count, at_once, gap or pause, and what goes with it
---@class weir.Stage
---@field rate number|number[]|nil # starts per second, or {0, 500}: a ramp
---@field users integer|integer[]|nil # how many, or {0, 50}: a ramp; the closed model
---@field count integer? # how many starts: spread over `over`, or `gap` apart
---@field at_once integer? # how many starts at this moment
---@field gap string|number|nil # the time between two starts
---@field pause string|number|nil # how long nothing starts
---@field over string|number|nil # how long the stage lasts: "30s", a number of seconds
---@field arrivals "uniform"|"poisson"|nil # of rate and count; else uniform

--- a virtual user: what its functions get as vu
---@class weir.User
---@field id integer # 1, 2, 3, …: each user its own
---@field iteration integer # which of its own this is, from 0
---@field scenario string # the name of its scenario
---@field [string] any # every other field is the script's, and lives as long as the user

--- what weir.http can be told
---@class weir.HttpSettings
---@field base string? # what paths of calls are added to: "http://127.0.0.1:8081"
---@field headers table<string, string|number>? # of every call
---@field timeout string|number|nil # of its calls; else that of the scenario, else 10 s
---@field expect integer|integer[]|nil # the statuses that are ok; else every 2xx and 3xx
---@field cookies boolean? # each user keeps its cookies; else true
---@field follow integer? # how many redirects are followed, 0 to 10; else 0
---@field auth string[]? # {user, password} of HTTP's basic authentication
---@field connections "user"|"shared"|nil # each user has its own, or all share them
---@field insecure boolean? # accept a certificate that cannot be verified
---@field checks (weir.Check|fun(request: table, reply: weir.Outcome): string?)[]|nil # made with each reply to each of its calls

--- a call of HTTP; it begins with a path or a URL
---@class weir.HttpCall
---@field [1] string
---@field query table<string, string|number>? # after the ? of the URL, encoded
---@field headers table<string, string|number>? # beside those of the client
---@field body string? # the body as it stands, ${variables} in it
---@field json any # the body as JSON, ${variables} in its texts; weir.null is null
---@field form table<string, string|number>? # the body as a form, encoded
---@field expect integer|integer[]|nil # the statuses that are ok; else every 2xx and 3xx
---@field follow integer? # how many redirects are followed, 0 to 10
---@field name string? # of its series; else what it is, like "GET /ping"
---@field timeout string|number|nil # "500ms", "2s", a number of seconds
---@field tags table<string, string|number>? # tags of its series
---@field checks (weir.Check|fun(request: table, reply: weir.Outcome): string?)[]|nil # made with each reply; a function gives nil, or why it failed

--- what weir.kafka can be told
---@class weir.KafkaSettings
---@field brokers string|string[] # "127.0.0.1:9092", or "embedded": in this process
---@field producers integer? # how many each worker has, 1 to 100; else 1
---@field producer table<string, string|number|boolean>? # properties of librdkafka
---@field consumers integer? # of replies: how many each worker has, 1 to 100; else 1
---@field consumer table<string, string|number|boolean>? # properties of librdkafka
---@field group string? # replies are read as a member of it; left out: in none
---@field correlate string|weir.Correlate|nil # where the ids of requests and replies stand; else header:correlationId
---@field store string? # where requests in flight are kept: "memory", or "file:PATH", which outlives a crash
---@field measure_store boolean? # the store's time is a part of each request: NAME store
---@field ready_timeout string|number|nil # how long it may take until all partitions of replies are positioned; else 30 s
---@field metrics_every string|number|nil # how often its own figures are taken (weir help metrics); else 1 s, 0 for never
---@field timeout string|number|nil # of its calls; else that of the scenario, else 10 s
---@field transaction weir.KafkaTransaction? # records go in transactions
---@field checks (weir.Check|fun(request: table, reply: weir.Outcome): string?)[]|nil # made with each reply to each of its requests

--- a record to send
---@class weir.KafkaSend
---@field topic string # known when the file is read; no ${variables}
---@field key string|number|lightuserdata|nil # left out: the variable key, else none
---@field value any # a text, weir.null, or with codec = "json" anything; left out: the variable value
---@field headers table<string, string|number|lightuserdata>? # of the record
---@field partition string|integer|nil # left out: the variable partition, else by the key
---@field timestamp string|integer|nil # in ms since 1970; left out: now
---@field codec "string"|"bytes"|"json"|weir.Codec|nil # how the value is written
---@field wait "ack"|"none"|nil # none: the user goes on at once, and the books wait for the acknowledgement
---@field name string? # of its series; else what it is, like "GET /ping"
---@field timeout string|number|nil # "500ms", "2s", a number of seconds
---@field tags table<string, string|number>? # tags of its series
---@field checks (weir.Check|fun(request: table, reply: weir.Outcome): string?)[]|nil # made with each reply; a function gives nil, or why it failed

--- a request and its reply
---@class weir.KafkaRpc
---@field request string # the topic of requests, known when the file is read
---@field reply string # the topic of replies, known when the file is read
---@field key string|number|lightuserdata|nil # left out: the variable key, else none
---@field value any # a text, weir.null, or with codec = "json" anything; left out: the variable value
---@field headers table<string, string|number|lightuserdata>? # of the request
---@field partition string|integer|nil # left out: the variable partition, else by the key
---@field codec "string"|"bytes"|"json"|weir.Codec|nil # how the value is written, and r.value is read
---@field correlate string|weir.Correlate|nil # where ids stand: header:NAME, key, json:/POINTER, bytes:OFFSET,LENGTH, regex:EXPRESSION; else as the client says, else header:correlationId
---@field end_time "consumed"|"timestamp"|nil # when a call is done: when its reply was read, or the reply's own time stamp
---@field name string? # of its series; else what it is, like "GET /ping"
---@field timeout string|number|nil # "500ms", "2s", a number of seconds
---@field tags table<string, string|number>? # tags of its series
---@field checks (weir.Check|fun(request: table, reply: weir.Outcome): string?)[]|nil # made with each reply; a function gives nil, or why it failed

--- where the ids stand that join replies to requests
---@class weir.Correlate
---@field request string? # where in requests; else header:correlationId
---@field reply string? # where in replies; else header:correlationId

--- records that are awaited
---@class weir.KafkaConsume
---@field topic string # known when the file is read
---@field correlate string? # where the ids of records stand: header:NAME, key, json:/POINTER, bytes:OFFSET,LENGTH, regex:EXPRESSION; else as the client says, else header:correlationId
---@field from string? # where reading begins: end, beginning, an offset, a time; else the end when the run begins
---@field keep string|number|nil # how long a record stays for calls that come later than it; else 30 s
---@field codec "string"|"bytes"|"json"|weir.Codec|nil # how r.value is read
---@field name string? # of its series; else what it is, like "GET /ping"
---@field timeout string|number|nil # "500ms", "2s", a number of seconds
---@field tags table<string, string|number>? # tags of its series
---@field checks (weir.Check|fun(request: table, reply: weir.Outcome): string?)[]|nil # made with each reply; a function gives nil, or why it failed

--- which record is awaited
---@class weir.Wanted
---@field id string|number|nil # its correlation id; left out: the next one that nobody took
---@field since weir.Outcome? # the call that caused it: it is due when that was

--- a codec of the script's own, for values of Kafka's records
---@class weir.Codec
---@field encode (fun(value: any): string)? # makes the bytes of a value that is sent
---@field decode (fun(bytes: string): any)? # makes a value of the bytes that came

--- a file of rows, relative to the scenario's
---@class weir.File
---@field [1] string
---@field mode "queue"|"circular"|"random"|"shuffle"|nil # queue (the default) and shuffle give each row at most once in the whole run

--- rows written down in the scenario
---@class weir.Rows
---@field [integer] table
---@field mode "queue"|"circular"|"random"|"shuffle"|nil # queue (the default) and shuffle give each row at most once in the whole run

--- records of a client in transactions, each producer's its own
---@class weir.KafkaTransaction
---@field every string|integer # records of one, or a time like "500ms"
---@field abort string|number|nil # the share that is aborted, exactly: "10%" or 0.1

--- a consumer group to be watched beside the run
---@class weir.LagOf
---@field group string # whose lag: where it has committed, and where the topic ends
---@field topic string? # left out: all that it has committed for

--- a client of HTTP/1.1
---@class weir.Http
local Http = {}

--- a GET: prepared at the top level; inside a user made at once
---@param definition string|weir.HttpCall
---@return weir.Call|weir.Outcome
function Http:get(definition) end

--- a POST
---@param definition string|weir.HttpCall
---@return weir.Call|weir.Outcome
function Http:post(definition) end

--- a PUT
---@param definition string|weir.HttpCall
---@return weir.Call|weir.Outcome
function Http:put(definition) end

--- a PATCH
---@param definition string|weir.HttpCall
---@return weir.Call|weir.Outcome
function Http:patch(definition) end

--- a DELETE
---@param definition string|weir.HttpCall
---@return weir.Call|weir.Outcome
function Http:delete(definition) end

--- a HEAD
---@param definition string|weir.HttpCall
---@return weir.Call|weir.Outcome
function Http:head(definition) end

--- a client of Kafka
---@class weir.Kafka
local Kafka = {}

--- a record: prepared at the top level; inside a user sent at once
---@param definition weir.KafkaSend
---@return weir.Call|weir.Outcome
function Kafka:send(definition) end

--- a record, and the reply to it on another topic; its first is prepared at the top level
---@param definition weir.KafkaRpc
---@return weir.Call|weir.Outcome
function Kafka:rpc(definition) end

--- a record that comes: call{ id = …, since = r }; its first is prepared at the top level
---@param definition weir.KafkaConsume
---@return weir.Call|weir.Outcome
function Kafka:consume(definition) end

--- a consumer group, for watch = { … }: its lag each second beside the run
---@param of weir.LagOf
---@return weir.Lag
function Kafka:lag(of) end

--- a prepared call: call(vars) makes it, waits, and gives its outcome
---@class weir.Call
---@overload fun(vars?: table): weir.Outcome
local Call = {}

--- makes it and goes on at once; its outcome may be waited for later
---@param vars? table
---@return weir.Started
function Call:start(vars) end

--- a call that was started: it stays in the books, also when nobody waits for it
---@class weir.Started
local Started = {}

--- waits until it is done, in the iteration that started it; later again: the same outcome
---@return weir.Outcome
function Started:wait() end

--- what came of a call; its bytes can be read until its user's next call
---@class weir.Outcome
---@field ok boolean # the call has the fate ok
---@field fate string # ok, failed_check, error, timeout or abandoned
---@field why string # why it is not ok, in words; else empty
---@field status integer? # HTTP's status; of a reply over Kafka 200, 500 or 504
---@field body string|lightuserdata|nil # the reply's; nil when none came; Kafka: weir.null when the record has no value
---@field value any # the same; with a codec that decodes what this makes of it
---@field headers table<string, string|lightuserdata>? # the reply's: HTTP's by name in any case, Kafka's as they are; weir.null: without a value
---@field partition integer? # Kafka: where the record was stored
---@field offset integer? # Kafka: as which record of the partition
---@field key string|lightuserdata|nil # Kafka: of a record that came; may be weir.null
---@field timestamp integer? # Kafka: of a record that came, ms since 1970
---@field response_time number # seconds since it was due
---@field service_time number # seconds since it was sent
---@field due number # when it was due: seconds from the start of the plan, as in the log
---@field request table # what was sent: body, headers, key, partition
local Outcome = {}

--- the value at "/a/b/0" or "$.a.b[0]" of a JSON body; nil when there is none
---@param pointer string
---@return any
function Outcome:json(pointer) end

--- rows of data for users
---@class weir.Feed
local Feed = {}

--- the next row; queue and shuffle end the scenario when none is left
---@return table
function Feed:next() end

--- a call of the script's own, from weir.span to ok or fail
---@class weir.Span
local Span = {}

--- it succeeded
function Span:ok() end

--- it failed: an error in the books
---@param why string
function Span:fail(why) end

--- a consumer group, for watch = { … }
---@class weir.Lag
local Lag = {}

--- a check that is made without Lua: weir.is
---@class weir.Check

--- behaviours with their shares: weir.mix
---@class weir.Mix

---@class weir
---@field null lightuserdata # JSON's null, Kafka's absent value
weir = {}

--- checks for the key checks of a call
---@class weir.is
weir.is = {}

--- the status is this, or one of these
---@param status integer|integer[]
---@return weir.Check
function weir.is.status(status) end

--- the value at "/a/b/0" of a JSON body: == ~= < <= > >= in exists count
---@param pointer string
---@param operator string
---@param value? any
---@return weir.Check
function weir.is.json(pointer, operator, value) end

--- the reply's header of this name
---@param name string
---@param operator string
---@param value? any
---@return weir.Check
function weir.is.header(name, operator, value) end

--- Kafka: the key of the record that came; one that is null does not exist
---@param operator string
---@param value? any
---@return weir.Check
function weir.is.key(operator, value) end

--- bytes of the body
---@param operator string
---@param bytes integer
---@return weir.Check
function weir.is.size(operator, bytes) end

--- the body contains the text
---@param text string
---@return weir.Check
function weir.is.contains(text) end

--- the body is the text; Kafka: with weir.null, the record has no value
---@param text string|lightuserdata
---@return weir.Check
function weir.is.equals(text) end

--- a regular expression (POSIX extended) finds something in the body
---@param expression string
---@return weir.Check
function weir.is.matches(expression) end

--- there is a body
---@return weir.Check
function weir.is.not_empty() end

--- the body is that of the request
---@return weir.Check
function weir.is.echo() end

--- the body contains that of the request
---@return weir.Check
function weir.is.contains_request() end

--- the value at a pointer into the body is that at another into the request's
---@param reply string
---@param request string
---@return weir.Check
function weir.is.json_same(reply, request) end

--- the check is made only when the condition holds: a check, or a function that says so
---@param condition weir.Check|fun(request: table, reply: weir.Outcome): boolean
---@param check weir.Check|fun(request: table, reply: weir.Outcome): string?
---@return weir.Check
function weir.is.when(condition, check) end

--- a client of HTTP/1.1
---@param settings? weir.HttpSettings
---@return weir.Http
function weir.http(settings) end

--- a client of Kafka
---@param settings weir.KafkaSettings
---@return weir.Kafka
function weir.kafka(settings) end

--- what the file returns: what users do, and with what load
---@param scenario weir.Scenario
---@return weir.Scenario
function weir.scenario(scenario) end

--- several scenarios that run together
---@param plan weir.Plan
---@return weir.Plan
function weir.plan(plan) end

--- user = weir.mix { browse = {80, f}, buy = {20, g} }: exact shares
---@param behaviours table<string, table>
---@return weir.Mix
function weir.mix(behaviours) end

--- rows of a file with a heading: row.user is its column user
---@param file string|weir.File
---@return weir.Feed
function weir.csv(file) end

--- the same of JSON objects, one a line
---@param file string|weir.File
---@return weir.Feed
function weir.jsonl(file) end

--- the same of lines: row.value
---@param file string|weir.File
---@return weir.Feed
function weir.lines(file) end

--- the same of a list of tables, or of a function that gives the next one (nil: none is left)
---@param rows weir.Rows|fun(): table?
---@return weir.Feed
function weir.rows(rows) end

--- -e NAME=VALUE, else the environment, else the default; at the top level
---@param name string
---@param default? any
---@return any
function weir.env(name, default) end

--- the bytes of a file beside this one; at the top level
---@param path string
---@return string
function weir.file(path) end

--- waits: "500ms", "2s", a number of seconds; with two, a random time between them
---@param time string|number
---@param to? string|number
function weir.sleep(time, to) end

--- waits until this time after the iteration was due: one iteration each time T
---@param time string|number
function weir.pace(time) end

--- seconds since 1970
---@return number
function weir.now() end

--- ends the iteration as a script error
---@param why string
function weir.fail(why) end

--- ends the run: no new iterations, what is in flight finishes
---@param why string
function weir.stop(why) end

--- a random UUID (version 4)
---@return string
function weir.uuid() end

--- a whole number from .. to, both included; without them a number in [0, 1)
---@param from? integer
---@param to? integer
---@return number
function weir.random(from, to) end

--- one of the list's values, each equally likely
---@param list any[]
---@return any
function weir.pick(list) end

--- 0, 1, 2, … under this name: each number at most once in the whole run
---@param name string
---@return integer
function weir.sequence(name) end

--- counts a check of the call; a failed one makes an ok call failed_check
---@param r weir.Outcome
---@param text string|table<string, boolean>
---@param passed? boolean
---@return boolean
function weir.check(r, text, passed) end

--- adds n (1) to a counter of this name
---@param name string
---@param n? number
function weir.count(name, n) end

--- a value: its distribution is kept
---@param name string
---@param value number
function weir.record(name, value) end

--- calls f; the time of its calls together, without its sleeps, is a series
---@param name string
---@param f function
---@return any
function weir.group(name, f) end

--- begins a call of the script's own, in the books
---@param name string
---@return weir.Span
function weir.span(name) end

--- waits until all of these are done; their outcomes in this order
---@param ... weir.Started
---@return weir.Outcome ...
function weir.all(...) end
