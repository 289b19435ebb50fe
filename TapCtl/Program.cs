using Tapvisor.TapCtl;

return StandardStreams.Run("tap-ctl", context => TapCtlMain.Run(args, context));
