namespace Tapvisor.ImageDrivers;

/// <summary>A part of an image in one state.</summary>
/// <param name="Length">Bytes.</param>
/// <param name="State">What it holds.</param>
public readonly record struct Extent(long Length, ExtentStates State);
