namespace Akka.Configuration.Hocon;

/// <summary>A piece of a text that may still refer to other pieces.</summary>
internal abstract class HoconNode;
