using Akka.Configuration;

namespace Akka.Util;

/// <summary>Finds the types that a configuration names.</summary>
internal static class TypeLookup
{
    /// <summary>Makes an instance of a configured class.</summary>
    /// <param name="typeName">
    /// The full name, with or without an assembly; if that assembly has no such type, any loaded assembly will do, because
    /// this implementation divides its assemblies otherwise than Akka.NET does.
    /// </param>
    /// <param name="setting">The path of the setting, for errors.</param>
    /// <param name="arguments">The constructor's arguments.</param>
    /// <exception cref="ConfigurationException">There is no such class, or it is none of <typeparamref name="T"/>.</exception>
    public static T Create<T>(string typeName, string setting, params object?[] arguments)
    {
        Type type = Find(typeName, setting);
        return typeof(T).IsAssignableFrom(type)
            ? (T)Activator.CreateInstance(type, arguments)!
            : throw new ConfigurationException($"'{typeName}' configured as '{setting}' is not a {typeof(T)}");
    }

    /// <exception cref="ConfigurationException">There is no such class.</exception>
    public static Type Find(string typeName, string setting)
    {
        string fullName = typeName.Split(',')[0].Trim();
        return Type.GetType(typeName, throwOnError: false)
            ?? AppDomain.CurrentDomain.GetAssemblies()
                .Select(assembly => assembly.GetType(fullName))
                .FirstOrDefault(type => type is not null)
            ?? throw new ConfigurationException($"Cannot find the type '{typeName}' configured as '{setting}'");
    }
}
