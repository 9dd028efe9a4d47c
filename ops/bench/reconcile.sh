#!/usr/bin/env bash
# ops/bench/reconcile.sh [CDRS]   a month's list against our own tables: time and peak memory of the command
# line, on a throw-away database with a demo month (default 1,000,000 CDRs). The list is our own detail file.
. "$(dirname "$0")/../lib.sh"
. "$top/ops/build.sh"
build_if_stale
find_dotnet
cdrs=${1:-1000000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

export program work cdrs
# shellcheck disable=SC2016 # expanded by the inner shell
"$top/ops/pg/with" --test bash -euo pipefail -c '
  export SETTLEMENT_DB=$SETTLEMENT_TEST_DB SETTLEMENT_HOME=$work
  settle() { dotnet "$program" "$@"; }
  # seconds, seconds of CPU and peak resident MB of one command (PostgreSQL not counted)
  measure() {
    local what=$1 begin code=0
    shift
    begin=$(date +%s.%N)
    "$@" >"$work/out" 2>"$work/err" &
    local pid=$! peak=0 cpu=0 now ticks
    while kill -0 "$pid" 2>/dev/null; do
      now=$(awk "/VmHWM/ { print \$2 }" "/proc/$pid/status" 2>/dev/null || true)
      ticks=$(awk "{ print \$14 + \$15 }" "/proc/$pid/stat" 2>/dev/null || true)
      [ "${now:-0}" -le "$peak" ] || peak=$now
      [ "${ticks:-0}" -le "$cpu" ] || cpu=$ticks
      sleep 0.2
    done
    wait "$pid" || code=$?
    awk -v w="$what" -v b="$begin" -v e="$(date +%s.%N)" -v p="$peak" -v t="$cpu" -v c="$code" \
      "BEGIN { printf \"%s: %.1f s, CPU %.1f s, peak %d MB, exit %d\n\", w, e - b, t / 100, p / 1024, c }"
  }
  settle seed --cdrs "$cdrs" | tail -1
  measure "detail file, CSV" dotnet "$program" statement CA-FLO~US-CPI 2026-10 --format csv --out "$work/list.csv"
  rows=$(wc -l <"$work/list.csv")
  measure "reconcile, $((rows - 1)) rows" dotnet "$program" reconcile CA-FLO~US-CPI 2026-10 "$work/list.csv" \
    --format csv --out "$work/rows.csv"
  cut -d, -f1 "$work/rows.csv" | tail -n +2 | sort | uniq -c
  measure "export hledger" dotnet "$program" export hledger 2026-10 --books CA-FLO --out "$work/month.journal"
  measure "export gl" dotnet "$program" export gl 2026-10 --books CA-FLO --out "$work/month.csv"
'
