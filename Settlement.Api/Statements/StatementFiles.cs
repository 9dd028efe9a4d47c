using System.Security.Cryptography;
using NodaTime;
using Settlement.Api.Files;
using Settlement.Domain.Agreements;
using Settlement.Domain.Periods;
using Settlement.Projections.Statements;

namespace Settlement.Api.Statements;

/// <summary>A statement in every format, from one reading: the command line and the pages give the same bytes.</summary>
public static class StatementFiles
{
    public static readonly IReadOnlyList<string> Formats = ["json", "csv", "jsonl", "xlsx", "pdf", "html"];

    /// <param name="party">Whose statement it is.</param>
    /// <param name="upTo">Only what was issued, up to this number; null = all there is.</param>
    public static async Task Write(
        Stream to, string format, PartyId party, PartyId counterparty, YearMonth month, Engine engine, string? currency,
        CancellationToken stop, long? upTo = null)
    {
        var terms = await engine.Books.Terms(Relationship.Between(party, counterparty), month, stop);
        await using var reading = await engine.Reports.Reading(party, counterparty, month, terms, stop, upTo);
        await Write(to, format, reading, engine, currency, stop);
    }

    /// <param name="currency">Only this one where it is named.</param>
    public static async Task Write(
        Stream to, string format, StatementReading reading, Engine engine, string? currency, CancellationToken stop)
    {
        var source = await StatementSource.Of(reading, engine, currency, stop);
        switch (format)
        {
            case "json":
                var position = reading.Statement.Position;
                var filter = new LineFilter(
                    position.Tenant, reading.Statement.Month, Currency: currency, UpTo: position.Number);
                await ReportJson.Write(to, source.Statement, source.Issued, engine.Reports.All(filter, stop), stop);
                break;
            case "csv":
                await Detail(new CsvRows(to, DetailRows.Columns), source, null, stop);
                break;
            case "jsonl":
                await Detail(new JsonLineRows(to, DetailRows.Columns), source, null, stop);
                break;
            case "xlsx":
                var held = new HeldQueries(engine.Database);
                await StatementBook.Write(to, await Document(source, stop), source, held, stop);
                break;
            case "pdf":
                PdfPaper.Write(to, StatementPaper.Of(await Document(source, stop)));
                break;
            case "html":
                HtmlPaper.Write(to, StatementPaper.Of(await Document(source, stop)));
                break;
            default:
                throw new InvalidOperationException($"No statement is written as {format}.");
        }
    }

    /// <summary>The document with the digest of its detail file: every line is read once.</summary>
    public static async Task<StatementDocument> Document(StatementSource source, CancellationToken stop)
    {
        using var digest = new DigestStream();
        var sums = new Dictionary<(PartyId, PartyId, string), (long Net, long Tax, long Due)>();
        var beside = 0L;
        var rows = await Detail(new CsvRows(digest, DetailRows.Columns), source, Add, stop);
        return source.Document(new DetailFile($"statement-{source.Name}.csv", rows, digest.Hex(), sums) { Entries = rows - beside });

        void Add(DetailLine line)
        {
            beside += line.IsBeside ? 1 : 0;
            var key = (line.Creditor, line.Debtor, line.Currency.Code);
            var sum = sums.GetValueOrDefault(key);
            sums[key] = (sum.Net + line.Net, sum.Tax + line.Tax, sum.Due + line.Due);
        }
    }

    /// <summary>All lines of the month are read, also where one currency is wanted: their places are counted over all.</summary>
    internal static async Task<long> Detail(
        IRows rows, StatementSource source, Action<DetailLine>? also, CancellationToken stop)
    {
        var detail = new DetailRows(rows, source.Name, source.Statement.To);
        var membership = new StatementMembership(source.Periods, source.Statement.Month);
        var count = 0L;
        await foreach (var line in source.Reading.Lines(stop))
        {
            var (document, leaf) = membership.Of(
                line.Number, line.Creditor, line.Currency.Code,
                line is { Corrects: { } entry, CorrectsPeriod: { } month } ? (entry, month) : null);
            if (source.Currency is null || line.Currency.Code == source.Currency)
            {
                detail.Write(line, document, leaf);
                also?.Invoke(line);
                count++;
            }
        }

        await foreach (var beside in source.Reading.Beside(stop))
        {
            if (source.Currency is null || beside.Direction.CurrencyCode == source.Currency)
            {
                var line = DetailLine.Of(beside);
                detail.Write(line, beside.Document ?? membership.OfBeside(
                    line.Number, line.Creditor, line.Currency.Code,
                    beside is { Corrects: { } entry, CorrectsPeriod: { } month } ? (entry, month) : null));
                also?.Invoke(line);
                count++;
            }
        }

        rows.Finish();
        return count;
    }

    /// <summary>Takes bytes and keeps only their SHA-256.</summary>
    private sealed class DigestStream : MemoryStream
    {
        private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public string Hex() => Convert.ToHexStringLower(hash.GetCurrentHash());

        public override void Write(byte[] buffer, int offset, int count) => hash.AppendData(buffer, offset, count);

        public override void Write(ReadOnlySpan<byte> buffer) => hash.AppendData(buffer);

        protected override void Dispose(bool disposing)
        {
            hash.Dispose();
            base.Dispose(disposing);
        }
    }
}
