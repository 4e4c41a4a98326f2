-- Users that wait: what one of them costs in memory.
return weir.scenario { user = function() weir.sleep("10m") end }
