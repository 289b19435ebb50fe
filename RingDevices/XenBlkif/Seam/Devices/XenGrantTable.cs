using System.Runtime.InteropServices;
using Tapvisor.Native;
using static Tapvisor.Native.GntDev;
using static Tmds.Linux.LibC;

namespace Tapvisor.RingDevices.XenBlkif.Seam.Devices;

/// <summary>Grants by /dev/xen/gntdev (Linux drivers/xen/gntdev.c; Xen tools/libs/gnttab/linux.c).</summary>
internal sealed unsafe class XenGrantTable(int descriptor) : IGrantTable, IDisposable
{
    private const int PageSize = 4096;

    // Of what is told of in an error.
    private const int MostShown = 16;

    // mmap fails with EAGAIN while the guest's page is being paged in; libxengnttab waits a millisecond each time, too, but for ever.
    private const int MapAttempts = 1000;
    private static readonly TimeSpan s_mapPause = TimeSpan.FromMilliseconds(1);

    public GrantMapping Map(uint domId, IReadOnlyList<uint> references)
    {
        nuint size = (nuint)sizeof(ioctl_gntdev_map_grant_ref) + ((nuint)(references.Count - 1) * (nuint)sizeof(ioctl_gntdev_grant_ref));
        var request = (ioctl_gntdev_map_grant_ref*)NativeMemory.AllocZeroed(size);
        try
        {
            request->count = (uint)references.Count;
            ioctl_gntdev_grant_ref* grants = &request->refs;
            for (int i = 0; i < references.Count; i++)
                grants[i] = new ioctl_gntdev_grant_ref { domid = domId, @ref = references[i] };
            if (ioctl(descriptor, IOCTL_GNTDEV_MAP_GRANT_REF, request) < 0)
                throw Refused(domId, references, errno);
            void* address = Attach(request->index, references.Count, out int error);
            if (error == 0)
                return new GrantMapping((nint)address, references.Count, request->index);
            Release(request->index, references.Count);
            throw Refused(domId, references, error);
        }
        finally
        {
            NativeMemory.Free(request);
        }
    }

    public void Unmap(GrantMapping mapping)
    {
        _ = munmap((void*)mapping.Address, mapping.Pages * PageSize);
        Release(mapping.Index, mapping.Pages);
    }

    public int Copy(Span<gntdev_grant_copy_segment> segments)
    {
        fixed (gntdev_grant_copy_segment* first = segments)
        {
            var request = new ioctl_gntdev_grant_copy { count = (uint)segments.Length, segments = first };
            int result;
            do
                result = ioctl(descriptor, IOCTL_GNTDEV_GRANT_COPY, &request);
            while (result < 0 && errno == Errno.EINTR);
            return result < 0 ? -errno : 0;
        }
    }

    public void Dispose() => _ = close(descriptor);

    private static BlockException Refused(uint domId, IReadOnlyList<uint> references, int error) => new(
        BlockErrorKind.Io,
        error,
        $"The grants {string.Join(' ', references.Take(MostShown))}{(references.Count > MostShown ? " …" : "")} of domain {domId} "
        + $"cannot be mapped: {Errno.Describe(error)}.");

    private void* Attach(ulong index, int pages, out int error)
    {
        for (int attempt = 1; ; attempt++)
        {
            void* address = mmap(null, pages * PageSize, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, (long)index);
            error = address == MAP_FAILED ? errno : 0;
            if (error != Errno.EAGAIN || attempt == MapAttempts)
                return address;
            Thread.Sleep(s_mapPause);
        }
    }

    private void Release(ulong index, int pages)
    {
        var request = new ioctl_gntdev_unmap_grant_ref { index = index, count = (uint)pages };
        _ = ioctl(descriptor, IOCTL_GNTDEV_UNMAP_GRANT_REF, &request);
    }
}
