using Tapvisor.Tests.XenStore;
using Xunit.Abstractions;

namespace Tapvisor.Tests.Actors.XenStore;

/// <summary>The suite in a real xenstored, where there is one.</summary>
public sealed class RealDeviceLifecycleTests(ITestOutputHelper output) : DeviceLifecycleSuite(output, RealXenStoreTests.FindStore());
