-- The first page of 50.
local target = dofile(os.getenv("BENCH_TARGET"))
wrk.path = target.path() .. "?limit=50"
