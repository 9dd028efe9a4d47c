using System.Security.Cryptography;
using Settlement.Api.Files;
using Settlement.Domain.Agreements;
using Settlement.Domain.Statements;
using Settlement.Projections.Statements;

namespace Settlement.Api.Statements;

/// <summary>A statement in every format, from one reading: the command line and the pages give the same bytes.</summary>
public static class StatementFiles
{
    public static readonly IReadOnlyList<string> Formats = ["json", "csv", "jsonl", "xlsx", "pdf", "html"];

    /// <param name="currency">Only this one where it is named.</param>
    public static async Task Write(
        Stream to, string format, StatementReading reading, Engine engine, string? currency, CancellationToken stop)
    {
        var statement = reading.Statement.In(currency);
        var book = await engine.Books.Current(stop);
        switch (format)
        {
            case "csv":
                await Detail(new CsvRows(to, DetailRows.Columns), statement, currency, reading, null, stop);
                break;
            case "jsonl":
                await Detail(new JsonLineRows(to, DetailRows.Columns), statement, currency, reading, null, stop);
                break;
            case "xlsx":
                var document = await Document(reading, statement, book, currency, stop);
                await StatementBook.Write(to, document, reading, new HeldQueries(engine.Database), stop);
                break;
            case "pdf":
                PdfPaper.Write(to, StatementPaper.Of(await Document(reading, statement, book, currency, stop)));
                break;
            case "html":
                HtmlPaper.Write(to, StatementPaper.Of(await Document(reading, statement, book, currency, stop)));
                break;
            default:
                throw new InvalidOperationException($"No statement is written as {format}.");
        }
    }

    /// <summary>The document with the digest of its detail file: every line is read once.</summary>
    public static async Task<StatementDocument> Document(
        StatementReading reading, Statement statement, ReferenceBook book, string? currency, CancellationToken stop)
    {
        using var digest = new DigestStream();
        var sums = new Dictionary<(PartyId, PartyId, string), (long Net, long Tax, long Due)>();
        var rows = await Detail(new CsvRows(digest, DetailRows.Columns), statement, currency, reading, Add, stop);
        var name = $"statement-{StatementDocument.NameOf(statement, currency)}.csv";
        return new StatementDocument(statement, book, new DetailFile(name, rows, digest.Hex(), sums)) { Currency = currency };

        void Add(DetailLine line)
        {
            var key = (line.Creditor, line.Debtor, line.Currency.Code);
            var sum = sums.GetValueOrDefault(key);
            sums[key] = (sum.Net + line.Net, sum.Tax + line.Tax, sum.Due + line.Due);
        }
    }

    internal static async Task<long> Detail(
        IRows rows, Statement statement, string? currency, StatementReading reading, Action<DetailLine>? also,
        CancellationToken stop)
    {
        var detail = new DetailRows(rows, StatementDocument.NameOf(statement, currency), statement.To);
        var count = 0L;
        await foreach (var line in reading.Lines(currency, stop))
        {
            detail.Write(line);
            also?.Invoke(line);
            count++;
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
