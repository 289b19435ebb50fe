# Verified I/O in a guest: each writer reads back what it wrote, by direct I/O, and says where it differs.
BLOCK=65536    # bytes of one write
BURST=4        # blocks written, then read back
AREA=64        # blocks that a writer has for itself

writer() { # DEVICE NUMBER: until /tmp/stop appears
  w=/tmp/load-${1##*/}-$2 at=$(($2 * AREA)) rounds=0
  while [ ! -e /tmp/stop ]; do
    first=$((at + rounds * BURST % AREA)) flush=
    [ $((rounds % 4)) -ne 3 ] || flush=,fsync
    dd if=/dev/urandom of=$w.out bs=$BLOCK count=$BURST 2> /dev/null
    dd if=$w.out of=$1 bs=$BLOCK seek=$first conv=notrunc$flush oflag=direct 2> $w.log || { echo "write at $first: $(cat $w.log)" > $w.bad; return; }
    dd if=$1 of=$w.in bs=$BLOCK skip=$first count=$BURST iflag=direct 2> $w.log || { echo "read at $first: $(cat $w.log)" > $w.bad; return; }
    cmp $w.out $w.in > $w.log 2>&1 || { echo "block $first differs: $(cat $w.log)" > $w.bad; return; }
    rounds=$((rounds + 1))
    echo $rounds > $w.rounds
  done
}

load_start() { # WRITERS DEVICE...
  rm -f /tmp/stop /tmp/load-*; writers=$1; shift
  for device; do
    n=0; while [ $n -lt $writers ]; do writer $device $n & n=$((n + 1)); done
  done
}

rounds() { cat /tmp/load-*.rounds 2> /dev/null | awk '{ sum += $1 } END { print sum + 0 }'; }

load_grows() { # ROUNDS: until so many more have been done, or one went wrong
  goal=$(($(rounds) + $1))
  while [ $(rounds) -lt $goal ]; do ! cat /tmp/load-*.bad 2> /dev/null || return 1; sleep 0.2; done
}

load_stop() { # the exit status says whether all went well
  touch /tmp/stop; wait
  echo "rounds: $(rounds)"
  ! cat /tmp/load-*.bad 2> /dev/null
}

# Exit status 0 once the device is there.
appears() { n=150; while [ ! -b /dev/$1 ]; do n=$((n - 1)); [ $n -gt 0 ] || return 1; sleep 0.2; done; }
vanishes() { n=150; while [ -b /dev/$1 ]; do n=$((n - 1)); [ $n -gt 0 ] || return 1; sleep 0.2; done; }
sum_of() { echo 3 > /proc/sys/vm/drop_caches; md5sum $1 | cut -d' ' -f1; }
