# Sourced: reads the header of a scenario, lines of the form `#: KEY VALUE`. See README.md for the keys.

# header FILE KEY: the values of all lines with this key, one a line.
header() {
  sed -n "s/^#: $2  *//p" "$1"
}

# scenario_file NAME: `install-line (COMMAND=/bin/true)` is in scenarios/install-line.sh.
scenario_file() {
  echo "$scenarios/${1%% *}.sh"
}

# scenario_parameters NAME: one KEY=VALUE a line.
scenario_parameters() {
  case $1 in
    *\(*) echo "$1" | sed 's/.*(\(.*\))$/\1/' | tr ' ' '\n' ;;
  esac
}

# scenario_names FILE: one name for each combination of the values that its `each` lines give.
scenario_names() {
  local combinations=("") key values value combination next
  while read -r key values; do
    [ -n "$key" ] || continue
    next=()
    for combination in "${combinations[@]}"; do
      for value in $values; do
        next+=("$combination${combination:+ }$key=$value")
      done
    done
    combinations=("${next[@]}")
  done <<<"$(header "$1" each)"
  value=${1#"$scenarios/"}
  for combination in "${combinations[@]}"; do
    echo "${value%.sh}${combination:+ ($combination)}"
  done
}
