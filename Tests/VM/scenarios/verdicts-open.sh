#: needs agent
#: file /usr/lib/systemd/systemd-modules-load:/usr/lib/systemd/systemd-modules-load
#: each WAY autoload boot explicit
# The control of `verdicts-pairs`: each way on a node where nothing blocks, in a kernel that has never loaded sctp.

begin_situation
for command in check plan; do
  sctp-agent $command >/dev/null 2>&1 </dev/null
done
expect_explained open open open
expect_module absent
try_way "$WAY"
expect_module live
