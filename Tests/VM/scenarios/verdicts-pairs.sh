#: needs agent
#: timeout 900
#: file /usr/lib/systemd/systemd-modules-load:/usr/lib/systemd/systemd-modules-load
#: each PART 0 1 2 3
# Every situation alone and every two of them together: what `explain` says about each way is compared with what kmod,
# systemd-modules-load and the kernel then do. Open ways really load the module, which is then unloaded by force.

number=0
others=$situations
for first in $situations; do
  others=${others#*"$first"}
  for second in '' $others; do
    [ "$first" != nothing ] || [ -z "$second" ] || continue
    number=$((number + 1))
    [ $((number % 4)) = "$PART" ] || continue
    begin_situation
    situation "$first"
    [ -z "$second" ] || situation "$second"
    hold_to_it "$first${second:+ + $second}"
  done
done
