-- The smallest scenario: one call, checked. Beside it:
--   weir-target &
--   weir run examples/first.lua               one user, once, its call in full
--   weir run examples/first.lua -r 200 -d 10s
local is = weir.is
local http = weir.http { base = weir.env("TARGET", "http://127.0.0.1:8081") }

local ping = http:get { "/ping", name = "ping", checks = { is.json("/message", "==", "pong") } }

return weir.scenario {
  user = function() ping() end,
}
