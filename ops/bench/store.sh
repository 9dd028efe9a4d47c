#!/usr/bin/env bash
# ops/bench/store.sh [ROW…] [--seconds N] [--rounds N] [--events N]   the store's rows of the speed table, each beside
# plain SQL on the same server, in tables like the log's. Rows (none = all): single clients tenants hot bulk verify ledger
# scale. The long ones, on a machine with nothing else to do:
#   ops/bench/store.sh single clients tenants hot --seconds 4 --rounds 3      4 minutes
#   ops/bench/store.sh bulk verify --rounds 3 --events 200000                 2 minutes
#   ops/bench/store.sh ledger --events 200000; ops/bench/store.sh ledger --events 2000000    1 million CDRs
#   ops/bench/store.sh scale --events 1000000; ops/bench/store.sh scale --events 3000000
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
dotnet build "$top/ops/bench/store.csproj" -c Release -v q --nologo >&2
exec dotnet "$top/ops/bench/bin/Release/net10.0/store.dll" "$@"
