-- The same as wrk_story.lua: a rendered path, a check of the status, a field of the JSON reply.
local is = weir.is
local http = weir.http { base = weir.env("TARGET") }
local call = http:get { "/ping?q=${q}", name = "ping", checks = { is.status(200) } }

return weir.scenario {
  user = function(vu)
    local r = call { q = vu.iteration }
    weir.check(r, "pong", r:json("/message") == "pong")
  end,
}
