-- The list with BENCH_QUERY.
local target = dofile(os.getenv("BENCH_TARGET"))
wrk.path = target.path() .. "?" .. os.getenv("BENCH_QUERY")
