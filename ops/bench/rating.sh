#!/usr/bin/env bash
# How fast CDRs are rated, and whether the command line prints the same bytes: ops/bench/rating.sh [seconds per round]
. "$(dirname "$0")/../lib.sh"
find_dotnet
project=$top/ops/bench/rating
dotnet build "$project" -c Release -v quiet -nologo -tl:off </dev/null
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
dotnet "$project/bin/Release/net10.0/rating-bench.dll" "${1:-1}" "$work" | tee "$work/report"
while read -r name zone digest; do
  printed=$("$top/ops/settle" rate "$work/$name.jsonl" --lines --zone "$zone" | sha256sum | cut -d' ' -f1) || true
  if [ "$printed" = "$digest" ]; then
    echo "input $name: the command line prints the same bytes"
  else
    echo "input $name: the command line prints other bytes: $printed (bench.digest)" >&2
    exit 1
  fi
done < <(sed -nE 's/^input (.):.*zone ([^,]+), digest ([0-9a-f]+).*/\1 \2 \3/p' "$work/report")
