#!/usr/bin/env bash
# Reserve and fulfil, on disk before the answer, 32 clients: Volok on SQLite and on PostgreSQL, PostgreSQL with conditional
# updates, Redis with a script; holds in groups of 512, Volok on PostgreSQL and conditional updates in one
# transaction. Debian's packages `postgresql` and `redis-server`; whatever is not installed is left out and said so.
# Usage: holds.sh [seconds] [folder]. Two operations a round in each: Redis does both in one call, which favours it.
set -euo pipefail
seconds=${1:-10}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d "${2:-/tmp}/volok-compare-holds.XXXXXX")
chmod 755 "$work"
clients=32
cells=100000
finish() {
    if [[ -f $work/pg/postmaster.pid ]]; then as_postgres "$bin/pg_ctl" -D "$work/pg" -m immediate stop >/dev/null || true; fi
    if [[ -n ${redis:-} ]]; then kill "$redis" 2>/dev/null || true; wait "$redis" 2>/dev/null || true; fi
    rm -rf "$work"
}
trap finish EXIT
# The server does not run as root.
as_postgres() { if [[ $EUID -eq 0 ]]; then runuser -u postgres -- "$@"; else "$@"; fi; }

(cd "$here/../.." && cargo build --quiet --release -p volok-bench --bin volok-bench-holds)
ours="${CARGO_TARGET_DIR:-$here/../../target}/release/volok-bench-holds"
"$ours" --clients 1,8,$clients --seconds "$seconds" --cells $cells --folder "$work"

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
if [[ -n $bin && -x $bin/pgbench ]]; then
    mkdir "$work/pg" "$work/socket"
    if [[ $EUID -eq 0 ]]; then chown postgres "$work/pg" "$work/socket"; fi
    as_postgres "$bin/initdb" -D "$work/pg" -A trust --no-sync >/dev/null
    as_postgres "$bin/pg_ctl" -D "$work/pg" -w -l "$work/socket/log" \
        -o "-c listen_addresses='' -k $work/socket -c max_connections=64 -c synchronous_commit=on -c shared_buffers=512MB" start >/dev/null
    as_postgres "$bin/psql" -q -h "$work/socket" -d postgres <<SQL
CREATE TABLE cell (id int PRIMARY KEY, on_hand int NOT NULL, held int NOT NULL) WITH (fillfactor = 50);
INSERT INTO cell SELECT id, 1000000, 0 FROM generate_series(0, $cells - 1) id;
CREATE TABLE hold (id bigserial PRIMARY KEY, cells int[] NOT NULL, state text NOT NULL);
CREATE FUNCTION place() RETURNS bigint LANGUAGE plpgsql AS \$\$
DECLARE
    lines int[] := (SELECT array_agg(DISTINCT CASE WHEN random() < 0.2 THEN floor(random() * 1000)::int
        ELSE floor(random() * $cells)::int END) FROM generate_series(1, 1 + floor(random() * 4)::int));
    line int;
    made bigint;
BEGIN
    -- Rising, so that two holds do not wait for each other.
    FOREACH line IN ARRAY lines LOOP
        UPDATE cell SET held = held + 1 WHERE id = line AND on_hand - held >= 1;
        IF NOT FOUND THEN RAISE 'not enough'; END IF;
    END LOOP;
    INSERT INTO hold (cells, state) VALUES (lines, 'active') RETURNING id INTO made;
    RETURN made;
END \$\$;
CREATE FUNCTION fulfil(wanted bigint) RETURNS void LANGUAGE plpgsql AS \$\$
DECLARE
    lines int[];
    line int;
BEGIN
    UPDATE hold SET state = 'fulfilled' WHERE id = wanted AND state = 'active' RETURNING cells INTO lines;
    IF NOT FOUND THEN RAISE 'no such hold'; END IF;
    FOREACH line IN ARRAY lines LOOP
        UPDATE cell SET held = held - 1, on_hand = on_hand - 1 WHERE id = line;
    END LOOP;
END \$\$;
CREATE FUNCTION place_many(wanted int) RETURNS void LANGUAGE plpgsql AS \$\$
BEGIN
    FOR made IN 1 .. wanted LOOP
        PERFORM place();
    END LOOP;
END \$\$;
VACUUM ANALYZE;
SQL
    "$ours" --postgres "host=$work/socket user=postgres dbname=postgres" --only-postgres --clients $clients --seconds "$seconds" \
        --cells $cells --folder "$work"
    as_postgres "$bin/psql" -qAt -h "$work/socket" -d postgres -c "SELECT 'Bytes of the log an operation: ' \
        || (SELECT SUM(octet_length(body)) FROM volok_log) / (SELECT MAX(ends) FROM volok_ledger) || ', on disk: ' \
        || pg_total_relation_size('volok_log') / (SELECT MAX(ends) FROM volok_ledger)"
    printf 'SELECT place() AS made \\gset\nSELECT fulfil(:made);\n' > "$work/socket/round.sql"
    rounds=$(as_postgres "$bin/pgbench" -n -h "$work/socket" -d postgres -M prepared -c $clients -j 2 -T "$seconds" -f "$work/socket/round.sql" 2>"$work/pgbench.log" \
        | sed -nE 's/^tps = ([0-9]+).*/\1/p')
    echo "PostgreSQL $("$bin/postgres" --version | sed -E 's/[^0-9]*([0-9.]+).*/\1/'), conditional updates, $clients clients: $((2 * rounds)) operations/s"
    # One client: groups of two would wait for each other's cells in turn.
    printf 'SELECT place_many(512);\n' > "$work/socket/group.sql"
    for _ in 1 2 3; do
        groups=$(as_postgres "$bin/pgbench" -n -h "$work/socket" -d postgres -M prepared -c 1 -j 1 -T "$seconds" -f "$work/socket/group.sql" 2>>"$work/pgbench.log" \
            | sed -nE 's/^tps = ([0-9.]+).*/\1/p')
        echo "PostgreSQL, conditional updates, 512 holds a transaction, 1 client: $(awk "BEGIN { print int(512 * $groups) }") holds/s"
    done
else
    echo "PostgreSQL is not installed: left out"
fi

if command -v redis-server >/dev/null; then
    redis-server --port 0 --unixsocket "$work/redis" --dir "$work" --appendonly yes --appendfsync always --save '' >/dev/null &
    redis=$!
    for _ in $(seq 100); do redis-cli -s "$work/redis" ping >/dev/null 2>&1 && break; sleep 0.1; done
    script='local n = 1 + tonumber(ARGV[5]) % 4
local seen = {}
for i = 1, n do
  local id = tonumber(ARGV[i])
  if id % 5 == 0 then id = id % 1000 end
  seen[id] = true
end
for id in pairs(seen) do
  local c = redis.call("HMGET", "c" .. id, "on_hand", "held")
  if (tonumber(c[1]) or 1000000) - (tonumber(c[2]) or 0) < 1 then return redis.error_reply("not enough") end
end
local hold = redis.call("INCR", "holds")
for id in pairs(seen) do
  redis.call("HSETNX", "c" .. id, "on_hand", 1000000)
  redis.call("HINCRBY", "c" .. id, "held", 1)
  redis.call("HSET", "h" .. hold, id, 1)
end
redis.call("HSET", "h" .. hold, "state", "fulfilled")
for id in pairs(seen) do
  redis.call("HINCRBY", "c" .. id, "held", -1)
  redis.call("HINCRBY", "c" .. id, "on_hand", -1)
end
return hold'
    sha=$(redis-cli -s "$work/redis" script load "$script")
    r=__rand_int__
    rounds=$(redis-benchmark -s "$work/redis" -c $clients -n $((20000 * seconds)) -r $cells --csv evalsha "$sha" 0 $r $r $r $r $r \
        | tail -1 | cut -d'"' -f4 | cut -d. -f1)
    echo "Redis $(redis-server --version | sed -E 's/.*v=([0-9.]+).*/\1/'), script, appendfsync always, $clients clients: $((2 * rounds)) operations/s"
else
    echo "Redis is not installed: left out"
fi
