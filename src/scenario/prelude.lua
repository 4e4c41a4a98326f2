-- What is simpler in Lua than in C, because users may wait within it. Each state runs it first; it
-- gets three functions of C and gives back what script.c keeps.
local started, group_begin, group_end = ...
local type, error = type, error

local function iterate(on_start, user, vu, data)
  if on_start then
    on_start(vu, data)
    started()
  end
  return user(vu, data)
end

local function finish(name, clock, slept, ...)
  group_end(name, clock, slept)
  return ...
end

local function want(value, kind, what)
  if type(value) ~= kind then
    error("weir.group(name, f): " .. what .. ", not a " .. type(value), 3)
  end
end

-- weir.group(name, f): the time of a block without its sleeps
local function group(name, f, ...)
  want(name, "string", "the name is a text")
  want(f, "function", "f is a function")
  local clock, slept = group_begin()
  return finish(name, clock, slept, f(...))
end

return iterate, group
