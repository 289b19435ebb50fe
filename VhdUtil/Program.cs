using Tapvisor.VhdUtil;

return StandardStreams.Run("vhd-util", context => VhdUtilMain.Run(args, context));
