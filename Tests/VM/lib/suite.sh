# Sourced by whoever needs packages of another release of Debian than this machine's, which are unpacked and never installed.

# use_suite RELEASE DIRECTORY: ${apt[@]} are then apt-get's options for that release, with its lists below DIRECTORY.
use_suite() {
  local mirror
  # The archive that this machine takes its own packages from.
  # shellcheck disable=SC2016 # apt expands it
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep '/debian/*$' | sort -u | head -n 1)
  [ -n "$mirror" ] || {
    echo "no archive of Debian's is among this machine's package sources" >&2
    return 1
  }
  apt=(-qq -o "Dir::Etc::sourcelist=$2/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State=$2/state"
    -o "Dir::State::status=$2/status" -o "Dir::Cache=$2/cache" -o APT::Sandbox::User=root
    # A mirror that is rarely updated has an old list of sid.
    -o Acquire::Check-Valid-Until=false)
  [ ! -e "$2/sources.list" ] || return 0
  mkdir -p "$2"/{state/lists/partial,cache/archives/partial}
  : >"$2/status"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $1 main" >"$2/sources.list"
  # Left unfinished, it would look as if it were complete.
  apt-get "${apt[@]}" update || {
    rm "$2/sources.list"
    return 1
  }
}
