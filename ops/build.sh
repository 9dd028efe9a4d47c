# Sourced after lib.sh: builds the program when a source file is newer than the last build.
# shellcheck shell=bash
program=$top/Settlement.Api/bin/Release/net10.0/settlement.dll
built=$top/Settlement.Api/obj/built

# Files and folders both: the time of a folder tells that a file in it was removed.
is_stale() {
  [ -f "$program" ] && [ -f "$built" ] || return 0
  [ -n "$(find "$top"/Settlement.{Domain,Projections,Api} "$top"/Directory.*.props "$top/global.json" \
    \( -name bin -o -name obj \) -prune -o -newer "$built" -print -quit)" ]
}

# mark_built START: the build saw everything that was there at START (a file), and nothing newer.
mark_built() { touch -r "$1" "$built"; rm -f "$1"; }

build_folders() { mkdir -p "$top"/Settlement.{Domain,Projections,Api,Tests}/{bin,obj}; }

build_if_stale() {
  is_stale || return 0
  find_dotnet
  build_folders
  exec 7>"$top/Settlement.Api/obj/building"
  flock 7 # two starters: one builds, the other waits and finds it done
  if is_stale; then
    [ ! -t 2 ] || echo "building…" >&2
    local start=$top/Settlement.Api/obj/started log=$top/Settlement.Api/obj/build.log
    touch "$start"
    dotnet build "$top/Settlement.Api/Settlement.Api.csproj" -c Release -v quiet -nologo -tl:off \
      -nodeReuse:false </dev/null >"$log" 2>&1 7>&- \
      || { cat "$log" >&2; echo "The program does not build (build.failed)" >&2; exit 2; }
    mark_built "$start"
  fi
  exec 7>&-
}
