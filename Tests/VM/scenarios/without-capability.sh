#: needs agent
# An agent without CAP_SYS_MODULE can still unblock the kernel's own request, and notices that the module is loaded.

stock_blacklist
agent_command='setpriv --bounding-set -sys_module sctp-agent'
expect_exit 1 $agent_command apply
expect_output "apply names the cause" '*CAP_SYS_MODULE*'
expect_module absent
expect "blacklist lines in force" "" "$(modprobe --showconfig | grep -x 'blacklist sctp')"

agent_start
expect_not_ready
expect_json_match .message '*CAP_SYS_MODULE*'
expect_condition FilesInSync True
expect_condition ModuleLoaded False
expect_module absent

expect_socket ok
expect_module live
http_get '/status?wait=ready&timeout=10' >$status_file
expect_json .ready true
expect_converged
agent_stop
