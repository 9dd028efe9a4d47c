using System.Security.Cryptography;
using System.Text;

namespace Settlement.Projections.Privacy;

/// <summary>The key that wraps drivers' keys and from which pseudonyms are derived. Kept apart from the database.</summary>
public sealed class MasterKey
{
    private readonly byte[] key;
    private readonly byte[] root;

    private MasterKey(byte[] key, byte[]? root = null) => (this.key, this.root) = (key, root ?? key);

    /// <summary>Tells master keys apart and nothing else.</summary>
    public string Fingerprint => Convert.ToHexStringLower(
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 8, info: "fingerprint"u8.ToArray()));

    /// <summary>What is derived for good comes from here: the first master key of the database.</summary>
    internal byte[] Root => root;

    public static MasterKey Random() => new(RandomNumberGenerator.GetBytes(32));

    internal MasterKey WithRoot(byte[] first) => new(key, first);

    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public static MasterKey Of(byte[] key) => key.Length == 32
        ? new MasterKey(key)
        : throw new ArgumentException($"A master key has 32 bytes, this one {key.Length}.", nameof(key));

    /// <summary>Reads base64 from a file; makes a random one there, readable by its owner only, where there is none.</summary>
    public static MasterKey FromFile(string path)
    {
        if (!File.Exists(path))
        {
            Create(path);
        }

        return Of(Convert.FromBase64String(File.ReadAllText(path).Trim()));
    }

    /// <summary>A key for one purpose within one relationship (HKDF-SHA256, RFC 5869).</summary>
    public byte[] Derive(string purpose, string tenant) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, root, 32, info: Encoding.UTF8.GetBytes($"{purpose}\n{tenant}"));

    /// <summary>AES key wrap with padding (RFC 5649).</summary>
    public byte[] Wrap(byte[] dataKey)
    {
        using var aes = Aes.Create();
        aes.Key = key;
        return aes.EncryptKeyWrapPadded(dataKey);
    }

    public byte[] Unwrap(byte[] wrapped)
    {
        using var aes = Aes.Create();
        aes.Key = key;
        return aes.DecryptKeyWrapPadded(wrapped);
    }

    internal bool CanUnwrap(byte[] wrapped) => TryUnwrap(wrapped) is not null;

    /// <summary>Null: another master key wrapped it.</summary>
    internal byte[]? TryUnwrap(byte[] wrapped)
    {
        try
        {
            return Unwrap(wrapped);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Writes it to a new file that only its owner reads.</summary>
    /// <exception cref="IOException">There is such a file.</exception>
    public void Save(string path) => Create(path, key);

    private static void Create(string path, byte[]? key = null)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        try
        {
            using var file = new FileStream(path, options);
            file.Write(Encoding.ASCII.GetBytes(Convert.ToBase64String(key ?? RandomNumberGenerator.GetBytes(32))));
            file.Flush(flushToDisk: true); // before anything is sealed under it
        }
        catch (IOException) when (key is null && File.Exists(path))
        {
            // another process made it first: use that one
        }
    }
}
