using System.Collections.Immutable;
using System.Globalization;
using Tapvisor.Native;
using Tapvisor.XenStore;
using Tapvisor.XenStore.Wire;
using static Tapvisor.XenStore.Wire.XenStoreMessageType;

namespace Tapvisor.Simulation.Store;

/// <summary>What each request does; the caller holds the store's lock.</summary>
internal sealed class StoreRequests(StoreState state, StoreSession session)
{
    private static readonly byte[] s_ok = Payload.Strings("OK");

    private uint DomId => session.DomId;

    /// <summary>Answers a request, whatever it is.</summary>
    internal void Answer(XenStoreMessage request)
    {
        try
        {
            session.Send(request with { Payload = Do(request) });
            if (request.Type == XS_WATCH)
                session.FireLast();
        }
        catch (StoreRefusal refusal)
        {
            session.Send(request with { Type = XS_ERROR, Payload = Payload.Strings(XenStoreErrors.Name(refusal.Errno)) });
        }
    }

    private byte[] Do(XenStoreMessage request) => request.Type switch
    {
        XS_DIRECTORY => Bounded(Names(Find(request).Children.Keys)),
        XS_DIRECTORY_PART => Part(request),
        XS_READ => Payload.Bytes(Read(request, view => view.Read(Path(One(request)), DomId))),
        XS_GET_PERMS => Bounded(Names(Read(request, view => view.GetPermissions(Path(One(request)), DomId)).Select(p => p.ToString()))),
        XS_WRITE => Write(request),
        XS_MKDIR => Change(request, Path(One(request)), static (view, path, domId) => view.MakeDirectory(path, domId)),
        XS_RM => Change(request, Path(One(request)), static (view, path, domId) => view.Remove(path, domId)),
        XS_SET_PERMS => SetPermissions(request),
        XS_WATCH => Watch(request),
        XS_UNWATCH => Unwatch(request),
        XS_RESET_WATCHES => Reset(),
        XS_TRANSACTION_START => Begin(request),
        XS_TRANSACTION_END => End(request),
        XS_GET_DOMAIN_PATH => Payload.Strings(XenStorePath.OfDomain(Domain(One(request)))),
        XS_IS_DOMAIN_INTRODUCED => Payload.Strings(state.IsIntroduced(Domain(One(request))) ? "T" : "F"),
        XS_INTRODUCE => Introduce(request),
        XS_RELEASE => Release(request),
        _ => throw new StoreRefusal(Errno.ENOSYS),
    };

    private T Read<T>(XenStoreMessage request, Func<StoreView, T> read) =>
        read(session.Transaction(request.TransactionId) is { } transaction ? transaction.View : state.View());

    private StoreNode Find(XenStoreMessage request) => Read(request, view => view.Directory(Path(One(request)), DomId));

    private byte[] Change(XenStoreMessage request, string path, Action<StoreView, string, uint> change)
    {
        if (session.Transaction(request.TransactionId) is { } transaction)
        {
            transaction.Do(view => change(view, path, DomId));
        }
        else
        {
            StoreView live = state.View();
            change(live, path, DomId);
            state.Accept(live);
        }
        return s_ok;
    }

    private byte[] Write(XenStoreMessage request)
    {
        if (!Payload.TrySplitFirst(request.Payload, out string? path, out string value))
            throw new StoreRefusal(Errno.EINVAL);
        return Change(request, Path(path), (view, node, domId) => view.Write(node, value, domId));
    }

    private byte[] SetPermissions(XenStoreMessage request)
    {
        string[] strings = Strings(request);
        var permissions = ImmutableArray.CreateBuilder<XenStorePermission>();
        foreach (string text in strings.AsSpan()[1..])
        {
            if (!XenStorePermission.TryParse(text, out XenStorePermission permission))
                throw new StoreRefusal(Errno.EINVAL);
            permissions.Add(permission);
        }
        if (permissions.Count == 0)
            throw new StoreRefusal(Errno.EINVAL);
        ImmutableArray<XenStorePermission> all = permissions.ToImmutable();
        return Change(request, Path(strings[0]), (view, node, domId) => view.SetPermissions(node, all, domId));
    }

    /// <summary>The directory's generation, whole names from an offset on, and a NUL more after the last.</summary>
    private byte[] Part(XenStoreMessage request)
    {
        string[] strings = Strings(request);
        if (strings.Length != 2 || !int.TryParse(strings[1], NumberStyles.None, CultureInfo.InvariantCulture, out int offset))
            throw new StoreRefusal(Errno.EINVAL);
        StoreNode node = Read(request, view => view.Directory(Path(strings[0]), DomId));
        byte[] names = Names(node.Children.Keys);
        byte[] generation = Payload.Strings(node.Generation.ToString(CultureInfo.InvariantCulture));
        byte[] rest = names[Math.Min(offset, names.Length)..];
        int room = XenStoreLimits.Payload - generation.Length - 1;
        return rest.Length <= room
            ? [.. generation, .. rest, 0]
            : [.. generation, .. rest[..(rest.AsSpan(0, room).LastIndexOf((byte)0) + 1)]];
    }

    private byte[] Watch(XenStoreMessage request)
    {
        string[] strings = Strings(request, 2);
        session.Watch(strings[0].StartsWith('@') ? strings[0] : Checked(strings[0]), strings[1]);
        return s_ok;
    }

    private byte[] Unwatch(XenStoreMessage request)
    {
        string[] strings = Strings(request, 2);
        session.Unwatch(strings[0], strings[1]);
        return s_ok;
    }

    private byte[] Reset()
    {
        session.Reset();
        return s_ok;
    }

    private byte[] Begin(XenStoreMessage request) => request.TransactionId == 0
        ? Payload.Strings(session.Begin().ToString(CultureInfo.InvariantCulture))
        : throw new StoreRefusal(Errno.EBUSY);

    private byte[] End(XenStoreMessage request)
    {
        bool commit = One(request) switch
        {
            "T" => true,
            "F" => false,
            _ => throw new StoreRefusal(Errno.EINVAL),
        };
        session.End(request.TransactionId, commit);
        return s_ok;
    }

    private byte[] Introduce(XenStoreMessage request)
    {
        string[] strings = Strings(request, 3);
        RequirePrivilege();
        state.Introduce(Domain(strings[0]));
        return s_ok;
    }

    private byte[] Release(XenStoreMessage request)
    {
        uint domId = Domain(One(request));
        RequirePrivilege();
        return state.Release(domId) ? s_ok : throw new StoreRefusal(Errno.ENOENT);
    }

    private void RequirePrivilege()
    {
        if (DomId != 0)
            throw new StoreRefusal(Errno.EACCES);
    }

    private string Path(string path) => XenStorePath.Canonical(Checked(path), DomId);

    private static string Checked(string path) => XenStorePath.IsValid(path) ? path : throw new StoreRefusal(Errno.EINVAL);

    private static uint Domain(string text) => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort domId)
        ? domId
        : throw new StoreRefusal(Errno.EINVAL);

    private static string One(XenStoreMessage request) => Strings(request, 1)[0];

    private static string[] Strings(XenStoreMessage request, int count)
    {
        string[] strings = Strings(request);
        return strings.Length == count ? strings : throw new StoreRefusal(Errno.EINVAL);
    }

    private static string[] Strings(XenStoreMessage request) =>
        Payload.TrySplit(request.Payload, out string[]? strings) ? strings : throw new StoreRefusal(Errno.EINVAL);

    private static byte[] Names(IEnumerable<string> names) => Payload.Strings([.. names]);

    private static byte[] Bounded(byte[] payload) =>
        payload.Length <= XenStoreLimits.Payload ? payload : throw new StoreRefusal(Errno.E2BIG);
}
