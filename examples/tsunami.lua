-- Tsunami: a fixed gap between the starts of requests, whatever the replies do.
--   weir run examples/tsunami.lua -e GAP=10ms -e REQUESTS=1000
local http = weir.http { base = weir.env("TARGET", "http://127.0.0.1:8081") }
local ping = http:get "/ping"

return weir.scenario {
  load = { { gap = weir.env("GAP", "10ms"), count = weir.env("REQUESTS", 500) } },
  user = function() ping() end,
}
