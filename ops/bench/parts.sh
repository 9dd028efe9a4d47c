#!/usr/bin/env bash
# ops/bench/parts.sh   the parts of rating one CDR by BenchmarkDotNet: time and allocation of each
. "$(dirname "$0")/../lib.sh"
find_dotnet
project=$top/ops/bench/parts
dotnet build "$project" -c Release -v quiet -nologo -tl:off </dev/null
cd "$(mktemp -d)" # the library writes its files where it runs
exec dotnet "$project/bin/Release/net10.0/parts-bench.dll" "$@"
