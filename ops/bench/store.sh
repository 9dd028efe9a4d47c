#!/usr/bin/env bash
# ops/bench/store.sh [ROW…] [--seconds N] [--rounds N] [--events N]   the store's rows of the speed table, each beside
# raw SQL on the same server and tables. Rows: single clients tenants hot bulk visible replay verify (none = all).
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
dotnet build "$top/ops/bench/store.csproj" -c Release -v q --nologo >&2
exec dotnet "$top/ops/bench/bin/Release/net10.0/store.dll" "$@"
