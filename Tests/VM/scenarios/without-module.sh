#: needs agent
#: each MISSING package file
# No sctp.ko for the running kernel: its package is not installed, or the index still names a file that is gone.

stock_blacklist
case $MISSING in
  package) rm "$(modinfo -n sctp)" && depmod ;;
  file) rm "$(modinfo -n sctp)" ;;
esac
expect_looks_only 1 2
agent_start
expect_not_ready
expect_json '.modules[] | select(.name == "sctp") | .state' missing
expect_condition FilesInSync True
expect_condition ModuleLoaded False
expect_json_match .message '*sctp*'
expect_module absent
expect_exit 1 sctp-agent explain sctp -o json
case $MISSING in
  package) expect_output "explain names the package" '*the package that has it is not installed*dnf install*' ;;
  file) expect_output "explain names the file" '*which modules.dep names, is gone: */sctp.ko*dnf reinstall*' ;;
esac

agent_stop
expect_exit 1 sctp-agent apply
