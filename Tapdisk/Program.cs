using Tapvisor.TapCtl;
using Tapvisor.Tapdisk;

return StandardStreams.Run("tapdisk", context => TapdiskMain.Run(args, context));
