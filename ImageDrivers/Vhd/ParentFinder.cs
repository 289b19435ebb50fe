namespace Tapvisor.ImageDrivers.Vhd;

/// <summary>Finds a parent's file.</summary>
/// <param name="child">Path of the child.</param>
/// <param name="names">What its locators hold, in their order.</param>
internal delegate string ParentFinder(string child, IReadOnlyList<string> names);
