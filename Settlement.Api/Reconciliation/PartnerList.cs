using System.IO.Compression;
using System.Runtime.CompilerServices;
using NodaTime;
using Settlement.Api.Intake;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;
using Settlement.Domain.Reconciliation;

namespace Settlement.Api.Reconciliation;

/// <summary>What a partner's file does not tell itself.</summary>
/// <param name="Cpo">For lists that do not name the CPO.</param>
/// <param name="Currency">For lists without a currency.</param>
/// <param name="Zone">Of times without an offset.</param>
/// <param name="Columns">Header of the file by name of ours.</param>
public sealed record ListOptions(
    PartyId? Cpo, PartyId? Emsp, string? Currency, DateTimeZone Zone, IReadOnlyDictionary<string, string> Columns)
{
    public static readonly ListOptions None = new(
        null, null, null, DateTimeZone.Utc, new Dictionary<string, string>(StringComparer.Ordinal));

    /// <summary>Decimals have a comma; null: where a party of the relationship writes French.</summary>
    public bool? DecimalComma { get; init; }
}

/// <summary>A file that cannot be read as a list of CDRs; nothing of it counts.</summary>
public sealed class UnreadableListException(Refusal refusal) : Exception(refusal.ToString())
{
    public Refusal Refusal { get; } = refusal;
}

/// <summary>
/// A partner's list of CDRs: OCPI (array, page, JSON lines) or CSV with a header, each also gzipped, streamed. It is read
/// whole or refused with the line.
/// </summary>
public static class PartnerList
{
    public static async IAsyncEnumerable<ListedCdr> Read(
        string path, ListOptions options, [EnumeratorCancellation] CancellationToken stop)
    {
        var rows = await IsJson(path, stop) ? Ocpi(path, options, stop) : PartnerCsv.Read(path, options, stop);
        await foreach (var row in rows)
        {
            yield return row;
        }
    }

    /// <summary>Opens a file, unpacked where its first bytes say gzip.</summary>
    internal static async Task<Stream> Open(string path, CancellationToken stop)
    {
        var file = new FileStream(
            path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan | FileOptions.Asynchronous);
        var magic = new byte[2];
        var read = await file.ReadAtLeastAsync(magic, 2, throwOnEndOfStream: false, stop);
        file.Position = 0;
        return read == 2 && magic[0] == 0x1F && magic[1] == 0x8B
            ? new BufferedStream(new GZipStream(file, CompressionMode.Decompress), 1 << 16)
            : file;
    }

    private static async Task<bool> IsJson(string path, CancellationToken stop)
    {
        await using var file = await Open(path, stop);
        var head = new byte[64];
        var read = await file.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, stop);
        var text = head.AsSpan(0, read);
        return (text.StartsWith("\uFEFF"u8) ? text[3..] : text).TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..];
    }

    private static async IAsyncEnumerable<ListedCdr> Ocpi(
        string path, ListOptions options, [EnumeratorCancellation] CancellationToken stop)
    {
        var reading = new CdrReadOptions
        {
            Owner = options.Cpo,
            TokenOwner = options.Emsp,
            Tariffs = new TariffCache(),
        };
        await foreach (var chunk in CdrFile.Read(path, stop))
        {
            foreach (var raw in chunk.Objects)
            {
                if (raw.Refusal is { } refusal)
                {
                    throw new UnreadableListException(raw.Located(refusal));
                }

                yield return CdrReader.Read(raw.Json, reading) switch
                {
                    CdrReading.Read read => Row(read.Cdr, raw.Line),
                    CdrReading.Unreadable unreadable => throw new UnreadableListException(raw.Located(unreadable.Refusal)),
                    _ => throw new InvalidOperationException("A reading is read or unreadable."),
                };
            }
        }
    }

    // The driver stays behind: a pseudonym could only be made with our keys, and the id is the surer match.
    private static ListedCdr Row(Cdr cdr, long line)
    {
        var cost = cdr.TotalCost;
        var tax = cost.Taxes.Count > 0 ? cost.Taxes.Sum(each => each.Amount) : cost.AfterTaxes - cost.BeforeTaxes;
        return new ListedCdr
        {
            Line = line,
            Cpo = cdr.Key.Owner,
            Id = cdr.Key.Id,
            Credit = cdr.Credit,
            SessionId = cdr.SessionId,
            AuthorizationReference = cdr.AuthorizationReference,
            EvseId = cdr.Location.EvseId,
            Start = cdr.Start,
            End = cdr.End,
            // a credit CDR leaves its quantities positive (OCPI 2.2.1, CDR object, credit)
            EnergyKwh = cdr.Credit ? -Math.Abs(cdr.TotalEnergyKwh) : cdr.TotalEnergyKwh,
            Currency = cdr.Currency,
            Net = cost.BeforeTaxes,
            Tax = tax,
            Total = cost.AfterTaxes,
        };
    }
}
