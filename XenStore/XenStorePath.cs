namespace Tapvisor.XenStore;

/// <summary>Paths of nodes: [A-Za-z0-9-/_@], no empty component (Xen's docs/misc/xenstore.txt).</summary>
public static class XenStorePath
{
    /// <summary>Where everything of a domain is.</summary>
    public static string OfDomain(uint domId) => $"/local/domain/{domId}";

    /// <summary>Whether a store takes this as the name of a node; special names start with @ and are no nodes.</summary>
    public static bool IsValid(string path)
    {
        if (path == "/")
            return true;
        if (path.Length == 0 || path.Length > (path[0] == '/' ? XenStoreLimits.AbsolutePath : XenStoreLimits.RelativePath))
            return false;
        if (path[^1] == '/' || path[0] == '@' || path.Contains("//", StringComparison.Ordinal))
            return false;
        return path.AsSpan().IndexOfAnyExcept(s_characters) < 0;
    }

    /// <summary>Whether it is a valid path from the root.</summary>
    public static bool IsAbsolute(string path) => path.StartsWith('/') && IsValid(path);

    /// <summary>The absolute path of what a domain may have named relatively.</summary>
    internal static string Canonical(string path, uint domId) =>
        path.StartsWith('/') || path.StartsWith('@') ? path : $"{OfDomain(domId)}/{path}";

    /// <summary>The path without its last component; "/" for what is right below the root.</summary>
    internal static string Parent(string absolute)
    {
        int slash = absolute.LastIndexOf('/');
        return slash <= 0 ? "/" : absolute[..slash];
    }

    /// <summary>The components of an absolute path; none for "/".</summary>
    internal static string[] Components(string absolute) => absolute.Split('/', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Whether the one is the other or below it.</summary>
    internal static bool IsWithin(string path, string ancestor) =>
        ancestor == "/"
            ? path.StartsWith('/')
            : path.StartsWith(ancestor, StringComparison.Ordinal) && (path.Length == ancestor.Length || path[ancestor.Length] == '/');

    private static readonly System.Buffers.SearchValues<char> s_characters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-/_@");
}
