namespace Tapvisor.Formats.Crypto;

/// <summary>
/// Names of key files, by which storage managers find them: NAME,aes-xts-plain,BITS.key for NAME.vhd, with the key's bytes and nothing else in
/// it (vhd-util-key.c, vhd_util_validate_keypath, and OpenXT's patches to tapdisk).
/// </summary>
public static class KeyFileName
{
    /// <summary>Bytes of keys for AES-XTS, in the order in which their files are looked for.</summary>
    public static IReadOnlyList<int> KeyLengths { get; } = [64, 32];

    /// <summary>What a VHD's keys are called after: its file's name up to .vhd.</summary>
    public static string StemOf(string image)
    {
        string name = Path.GetFileName(image);
        int extension = name.IndexOf(".vhd", StringComparison.Ordinal);
        return extension < 0 ? name : name[..extension];
    }

    /// <summary>The file of a VHD's key of <paramref name="length"/> bytes, without directory.</summary>
    public static string Of(string image, int length) => $"{StemOf(image)},aes-xts-plain,{length * 8}.key";
}
