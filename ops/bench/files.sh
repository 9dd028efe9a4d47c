#!/usr/bin/env bash
# ops/bench/files.sh [--cdrs N] [--rounds N]   the monthly report and a partner's statement over a made-up month of N CDRs
# (100,000 where none is named) in a database of its own: time, size and memory of every format
. "$(dirname "$0")/../lib.sh"
find_dotnet
project=$top/ops/bench/files
dotnet build "$project" -c Release -v quiet -nologo -tl:off </dev/null >&2
exec dotnet "$project/bin/Release/net10.0/files-bench.dll" "$@"
