namespace Tapvisor.Tests.Architecture;

/// <summary>A test shows what a setting does: with a value other than the default something else happens than with the default.</summary>
/// <param name="name">The setting's whole name, <c>tapvisor.nbd.connections</c>.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class SettingAttribute(string name) : Attribute
{
    internal string Name => name;
}
