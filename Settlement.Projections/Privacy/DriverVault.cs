using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Npgsql;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;

namespace Settlement.Projections.Privacy;

/// <summary>
/// Seals what a CDR tells about a person: AES-256-GCM under a key per driver and relationship, that key wrapped by
/// the master key. Whoever destroys the key erases the driver, and no event changes.
/// </summary>
public sealed class DriverVault(NpgsqlDataSource database, MasterKey master)
{
    private readonly ConcurrentDictionary<string, byte[]> pseudonymKeys = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte[]> contentKeys = new(StringComparer.Ordinal);
    private readonly KeyCache dataKeys = new();

    /// <summary>Key of the content digest in one relationship: without it a digest tells nothing of the content.</summary>
    public byte[] ContentKey(string tenant) =>
        contentKeys.GetOrAdd(tenant, id => master.Derive("cdr content", id));

    /// <summary>The driver's name in one relationship: the same token, the same pseudonym; elsewhere another.</summary>
    public string Pseudonym(string tenant, Cdr cdr, PersonalData personal) =>
        Pseudonym(tenant, cdr.TokenOwner, personal);

    public string Pseudonym(string tenant, PartyId tokenOwner, PersonalData personal)
    {
        var key = pseudonymKeys.GetOrAdd(tenant, id => master.Derive("driver pseudonym", id));
        var token = personal.TokenUid ?? personal.ContractId ?? "";
        var text = $"{tokenOwner}\n{token.ToLowerInvariant()}";
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)).AsSpan(0, 10));
    }

    /// <summary>
    /// Finds or makes the keys of these drivers; sealing with them needs no database. A new key is on the disk when
    /// this returns, and only then remembered: one that a crash took along would go on sealing, and nobody could open that.
    /// </summary>
    /// <exception cref="MasterKeyException">The master key was rotated beside us: nobody could open what is sealed.</exception>
    public async Task<PreparedKeys> PrepareKeys(string tenant, IEnumerable<string> drivers, CancellationToken stop)
    {
        var keys = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var missing = new SortedSet<string>(StringComparer.Ordinal); // in one order, so that two processes do not deadlock
        foreach (var driver in drivers)
        {
            if (dataKeys.Find(tenant, driver) is { } key)
            {
                keys[driver] = key;
            }
            else
            {
                missing.Add(driver);
            }
        }

        if (missing.Count > 0)
        {
            await Make(tenant, missing, keys, stop);
            foreach (var driver in missing)
            {
                dataKeys.Add(tenant, driver, keys.TryGetValue(driver, out var key) ? key : throw new MasterKeyException());
            }
        }

        return new PreparedKeys(tenant, keys);
    }

    // Most drivers that are not in memory are new. Who comes second waits for the first one's commit, and uses its key.
    // The commit waits for the disk even where the server is set up not to.
    private async Task Make(
        string tenant, IReadOnlyCollection<string> drivers, Dictionary<string, byte[]> keys, CancellationToken stop)
    {
        var made = drivers.ToDictionary(driver => driver, _ => RandomNumberGenerator.GetBytes(32), StringComparer.Ordinal);
        await using var insert = database.CreateCommand(
            """
            insert into driver_keys (tenant_id, pseudonym, wrapped_key, created)
            select $1, pseudonym, wrapped_key, now()
            from (select set_config('synchronous_commit', case current_setting('synchronous_commit')
                when 'off' then 'on' else current_setting('synchronous_commit') end, true)) s,
              unnest($2::varchar[], $3::bytea[]) as t (pseudonym, wrapped_key)
            where not exists (select from driver_keys where tenant_id = '@keys' and pseudonym <> $4)
            on conflict (tenant_id, pseudonym) do nothing
            returning pseudonym
            """);
        insert.Parameters.Add(new() { Value = tenant });
        insert.Parameters.Add(new() { Value = made.Keys.ToArray() });
        insert.Parameters.Add(new() { Value = made.Values.Select(key => master.Wrap(key)).ToArray() });
        insert.Parameters.Add(new() { Value = master.Fingerprint });
        await using (var reader = await insert.ExecuteReaderAsync(stop))
        {
            while (await reader.ReadAsync(stop))
            {
                var driver = reader.GetString(0);
                keys[driver] = made[driver];
            }
        }

        var known = drivers.Where(driver => !keys.ContainsKey(driver)).ToList();
        if (known.Count > 0)
        {
            foreach (var (driver, key) in await Keys(tenant, known, stop))
            {
                keys[driver] = key;
            }
        }
    }

    /// <summary>The key is destroyed: this process does not use it any more; others within a minute.</summary>
    public void Forget(string tenant, string driver) => dataKeys.Forget(tenant, driver);

    private byte[] Unwrapped(byte[] wrapped) =>
        master.TryUnwrap(wrapped) ?? throw new MasterKeyException();

    /// <summary>Null: the key was destroyed; show <c>[erased]</c>.</summary>
    public async Task<PersonalData?> Open(
        string tenant, string driver, CdrKey cdr, string sealedData, CancellationToken stop)
    {
        await using var select = database.CreateCommand(
            "select wrapped_key from driver_keys where tenant_id = $1 and pseudonym = $2");
        select.Parameters.Add(new() { Value = tenant });
        select.Parameters.Add(new() { Value = driver });
        return await select.ExecuteScalarAsync(stop) is byte[] wrapped
            ? JsonSerializer.Deserialize<PersonalData>(Open(Unwrapped(wrapped), $"{tenant}\n{cdr}", sealedData))
            : null;
    }

    /// <summary>Null: the key was destroyed.</summary>
    public async Task<byte[]?> OpenFor(
        string tenant, string driver, string boundTo, string sealedData, CancellationToken stop) =>
        (await Keys(tenant, [driver], stop)).TryGetValue(driver, out var key)
            ? Open(key, $"{tenant}\n{boundTo}", sealedData)
            : null;

    /// <summary>
    /// A document that is kept under a key of its own; null: that key was destroyed. What was sealed before documents
    /// had keys is opened with their tenant's.
    /// </summary>
    public async Task<byte[]?> OpenKept(string tenant, string name, string sealedData, CancellationToken stop)
    {
        try
        {
            return await OpenFor(tenant, name, name, sealedData, stop) ?? OpenDocument(tenant, sealedData);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    /// <summary>Keys of these drivers that were not destroyed, read with one question.</summary>
    public async Task<IReadOnlyDictionary<string, byte[]>> Keys(
        string tenant, IReadOnlyCollection<string> drivers, CancellationToken stop)
    {
        await using var select = database.CreateCommand(
            """
            -- each by its key: a plan made while there were few keys reads all of the tenant's
            select k.pseudonym, k.wrapped_key from unnest($2::varchar[]) as asked (pseudonym) cross join lateral (
              select d.pseudonym, d.wrapped_key from driver_keys d
              where d.tenant_id = $1 and d.pseudonym = asked.pseudonym limit 1) k
            """);
        select.Parameters.Add(new() { Value = tenant });
        select.Parameters.Add(new() { Value = drivers.Distinct(StringComparer.Ordinal).ToArray() });
        var keys = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        await using var reader = await select.ExecuteReaderAsync(stop);
        while (await reader.ReadAsync(stop))
        {
            keys[reader.GetString(0)] = Unwrapped(reader.GetFieldValue<byte[]>(1));
        }

        return keys;
    }

    /// <summary>Opens with a key of <see cref="Keys"/>.</summary>
    public static PersonalData? Open(byte[] key, string tenant, CdrKey cdr, string sealedData) =>
        JsonSerializer.Deserialize<PersonalData>(Open(key, $"{tenant}\n{cdr}", sealedData));

    /// <summary>Seals a document about no driver, such as a partner's token, under a key of its tenant.</summary>
    public string SealDocument(string tenant, ReadOnlySpan<byte> document) =>
        Seal(master.Derive("document", tenant), tenant, document);

    public byte[] OpenDocument(string tenant, string sealedData) =>
        Open(master.Derive("document", tenant), tenant, sealedData);

    internal static string Seal(byte[] key, string boundTo, ReadOnlySpan<byte> plain)
    {
        var bytes = new byte[12 + plain.Length + 16];
        var nonce = bytes.AsSpan(0, 12);
        var cipher = bytes.AsSpan(12, plain.Length);
        var tag = bytes.AsSpan(12 + plain.Length);
        var bound = Encoding.UTF8.GetBytes(boundTo);
        using (var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key))
        {
            hash.AppendData(bound);
            hash.AppendData(plain);
            hash.GetHashAndReset().AsSpan(0, 12).CopyTo(nonce);
        }

        using var aes = new AesGcm(key, 16);
        aes.Encrypt(nonce, plain, cipher, tag, bound);
        return Convert.ToBase64String(bytes);
    }

    private static byte[] Open(byte[] key, string boundTo, string sealedData)
    {
        var bytes = Convert.FromBase64String(sealedData);
        var plain = new byte[bytes.Length - 28];
        using var aes = new AesGcm(key, 16);
        aes.Decrypt(
            bytes.AsSpan(0, 12), bytes.AsSpan(12, plain.Length), bytes.AsSpan(12 + plain.Length), plain,
            Encoding.UTF8.GetBytes(boundTo));
        return plain;
    }
}
