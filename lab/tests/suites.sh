# The ring's and the XenStore client's test suites, on Xen's devices and the real xenstored.
# files: Supervisor.Tests' build output as tests/
. /payload/lab.sh
export TAPVISOR_XEN_DEVICES=1 TAPVISOR_XENSTORE_SOCKET=/run/xenstored/socket
for suite in XenBlkif RealXenStore; do
  step $suite
  dotnet exec tests/Tapvisor.Supervisor.Tests.dll $suite; same "$suite on Xen" 0 $?
done
finish
