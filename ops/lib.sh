# Sourced by the scripts in this folder: where things are, and how to say that something failed.
# shellcheck shell=bash
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

# An outage, as the program itself reports one: one line with a code, exit 3.
outage() { echo "$2 ($1)" >&2; exit 3; }

# The folder that holds everything private to this checkout: the database, its password, downloaded servers.
# A server cannot run as root, and its own user may not enter root's folders: so root's lies under /var/lib.
data_folder() {
  local folder=$top/.data
  if [ "$(id -u)" = 0 ]; then
    folder=/var/lib/settlement/$(printf %s "$top" | sha256sum | cut -c1-16)
    install -d -m 755 /var/lib/settlement "$folder"
    if [ -L "$top/.data" ] || [ ! -e "$top/.data" ]; then ln -sfn "$folder" "$top/.data"; fi
  fi
  mkdir -p "$folder" 2>/dev/null || true
  [ -d "$folder" ] && [ -w "$folder" ] || outage database.folder \
    "$folder is not writable for $(id -un): remove the link $top/.data, or set SETTLEMENT_DB"
  echo "$folder"
}

find_dotnet() {
  export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_USE_MSBUILD_SERVER=0
  export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 # a bare machine has no ICU, and nothing here needs it
  local folder
  command -v dotnet >/dev/null && return
  for folder in "${DOTNET_ROOT:-}" "${HOME:-}/.dotnet" /usr/share/dotnet /usr/lib/dotnet /opt/dotnet; do
    if [ -x "$folder/dotnet" ]; then PATH=$folder:$PATH; return; fi
  done
  outage dotnet.missing "The .NET SDK 10 is needed: https://dotnet.microsoft.com/download"
}
