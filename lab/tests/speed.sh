# Throughput and latency of a PV guest's disks: the kernel's xen-blkback, Tapvisor, and Tapvisor without persistent grants side by side in
# one guest, on files of one file system, by turns. What it finds is in /results/speed.txt; nothing passes or fails by it.
. /payload/lab.sh
ROUNDS=9 MiB=64 OPS=1000
modprobe loop; modprobe xen-blkback
for f in a b c; do dd if=/dev/urandom of=/srv/$f.img bs=1M count=$MiB 2> /dev/null; done; sync
holds "blkback's loop device, with direct I/O" /usr/sbin/losetup --direct-io=on /dev/loop0 /srv/a.img
same "direct I/O" 1 "$(cat /sys/block/loop0/loop/dio)"

service_start
echo 'tapvisor.xen { persistent-grants = off, backend-name = vbd4 }' > /tmp/copying.hocon
copying=/run/copying
TAPVISOR_CONTROL_DIR=$copying tapvisord run --config /tmp/copying.hocon > /results/copying.log 2>&1 &
within 300 "another tapvisord serves" test -S $copying/ctl$!
guest_start g "disk=['format=raw,vdev=xvda,access=rw,script=block-lab,target=/dev/loop0']"
guest_ready g
holds "attach" toolstack libxl add $domid 51728 aio:/srv/b.img
holds "attach to the other" env TAPVISOR_CONTROL_DIR=$copying BACKEND=vbd4 toolstack libxl add $domid 51744 aio:/srv/c.img
holds "the disks are there" guest g 'appears xvda && appears xvdb && appears xvdc'
for d in xvda xvdb xvdc; do guest g "echo none > /sys/block/$d/queue/scheduler"; done

# measure DEVICE JOB DD'S ARGUMENTS...: a line "JOB DEVICE seconds", by the guest's clock
guest g 'clock() { awk "/^now at/ { print \$3; exit }" /proc/timer_list; }'
measure() {
  device=$1 job=$2; shift 2
  guest g "begun=\$(clock); dd $* 2> /tmp/dd && echo \$begun \$(clock)" | awk -v row="$job $device" '{ printf "%s %.6f\n", row, ($2 - $1) / 1e9 }'
}
job() { # DEVICE JOB
  case $2 in
    read-1M) measure $1 $2 if=/dev/$1 of=/dev/null bs=1M count=$MiB iflag=direct ;;
    write-1M) measure $1 $2 if=/dev/zero of=/dev/$1 bs=1M count=$MiB oflag=direct ;;
    read-4k) measure $1 $2 if=/dev/$1 of=/dev/null bs=4k count=$OPS iflag=direct ;;
    write-4k) measure $1 $2 if=/dev/zero of=/dev/$1 bs=4k count=$OPS oflag=direct ;;
  esac
}

# Round 0 warms up. All devices take each job before the next one, and go first by turns.
for round in $(seq 0 $ROUNDS); do
  step "round $round"
  case $((round % 3)) in 0) order="xvda xvdb xvdc" ;; 1) order="xvdb xvdc xvda" ;; 2) order="xvdc xvda xvdb" ;; esac
  for job in read-1M write-1M read-4k write-4k; do
    for device in $order; do job $device $job; done
  done > /tmp/round
  cat /tmp/round; [ $round -eq 0 ] || cat /tmp/round >> /results/speed-raw.txt
done

step "medians of $ROUNDS rounds (least to most), the ratio to blkback in each round, its median"
awk -v mib=$MiB -v ops=$OPS '
  function median(values, n,   i, j, t) {
    for (i = 2; i <= n; i++) for (j = i; j > 1 && values[j - 1] > values[j]; j--) { t = values[j]; values[j] = values[j - 1]; values[j - 1] = t }
    least = values[1]; most = values[n]; return n % 2 ? values[(n + 1) / 2] : (values[n / 2] + values[n / 2 + 1]) / 2
  }
  function column(key,   i, list) { for (i = 1; i <= count[key]; i++) list[i] = value[key, i]; return median(list, count[key]) }
  { key = $1 " " $2; value[key, ++count[key]] = $1 ~ /1M/ ? mib / $3 : 1000000 * $3 / ops; jobs[$1] }
  END {
    for (job in jobs) {
      k = job " xvda"; n = count[k]; unit = job ~ /1M/ ? "MiB/s" : "us"
      text = sprintf("%-9s blkback %.1f (%.1f-%.1f) %s", job, column(k), least, most, unit)
      for (d = 2; d <= 3; d++) {
        t = job (d == 2 ? " xvdb" : " xvdc")
        for (i = 1; i <= n; i++) ratios[i] = value[t, i] / value[k, i]
        text = text sprintf(", %s %.1f (%.1f-%.1f)", d == 2 ? "Tapvisor" : "copying", column(t), least, most)
        text = text sprintf(" ratio %.2f", median(ratios, n))
      }
      print text
    }
  }' /results/speed-raw.txt | sort | tee /results/speed.txt
same "measurements" $((12 * ROUNDS)) $(wc -l < /results/speed-raw.txt)
tap-ctl stats -p $service_pid -m 0
finish
