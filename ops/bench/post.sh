#!/usr/bin/env bash
# ops/bench/post.sh [--seconds N] [--clients N] [--cdrs N]   POST /cdrs from keep-alive clients of two partners against the
# served program: an answer means durable, rated and in the ledger's rows. CDR/s, p50, p99, processor time.
. "$(dirname "$0")/../lib.sh"
find_dotnet
project=$top/ops/bench/post
dotnet build "$project" -c Release -v quiet -nologo -tl:off </dev/null >&2
exec dotnet "$project/bin/Release/net10.0/post-bench.dll" "$@"
