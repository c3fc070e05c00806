#: needs agent
# The sysctl that forbids every load until the next boot. The agent reports it and goes on.

stock_blacklist
echo 1 >/proc/sys/kernel/modules_disabled
agent_start
expect_not_ready
expect_json .kernel.modulesDisabled true
expect_verdicts blocked blocked blocked
expect_blocker explicit '*:0 *modules_disabled*'
expect_json_match .message '*modules_disabled*'
expect_condition FilesInSync True
expect_condition ModuleLoaded False
expect_module absent
expect_explained blocked blocked blocked
agent_stop
expect_exit 1 sctp-agent apply
