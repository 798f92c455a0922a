-- Gets, lists and creates in turn: for the memory that 100,000 requests leave behind.
local target = dofile(os.getenv("BENCH_TARGET"))
local kinds, turn = {}, 0

function init()
   kinds[1] = function() return wrk.format("GET", target.any()) end
   kinds[2] = function() return wrk.format("GET", target.path() .. "?limit=50") end
   kinds[3] = function() return wrk.format("POST", target.path(), nil, target.report) end
end

function request()
   turn = turn + 1
   return kinds[turn % 3 + 1]()
end
