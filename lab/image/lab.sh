# What the lab's tests share: sourced by them in dom0, from /payload. A failed check says what it expected, and the script goes on;
# `finish` ends it.
RUN=/run/blktap-control SHM=/dev/shm
checks=0 failures=0

now() { cut -d' ' -f1 /proc/uptime; }
step() { echo; echo "=== $(now) $*"; }
fail() { failures=$((failures + 1)); echo "FAILED: $*"; }

# same WHAT EXPECTED FOUND
same() {
  checks=$((checks + 1))
  if [ "$2" = "$3" ]; then echo "ok: $1"; else fail "$1: expected '$2', found '$3'"; fi
}

# holds WHAT COMMAND...
holds() {
  what=$1; shift; checks=$((checks + 1))
  if "$@" > /tmp/holds 2>&1; then echo "ok: $what"; else fail "$what: '$*' gave $?: $(cat /tmp/holds)"; fi
}

# within SECONDS WHAT COMMAND...: until it succeeds
within() {
  left=$(($1 * 5)) what=$2; shift 2; checks=$((checks + 1))
  until "$@" > /dev/null 2>&1; do
    left=$((left - 1))
    [ $left -gt 0 ] || { fail "$what: '$*' did not come to succeed"; return 1; }
    usleep 200000
  done
  echo "ok: $what ($(now))"
}

node() { xenstore-read "$1" 2> /dev/null; }
node_is() { [ "$(node "$1")" = "$2" ]; }
absent() { ! xenstore-exists "$1"; }
sum_of() { md5sum "$1" | cut -d' ' -f1; }

# Starts the service and waits until it serves; its log goes on in /results/tapvisord.log.
service_start() {
  mkdir -p /etc/tapvisor
  [ -e /etc/tapvisor/supervisor.hocon ] || echo 'tapvisor.fault-injection = on' > /etc/tapvisor/supervisor.hocon
  [ -e $RUN/service ] && former=$(cat $RUN/service) || former=none
  tapvisord run >> /results/tapvisord.log 2>&1 &
  service_pid=$!
  within 300 "tapvisord serves" service_is_new
}
service_is_new() { [ -s $RUN/service ] && [ -S $RUN/ctl$service_pid ] && tap-ctl list -p $service_pid; }

service_kill() { kill -9 $service_pid; wait $service_pid 2> /dev/null; }

service_stop() {
  kill $service_pid; wait $service_pid; same "tapvisord ends in good order" 0 $?
}

# guest_start NAME [xl config line...]: a domU that obeys `guest`; environment as for `domu start`. Sets domid.
guest_start() {
  name=$1; shift
  domid=$(DOMU_FILES="/payload/guest $DOMU_FILES" domu start $name /payload/guest/agent.sh "$@")
}
guest_ready() { within 300 "guest $1 is up" grep -q '^@@READY' /var/log/xen/console/guest-$1.log; }

# guest NAME COMMAND: runs a line of shell in the guest; its output and its exit status are the command's. 124: no answer.
guest() {
  guest_log=/var/log/xen/console/guest-$1.log guest_left=$((${GUEST_SECONDS:-180} * 5))
  guest_from=$(wc -l < $guest_log) guest_done=$(grep -c '^@@DONE' $guest_log)
  printf '%s\n' "$2" > "$(xenstore-read /local/domain/$(xl domid $1)/console/tty)"
  while [ $(grep -c '^@@DONE' $guest_log) -le $guest_done ]; do
    guest_left=$((guest_left - 1))
    [ $guest_left -gt 0 ] || { echo "guest $1 does not answer to: $2"; tail -n +$((guest_from + 1)) $guest_log; return 124; }
    usleep 200000
  done
  tail -n +$((guest_from + 1)) $guest_log | tr -d '\r' | sed '/^@@DONE/,$d'
  return $(grep '^@@DONE' $guest_log | tr -d '\r' | tail -n 1 | cut -d' ' -f3)
}

# suite WHAT CLASSES...: tests of Supervisor.Tests, by parts of their classes' names
suite() {
  what=$1; shift
  step "$what"
  dotnet exec tests/Tapvisor.Supervisor.Tests.dll "$@"; same "$what" 0 $?
}

# The exit code, and for whoever reads the log the last words of the service.
finish() {
  echo; echo "$checks checks, $failures failed, $(now) s"
  [ $failures -eq 0 ] && [ $checks -gt 0 ] && exit 0
  echo "--- the end of tapvisord's log"; tail -n 40 /results/tapvisord.log
  echo "--- what XenStore holds"; xenstore-ls -f | grep -E 'vbd' | grep -v libxl
  exit 1
}
