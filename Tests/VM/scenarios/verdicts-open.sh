#: needs agent
#: file /usr/lib/systemd/systemd-modules-load:/usr/lib/systemd/systemd-modules-load
#: each WAY nothing/autoload nothing/boot nothing/explicit blacklist/explicit shadowed-blacklist/autoload shadowed-blacklist/boot blacklist-of-dependency/boot install-with-softdep/autoload install-with-softdep/explicit alias-of-request-off/explicit alias-of-name-off/autoload unsigned/boot
# As `verdicts-blocked`, for ways that are open although something stands in the configuration: one is tried in each boot,
# because the module stays.

begin_situation
situation "${WAY%/*}"
predict
expect_prediction_consistent "${WAY%/*}"
expect_module absent
try_way "${WAY#*/}"
expect "verdict on ${WAY#*/}" open "$(predicted "${WAY#*/}")"
expect_module live
