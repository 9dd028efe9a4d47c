using System.Security.Cryptography;
using NodaTime;
using Settlement.Domain;
using Settlement.Domain.Agreements;

namespace Settlement.Api.Export;

/// <summary>A general ledger's file that is asked for.</summary>
/// <param name="Books">Whose ledger it is for.</param>
/// <param name="Partner">Only the relationship with this party; null = all of them.</param>
public sealed record GlAsked(YearMonth Month, PartyId Books, PartyId? Partner, GlShape Shape, GlAccounts Accounts)
{
    /// <summary>Who posts it; null = a copy to look at, which marks nothing.</summary>
    public string? Actor { get; init; }

    /// <summary>Once more, although it was exported.</summary>
    public bool Again { get; init; }
}

/// <summary>The file as it is sent.</summary>
/// <param name="Already">What of the month went into the books before; null = nothing.</param>
public sealed record GlFile(byte[] Bytes, long Entries, Refusal? Already)
{
    public string Sha256 { get; } = Convert.ToHexStringLower(SHA256.HashData(Bytes));
}

/// <summary>
/// Makes a general ledger's file. Where somebody posts it, it is marked before it is given out: a file that got lost is
/// asked for again, one that came twice would be posted twice.
/// </summary>
public static class GlExport
{
    public static async Task<(GlFile? File, Refusal? Refusal)> Make(Engine engine, GlAsked asked, CancellationToken stop)
    {
        var (tenants, found) = await ExportVerb.Tenants(engine, asked.Books, asked.Partner, stop);
        if (found is not { } home || tenants.Count == 0)
        {
            return (null, ExportVerb.Nothing);
        }

        var already = await engine.Exports.Again(tenants, home, asked.Month, stop);
        if (asked.Actor is not null && already is not null && !asked.Again)
        {
            return (null, already);
        }

        await using var journal = await JournalExport.Open(engine, asked.Month, home, tenants, stop);
        if (GlWriter.Refuse(journal, asked.Shape, asked.Accounts) is { } refusal)
        {
            return (null, refusal);
        }

        using var bytes = new MemoryStream();
        await GlWriter.Write(bytes, journal, asked.Shape, asked.Accounts, stop);
        var file = new GlFile(bytes.ToArray(), journal.Exported.Values.Sum(part => part.Entries), already);
        var refused = asked.Actor is null
            ? null
            : await engine.Exports.Record(journal, home, asked, file.Sha256, engine.Now.InUtc().Date, stop);
        return refused is null ? (file, null) : (null, refused);
    }

    /// <summary>A file that was exported is asked for, and would be another one now.</summary>
    public static Refusal Changed(string asked, string now) => new("export.changed",
        $"The file with SHA-256 {asked} would have {now} now: entries came since, or it was made with other accounts. "
        + "Export once more to post what came, or ask without sha256 for a copy as it is.");
}
