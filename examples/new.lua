-- A scenario for weir. Try it:
--   weir-target &            a server to load, on 127.0.0.1:8081
--   weir check FILE          reads this file, starts nothing
--   weir run FILE            with the load below
--   weir run FILE -c 1 -n 1 --show 10    one user, once, all calls in full
--   weir run FILE -r 500 -d 30s -e TARGET=http://127.0.0.1:8081

-- The top level runs once in each worker: it prepares. Workers share nothing.
local is = weir.is
local http = weir.http { base = weir.env("TARGET", "http://127.0.0.1:8081"), timeout = "5s" }

-- Calls are prepared once. ${name} is looked up in the variables of each call, then in vu.
local ping = http:get { "/ping", name = "ping", checks = { is.json("/message", "==", "pong") } }
local slow = http:get { "/ping?delay=${ms}ms", name = "slow ping" }

-- What one virtual user does in one iteration. Every call waits for its reply.
local function user(vu)
  local r = ping()
  weir.check(r, "quick", r.response_time < 0.1)
  if not r.ok then return end
  weir.sleep("50ms", "150ms")
  slow { ms = weir.random(1, 20) }
end

return weir.scenario {
  user = user,
  load = "0..100 over 5s, 100 for 10s",   -- starts per second; "50 users for 1m" is the closed model
  thresholds = { "failed < 1%", '"ping".response_time.p99 < 50ms' },
}
