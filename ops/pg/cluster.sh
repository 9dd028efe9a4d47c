# Sourced by ops/pg/with: one PostgreSQL cluster in the folder $home, used by any number of commands at once.
#
# Every user holds a shared lock on $home/users, which the kernel drops when the user dies, however it dies.
# Who gets that lock alone is the last one and stops the server: each user tries when it ends, and a watcher,
# started with the server, waits for it, so that the server also stops after a kill -9.
# shellcheck shell=bash
. "$top/ops/pg/binaries.sh"

# The server's own user: ours, or as root, which it refuses, postgres or nobody.
server_user=
if [ "$(id -u)" = 0 ]; then
  server_user=$(id -un postgres 2>/dev/null || id -un nobody)
fi

# as_server PROGRAM ARGUMENT… runs one of PostgreSQL's programs as that user, without our locks.
as_server() {
  local become=()
  if [ -n "$server_user" ]; then
    become=(setpriv "--reuid=$(id -u "$server_user")" "--regid=$(id -g "$server_user")" --clear-groups --)
  fi
  (cd "$home" && LD_LIBRARY_PATH=$libraries exec ${become[@]+"${become[@]}"} "$bin/$@") 9>&- 8>&-
}

# Sets port and password; on return the server runs and this process counts as a user of it.
hold_cluster() {
  find_server_binaries
  if [ -n "$throwaway" ] || [ -n "$server_user" ]; then chmod 711 "$home"; fi
  exec 9>"$home/users"
  flock -s 9
  exec 8>"$home/starting"
  flock 8
  if [ ! -d "$home/cluster" ]; then create_cluster; fi
  password=$(cat "$home/password") || outage database.password "$home/cluster has lost its password file"
  if ! is_running; then start_server; fi
  port=$(running_port)
  if [ ! -f "$home/ready" ] && [ -z "$throwaway" ]; then create_database; fi
  exec 8>&-
}

release_cluster() {
  if flock -n -x 9; then
    stop_server
  else
    flock -s -w 30 9 || true # the watcher was first and is stopping it, or others go on using it
  fi
  exec 9>&-
}

stop_server() {
  as_server pg_ctl -D "$home/cluster" -m fast -w -t 60 stop >/dev/null 2>&1 || true
  if [ -n "$throwaway" ]; then rm -rf "$home"; fi
}

# The password is random and stays in a 0600 file; for as long as initdb takes, its user has a copy.
create_cluster() {
  local new=$home/creating
  rm -rf "$new" "$home/cluster" "$home/ready"
  mkdir -m 700 "$new"
  (
    umask 077
    head -c 24 /dev/urandom | base64 | tr -d '/+=\n' >"$home/password"
    cp "$home/password" "$new.secret"
  )
  [ -z "$server_user" ] || chown "$server_user" "$new" "$new.secret"
  local failed=
  as_server initdb -D "$new" -U postgres --pwfile="$new.secret" --auth=scram-sha-256 \
    --encoding=UTF8 --no-locale --data-checksums --no-instructions ${throwaway:+--no-sync} \
    >"$home/initdb.log" 2>&1 || failed=yes
  rm -f "$new.secret"
  [ -z "$failed" ] || outage database.initdb "PostgreSQL made no cluster: $(tail -1 "$home/initdb.log")"
  {
    echo "listen_addresses = '127.0.0.1'"
    echo "unix_socket_directories = ''"
    echo "max_connections = 200"
    echo "max_wal_size = '4GB'"
    echo "shared_buffers = '256MB'"
    # What is thrown away need not survive a power cut.
    [ -z "$throwaway" ] || printf '%s\n' "fsync = off" "full_page_writes = off" "synchronous_commit = off"
  } >>"$new/postgresql.conf"
  mv "$new" "$home/cluster"
}

# The fourth line of postmaster.pid is the port.
running_port() { sed -n 4p "$home/cluster/postmaster.pid" 2>/dev/null; }

is_running() {
  local at
  at=$(running_port)
  [ -n "$at" ] && as_server pg_ctl -D "$home/cluster" status >/dev/null 2>&1 \
    && as_server pg_isready -q -h 127.0.0.1 -p "$at" -t 5
}

start_server() {
  local attempt try_port
  for attempt in 1 2 3 4 5; do
    try_port=$(free_port)
    if as_server pg_ctl -D "$home/cluster" -l "$home/cluster/server.log" -o "-p $try_port" -w -t 60 start \
      >/dev/null 2>&1 </dev/null; then
      watch_cluster
      return
    fi
    sleep 0.5 # another program took the port, or a killed server's children are still leaving
  done
  outage database.start "PostgreSQL does not start: $(tail -1 "$home/cluster/server.log" 2>/dev/null)"
}

free_port() {
  local try
  while :; do
    try=$((20000 + RANDOM % 12000))
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$try") 2>/dev/null; then echo "$try"; return; fi
  done
}

# Deaf to Ctrl-C and the like: it ends when it has done its work.
watch_cluster() {
  (
    exec 9>&- 8>&-
    trap '' HUP INT TERM
    exec 6>"$home/users"
    flock -x 6
    stop_server
  ) </dev/null >/dev/null 2>&1 &
  disown
}

create_database() {
  PGPASSWORD=$password as_server psql -q -X -v ON_ERROR_STOP=1 -v "secret=$password" \
    -h 127.0.0.1 -p "$port" -U postgres -d postgres >/dev/null <<'SQL' \
    || outage database.create "The database could not be created in $home/cluster"
select 'create role settlement login createrole'
where not exists (select from pg_roles where rolname = 'settlement') \gexec
alter role settlement password :'secret';
select 'create database settlement owner settlement'
where not exists (select from pg_database where datname = 'settlement') \gexec
SQL
  touch "$home/ready"
}
