namespace Tapvisor.ImageDrivers;

/// <summary>Asks a stack of drivers what it can.</summary>
public static class ImageAbilities
{
    /// <summary>
    /// The optional ability <typeparamref name="T"/> (<see cref="IDiscard"/>, <see cref="IWriteZeroes"/>, <see cref="IBlockStatus"/>),
    /// or null: a filter has it only if what it wraps has it too.
    /// </summary>
    public static T? Ability<T>(this IImageDriver driver)
        where T : class
    {
        for (IImageDriver below = driver; below is ImageFilter filter; below = filter.Inner)
        {
            if (filter.Inner is not T)
                return null;
        }
        return driver as T;
    }
}
