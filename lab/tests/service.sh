# The service in dom0, without guests: disks come and go, NBD reaches them, and a killed service's successor brings them back.
. /payload/lab.sh
modprobe nbd
nbd() { nbd-client -unix $1 /dev/nbd0 -N "" > /dev/null 2>&1; }
unplug() { nbd-client -d /dev/nbd0 > /dev/null 2>&1; }

started=$(now); service_start; echo "start to first answer: from $started to $(now) s; $(grep 'engines started' /results/tapvisord.log)"
holds "tap-ctl list" tap-ctl list
same "no disk" "pid=$service_pid" "$(tap-ctl list)"

truncate -s 16M /srv/a.img
same "create" $RUN/tapdisk/tapdisk-0 "$(tap-ctl create -a aio:/srv/a.img)"
same "list" "pid=$service_pid minor=0 state=0 args=aio:/srv/a.img" "$(tap-ctl list)"
dd if=/dev/urandom of=/tmp/data bs=1M count=16 2> /dev/null
holds "NBD connects" nbd $RUN/nbd$service_pid.0
holds "NBD writes" dd if=/tmp/data of=/dev/nbd0 bs=1M oflag=direct conv=fsync
unplug
same "the image" "$(sum_of /tmp/data)" "$(sum_of /srv/a.img)"

step "kill -9"
first=$service_pid; service_kill; service_start
same "the disk is back" "pid=$service_pid minor=0 state=0 args=aio:/srv/a.img" "$(tap-ctl list)"
within 120 "NBD connects under the dead service's name" nbd $RUN/nbd$first.0
same "NBD reads" "$(sum_of /tmp/data)" "$(sum_of /dev/nbd0)"
unplug
holds "statistics of the dead are gone" test ! -e $SHM/td3-$first
holds "destroy" tap-ctl destroy -p $service_pid -m 0
same "no disk" "pid=$service_pid" "$(tap-ctl list)"
service_stop
finish
