#: needs agent
#: file /usr/lib/systemd/systemd-modules-load:/usr/lib/systemd/systemd-modules-load
#: each SITUATION nothing blacklist shadowed-blacklist blacklist-of-dependency install-with-softdep alias-of-request-off alias-of-name-off unsigned
#: each WAY autoload boot explicit
# As `verdicts-blocked`, with one way tried for real, whatever `explain` says of it.

begin_situation
situation "$SITUATION"
predict
expect_prediction_consistent "$SITUATION"
expect_module absent
try_way "$WAY"
case $(predicted "$WAY") in
  open) expect_module live ;;
  blocked) expect_module absent ;;
  *) failed "a verdict on $WAY" "$(cat $explained $errors)" ;;
esac
