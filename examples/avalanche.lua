-- Avalanche: every request is due at once, first come first served; nothing but the cap on users in
-- progress holds them back.
--   weir run examples/avalanche.lua -e REQUESTS=100000 --max-in-flight 1000
local http = weir.http { base = weir.env("TARGET", "http://127.0.0.1:8081"), connections = "shared" }
local ping = http:get "/ping"

return weir.scenario {
  load = { { at_once = weir.env("REQUESTS", 10000) } },
  max_in_flight = weir.env("MAX_IN_FLIGHT", 500),
  timeout = "30s",
  user = function() ping() end,
}
