using Tapvisor.VhdUtil;

return VhdStreams.Run("vhd-util", context => VhdUtilMain.Run(args, context));
