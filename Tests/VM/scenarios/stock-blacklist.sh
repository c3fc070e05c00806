#: needs agent
#: clock 250
#: each COMPRESSION none xz
#: compression $COMPRESSION
# A node with the stock files of RHEL. The agent, with its built-in intent only, makes SCTP usable, and then changes
# nothing more.

stock_blacklist
expect_socket EPROTONOSUPPORT
expect_looks_only 1 2
expect_explained blocked blocked open
expect_blocker autoload '/etc/modprobe.d/sctp-blacklist.conf:7 blacklist sctp' $explained
expect_blocker boot '/etc/modprobe.d/sctp-blacklist.conf:7 blacklist sctp' $explained
expect_module absent

agent_start --resync 1
expect_ready 200
expect_converged
expect_files_equal /etc/modprobe.d/sctp_diag-blacklist.conf /scenario/fixtures/rhel/sctp_diag-blacklist.conf
expect_verdicts open open open
expect_json "$(verdict boot).requested" true
expect_json '.files | map(.state) | unique | join(" ")' InSync
expect_json '[.conditions[].status] | unique | join(" ")' True
expect_json '.conditions[-1].type' Ready

settled=$(drop_ins)
expect_another_pass
agent_stop
expect_exit 0 sctp-agent apply
expect_untouched "$settled"
expect_looks_only 0 0
expect_explained open open open
