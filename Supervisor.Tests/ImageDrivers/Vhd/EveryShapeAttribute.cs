using System.Reflection;
using Xunit.Sdk;

namespace Tapvisor.Tests.ImageDrivers.Vhd;

/// <summary>Every <see cref="VhdShape"/>.</summary>
internal sealed class EveryShapeAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => Enum.GetValues<VhdShape>().Select(shape => new object[] { shape });
}
