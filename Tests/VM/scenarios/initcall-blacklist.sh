#: needs agent
#: each FUNCTION sctp_init libcrc32c_mod_init
#: cmdline initcall_blacklist=other_init,$FUNCTION
# The kernel refuses a module whose init function is denied on its command line, and every module that depends on it.

expect_explained blocked blocked blocked
expect_blocker explicit "kernel command line:0 initcall_blacklist=other_init,$FUNCTION" $explained
expect_socket EPROTONOSUPPORT
expect_exit 1 modprobe sctp
expect_module absent

agent_start
expect_not_ready
expect_verdicts blocked blocked blocked
expect_json '.conditions[] | select(.type == "Unblocked") | .reason' InitcallBlacklisted
expect_json '.conditions[] | select(.type == "ModuleLoaded") | .reason' InitcallBlacklisted
expect_module absent
agent_stop
