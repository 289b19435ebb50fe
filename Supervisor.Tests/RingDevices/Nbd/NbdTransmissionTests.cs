using System.Text;
using Tapvisor.BlockIo;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Disks.Requests;
using Tapvisor.ImageDrivers;
using Tapvisor.Messages.Nbd;
using Tapvisor.Native;
using Tapvisor.RingDevices.Nbd;
using Tapvisor.RingDevices.Nbd.Wire;
using Tapvisor.Simulation.Engine;

namespace Tapvisor.Tests.RingDevices.Nbd;

public sealed class NbdTransmissionTests
{
    private const NbdCommand Read = NbdCommand.NBD_CMD_READ;
    private const NbdCommand Write = NbdCommand.NBD_CMD_WRITE;
    private const NbdCommandFlags Fua = NbdCommandFlags.NBD_CMD_FLAG_FUA;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_was_written_is_read(bool structured) => Seeds.Run(20, seed =>
    {
        using NbdBed bed = Serve(out NbdClient client, structured, seed: seed);
        var random = new Random(seed);
        foreach (int length in new[] { 1, 511, 512, 4096, 16383, 16384, 65536, 300_000 })
        {
            var data = new byte[length];
            random.NextBytes(data);
            var offset = (ulong)random.Next((1 << 20) - length + 1);
            Assert.Equal(NbdError.None, bed.Run(() => client.CallAsync(Write, offset, (uint)length, payload: data)).Error);
            NbdAnswer answer = bed.Run(() => client.CallAsync(Read, offset, (uint)length));
            Assert.Equal(structured ? NbdReplyType.NBD_REPLY_TYPE_OFFSET_DATA : null, answer.Chunk);
            Assert.Equal(data, answer.Data);
        }
        bed.StopClean();
    });

    [Fact]
    public void Thirty_two_MiB_are_read_and_written_at_once()
    {
        using NbdBed bed = Serve(out NbdClient client, length: 64 << 20);
        var data = new byte[32 << 20];
        new Random(1).NextBytes(data);
        Assert.Equal(NbdError.None, bed.Run(() => client.CallAsync(Write, 512, 32 << 20, payload: data)).Error);
        Assert.True(data.AsSpan().SequenceEqual(bed.Run(() => client.CallAsync(Read, 512, 32 << 20)).Data));
        bed.StopClean();
    }

    [Fact]
    public void Flags_tell_what_the_disk_can_do()
    {
        using NbdBed bed = Serve(out NbdClient client);
        Assert.Equal(
            NbdTransmissionFlags.NBD_FLAG_HAS_FLAGS | NbdTransmissionFlags.NBD_FLAG_SEND_FLUSH | NbdTransmissionFlags.NBD_FLAG_SEND_FUA
            | NbdTransmissionFlags.NBD_FLAG_SEND_TRIM | NbdTransmissionFlags.NBD_FLAG_SEND_WRITE_ZEROES
            | NbdTransmissionFlags.NBD_FLAG_CAN_MULTI_CONN | NbdTransmissionFlags.NBD_FLAG_SEND_FAST_ZERO,
            client.Flags);
        Assert.Equal(1u << 20, client.Size);
    }

    [Fact]
    public void A_read_only_disk_says_so_and_refuses_to_change()
    {
        using NbdBed bed = Serve(out NbdClient client, readOnly: true);
        Assert.Equal(
            NbdTransmissionFlags.NBD_FLAG_HAS_FLAGS | NbdTransmissionFlags.NBD_FLAG_READ_ONLY | NbdTransmissionFlags.NBD_FLAG_SEND_FLUSH
            | NbdTransmissionFlags.NBD_FLAG_CAN_MULTI_CONN,
            client.Flags);
        Assert.Equal(NbdError.NBD_EPERM, bed.Run(() => client.CallAsync(Write, 0, 512, payload: new byte[512])).Error);
        Assert.Equal(NbdError.NBD_EPERM, bed.Run(() => client.CallAsync(NbdCommand.NBD_CMD_TRIM, 0, 512)).Error);
        Assert.Equal(NbdError.NBD_EPERM, bed.Run(() => client.CallAsync(NbdCommand.NBD_CMD_WRITE_ZEROES, 0, 512)).Error);
        Assert.Equal(NbdError.None, bed.Run(() => client.CallAsync(Read, 0, 512)).Error);
        Assert.Equal(NbdError.None, bed.Run(() => client.CallAsync(NbdCommand.NBD_CMD_FLUSH)).Error);
        Assert.All(bed.Disk.Log, entry => Assert.True(entry.Operation is BlockOperation.Read or BlockOperation.Flush));
    }

    [Fact]
    public void FUA_makes_a_write_stable_and_flush_the_rest()
    {
        using NbdBed bed = Serve(out NbdClient client);
        byte[] data = Enumerable.Repeat((byte)7, 512).ToArray();
        bed.Run(() => client.CallAsync(Write, 0, 512, Fua, data));
        bed.Run(() => client.CallAsync(Write, 512, 512, payload: data));
        Assert.Equal(data, bed.Content.Stable[..512]);
        Assert.Equal(0, bed.Content.Stable[512]);
        bed.Run(() => client.CallAsync(NbdCommand.NBD_CMD_FLUSH));
        Assert.Equal(data, bed.Content.Stable[512..1024]);
    }

    [Fact]
    public void Options_of_trim_and_write_zeroes_reach_the_image()
    {
        using NbdBed bed = Serve(out NbdClient client);
        bed.Run(() => client.CallAsync(NbdCommand.NBD_CMD_TRIM, 512, 1024, Fua));
        bed.Run(() => client.CallAsync(NbdCommand.NBD_CMD_WRITE_ZEROES, 0, 1 << 20, NbdCommandFlags.NBD_CMD_FLAG_NO_HOLE));
        bed.Run(() => client.CallAsync(NbdCommand.NBD_CMD_WRITE_ZEROES, 0, 512, NbdCommandFlags.NBD_CMD_FLAG_FAST_ZERO));
        Assert.Equal(
            [
                (BlockOperation.Discard, 512L, 1024L, WriteOptions.Durable),
                (BlockOperation.WriteZeroes, 0L, 1L << 20, WriteOptions.NoHole),
                (BlockOperation.WriteZeroes, 0L, 512L, WriteOptions.Fast),
            ],
            bed.Disk.Log);
    }

    [Fact]
    public void Only_a_fast_zero_that_would_be_slow_is_answered_with_ENOTSUP()
    {
        using NbdBed bed = Serve(out NbdClient client);
        bed.Disk.Verdict = _ => -Errno.EOPNOTSUPP;
        Assert.Equal(
            NbdError.NBD_ENOTSUP,
            bed.Run(() => client.CallAsync(NbdCommand.NBD_CMD_WRITE_ZEROES, 0, 512, NbdCommandFlags.NBD_CMD_FLAG_FAST_ZERO)).Error);
        Assert.Equal(NbdError.NBD_EINVAL, bed.Run(() => client.CallAsync(NbdCommand.NBD_CMD_WRITE_ZEROES, 0, 512)).Error);
        Assert.Equal(NbdError.NBD_EINVAL, bed.Run(() => client.CallAsync(NbdCommand.NBD_CMD_TRIM, 0, 512)).Error);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_failed_read_brings_an_error_and_no_data(bool structured)
    {
        using NbdBed bed = Serve(out NbdClient client, structured);
        bed.Disk.Verdict = operation => operation == BlockOperation.Read ? -Errno.EIO : 0;
        NbdAnswer failed = bed.Run(() => client.CallAsync(Read, 0, 4096));
        Assert.Equal(NbdError.NBD_EIO, failed.Error);
        Assert.Equal(structured ? NbdReplyType.NBD_REPLY_TYPE_ERROR : null, failed.Chunk);

        // In step: the next reply is where it belongs.
        bed.Disk.Verdict = _ => 0;
        Assert.Equal(4096, bed.Run(() => client.CallAsync(Read, 0, 4096)).Data.Length);
    }

    [Fact]
    public void An_error_chunk_says_why()
    {
        using NbdBed bed = Serve(out NbdClient client, structured: true);
        NbdAnswer answer = bed.Run(() => client.CallAsync(Read, 1 << 20, 512));
        Assert.Equal(NbdError.NBD_EINVAL, answer.Error);
        Assert.Equal("The range reaches beyond the end of the disk.", Encoding.ASCII.GetString(answer.Data));
        Assert.Contains(bed.Log.Complaints, line => line.Contains("NBD_CMD_READ of 512 bytes at 1048576", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData((uint)NbdError.NBD_EPERM, Errno.EACCES)]
    [InlineData((uint)NbdError.NBD_ENOSPC, Errno.ENOSPC)]
    [InlineData((uint)NbdError.NBD_ENOMEM, Errno.ENOMEM)]
    [InlineData((uint)NbdError.NBD_EIO, Errno.ETIMEDOUT)]
    public void Errors_of_the_disk_are_those_of_the_protocol(uint expected, int errno)
    {
        using NbdBed bed = Serve(out NbdClient client);
        bed.Disk.Verdict = _ => -errno;
        Assert.Equal((NbdError)expected, bed.Run(() => client.CallAsync(Write, 0, 512, payload: new byte[512])).Error);
    }

    [Theory]
    [InlineData(40u << 20)]
    [InlineData(4096u)]
    public void The_data_of_a_refused_write_is_skipped(uint length)
    {
        using NbdBed bed = Serve(out NbdClient client);
        NbdAnswer refused = bed.Run(() => client.CallAsync(Write, (1 << 20) - 512, length, payload: new byte[length]));
        Assert.Equal(length > NbdExport.MaxRequestSize ? NbdError.NBD_EINVAL : NbdError.NBD_ENOSPC, refused.Error);
        Assert.Equal(NbdError.None, bed.Run(() => client.CallAsync(Read, 0, 512)).Error);
        Assert.DoesNotContain(bed.Disk.Log, entry => entry.Operation == BlockOperation.Write);
    }

    [Fact]
    public void A_write_too_large_to_be_skipped_ends_the_connection()
    {
        using NbdBed bed = Serve(out NbdClient client);
        bed.Run(() => client.SendAsync(NbdClient.Request(Write, 0, NbdReceiver.MaxSkippedPayload + 1)));
        Assert.True(bed.Run(() => client.IsAtEndAsync()));
        bed.StopClean();
    }

    [Fact]
    public void A_request_without_its_magic_ends_the_connection_and_one_line_says_so()
    {
        using NbdBed bed = Serve(out NbdClient client);
        bed.Run(() => client.SendAsync(new byte[28]));
        Assert.True(bed.Run(() => client.IsAtEndAsync()));
        Assert.Single(bed.Log.Complaints, line => line.Contains("NBD_REQUEST_MAGIC", StringComparison.Ordinal));
        bed.StopClean();
    }

    [Fact]
    public void Block_status_tells_data_from_holes()
    {
        using NbdBed bed = Serve(out NbdClient client, context: true);
        bed.Run(() => client.CallAsync(Write, 4096, 512, payload: Enumerable.Repeat((byte)1, 512).ToArray()));
        NbdAnswer answer = bed.Run(() => client.CallAsync(NbdCommand.NBD_CMD_BLOCK_STATUS, 1024, 65536));
        Assert.Equal([(3072u, 3u), (512u, 0u), (61952u, 3u)], answer.Extents);
        answer = bed.Run(() => client.CallAsync(NbdCommand.NBD_CMD_BLOCK_STATUS, 1024, 65536, NbdCommandFlags.NBD_CMD_FLAG_REQ_ONE));
        Assert.Equal([(3072u, 3u)], answer.Extents);
        answer = bed.Run(() => client.CallAsync(NbdCommand.NBD_CMD_BLOCK_STATUS, 1000, 100));
        Assert.Equal([(100u, 3u)], answer.Extents);
    }

    [Fact]
    public void A_long_block_status_is_cut_at_the_most_extents_of_an_answer()
    {
        using NbdBed bed = Serve(out NbdClient client, context: true);
        for (int block = 0; block < 2048; block += 2)
            bed.Content.Bytes[block * ModelDisk.Block] = 1;
        NbdAnswer answer = bed.Run(() => client.CallAsync(NbdCommand.NBD_CMD_BLOCK_STATUS, 0, 1 << 20));
        Assert.Equal(NbdSlot.MaxExtents, answer.Extents.Count());
        Assert.All(answer.Extents, extent => Assert.Equal(512u, extent.Length));
    }

    [Fact]
    public void An_image_that_cannot_tell_is_all_data()
    {
        using NbdBed bed = Serve(out NbdClient client, context: true);
        bed.Disk.Verdict = _ => -Errno.EOPNOTSUPP;
        Assert.Equal([(65536u, 0u)], bed.Run(() => client.CallAsync(NbdCommand.NBD_CMD_BLOCK_STATUS, 0, 65536)).Extents);
        bed.Disk.Verdict = _ => -Errno.EIO;
        Assert.Equal(NbdError.NBD_EIO, bed.Run(() => client.CallAsync(NbdCommand.NBD_CMD_BLOCK_STATUS, 0, 65536)).Error);
    }

    [Fact]
    public void Disconnect_answers_what_is_in_flight_first()
    {
        using NbdBed bed = Serve(out NbdClient client);
        bed.Run(() => client.SendAsync(
            [
                .. NbdClient.Request(Read, 0, 4096, cookie: 1),
                .. NbdClient.Request(Read, 4096, 4096, cookie: 2),
                .. NbdClient.Request(NbdCommand.NBD_CMD_DISC, 0, 0),
                .. NbdClient.Request(Read, 0, 512, cookie: 3),
            ]));
        ulong[] cookies =
        [
            bed.Run(() => client.AnswerAsync(_ => (Read, 4096))).Cookie,
            bed.Run(() => client.AnswerAsync(_ => (Read, 4096))).Cookie,
        ];
        Assert.Equal(3u, cookies[0] ^ cookies[1]);
        Assert.True(bed.Run(() => client.IsAtEndAsync()));
        bed.StopClean();
    }

    [Fact]
    public void No_more_requests_are_taken_than_allowed()
    {
        using NbdBed bed = Serve(out NbdClient client, options: new NbdOptions { MaxRequestsPerConnection = 4 });
        bed.Run(() => bed.Queue.QuiesceAsync());
        for (int i = 0; i < 10; i++)
            bed.Run(() => client.SendAsync(NbdClient.Request(Read, 0, 512, cookie: (ulong)i)));
        bed.Engine.Run();
        Assert.Equal(4, bed.Queue.Waiting);
        bed.On(() => bed.Open());
        for (int i = 0; i < 10; i++)
            Assert.Equal(NbdError.None, bed.Run(() => client.AnswerAsync(_ => (Read, 512))).Error);
        bed.StopClean();
    }

    private static NbdBed Serve(
        out NbdClient client,
        bool structured = false,
        bool context = false,
        int seed = 1,
        int length = 1 << 20,
        bool readOnly = false,
        NbdOptions? options = null)
    {
        var bed = new NbdBed(seed, options, length: length, readOnly: readOnly);
        NbdClient connected = bed.Connect();
        bed.Run(() => connected.GoAsync(structured, context));
        client = connected;
        return bed;
    }
}
