# Sourced: finds PostgreSQL's server programs; where the machine has none, fetches the distribution's packages
# and unpacks them beside the data. Nothing is installed, and no cluster of the system is created or touched.
# shellcheck shell=bash

# Sets bin, and libraries where the programs were unpacked. An existing cluster keeps its major version.
find_server_binaries() {
  libraries=${LD_LIBRARY_PATH:-}
  bin=$(newest_bin "/usr/lib/postgresql/$(cat "$home/cluster/PG_VERSION" 2>/dev/null || true)")
  [ -n "$bin" ] || bin=$(newest_bin /usr/lib/postgresql)
  [ -z "$bin" ] || return 0
  local unpacked
  unpacked=$(data_folder)/pg
  (flock 5; [ -f "$unpacked/complete" ] || download_server "$unpacked") 5>"$unpacked.lock" || exit $?
  bin=$(newest_bin "$unpacked/usr/lib/postgresql")
  libraries=$(find "$unpacked/usr/lib" "$unpacked/lib" -name 'lib*.so.*' -printf '%h\n' 2>/dev/null \
    | sort -u | paste -sd:)
}

newest_bin() {
  local found
  found=$(find "$1" -maxdepth 3 -path '*/bin/postgres' 2>/dev/null | sort -V | tail -1)
  echo "${found%/postgres}"
}

# apt with folders of its own: it reads the machine's sources and what is installed, and writes neither.
download_server() {
  local to=$1 apt
  command -v apt-get >/dev/null || outage database.no-server \
    "No PostgreSQL server programs and no apt-get to fetch them: install PostgreSQL or set SETTLEMENT_DB"
  echo "Fetching PostgreSQL's packages from the distribution (about 50 MB, once)…" >&2
  rm -rf "$to"
  mkdir -p "$to/apt/lists/partial" "$to/apt/archives/partial"
  apt=(apt-get -q -o "Dir::State=$to/apt" -o "Dir::State::lists=$to/apt/lists" -o "Dir::Cache=$to/apt"
    -o "Dir::Cache::archives=$to/apt/archives" -o Dir::State::status=/var/lib/dpkg/status
    -o "APT::Sandbox::User=$(id -un)" -o Debug::NoLocking=1 -o Acquire::Retries=3 -o "Dir::Log=$to/apt")
  {
    "${apt[@]}" update &&
      "${apt[@]}" install -y --no-install-recommends --download-only postgresql
  } </dev/null >"$to/apt/log" 2>&1 \
    || outage database.no-server "PostgreSQL's packages cannot be had: $(grep '^E:' "$to/apt/log" | tail -1)"
  local package
  for package in "$to"/apt/archives/*.deb; do dpkg-deb -x "$package" "$to"; done
  rm -rf "$to/apt"
  touch "$to/complete"
}
