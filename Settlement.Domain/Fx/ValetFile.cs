using System.Text;
using System.Text.Json;
using NodaTime;
using Settlement.Domain.Ledger;
using Settlement.Domain.Ocpi;

namespace Settlement.Domain.Fx;

/// <summary>One value of a file.</summary>
public sealed record FxValue(FxSeries Series, LocalDate Date, string Text);

/// <summary>What a file of the Bank of Canada's Valet service holds.</summary>
/// <param name="Skipped">Series that are no rate between two currencies of ISO 4217.</param>
/// <param name="Empty">Cells without a value: no observation, and none is made up.</param>
public sealed record ValetContent(IReadOnlyList<FxValue> Values, IReadOnlyList<string> Skipped, int Empty);

/// <summary>
/// Reads observations of the Bank of Canada's Valet service: JSON, or CSV with its introduction. Values are kept as
/// the text that was published.
/// </summary>
public static class ValetFile
{
    public const string Source = "Bank of Canada Valet";

    /// <summary>The content, or the first thing in it that cannot be read; then nothing of it counts.</summary>
    public static (ValetContent? Content, Refusal? Refusal) Read(ReadOnlyMemory<byte> file)
    {
        var reading = new Reading();
        try
        {
            if (IsJson(file.Span))
            {
                reading.Json(file);
            }
            else
            {
                reading.Csv(new UTF8Encoding(false, true).GetString(file.Span));
            }
        }
        catch (MalformedException e)
        {
            return (null, new Refusal("fx.malformed", e.Message));
        }
        catch (JsonException e)
        {
            return (null, new Refusal("fx.malformed",
                $"line {e.LineNumber + 1}, column {e.BytePositionInLine + 1} is no JSON."));
        }
        catch (DecoderFallbackException)
        {
            return (null, new Refusal("fx.malformed", "The file is neither JSON nor CSV in UTF-8."));
        }

        return (new ValetContent(reading.Values, [.. reading.Skipped], reading.Empty), null);
    }

    private static bool IsJson(ReadOnlySpan<byte> file)
    {
        var text = file.TrimStart("\uFEFF"u8).TrimStart(" \t\r\n"u8);
        return text is [(byte)'{', ..];
    }

    private sealed class Reading
    {
        private readonly Dictionary<(string, LocalDate), string> seen = [];

        public List<FxValue> Values { get; } = [];

        public SortedSet<string> Skipped { get; } = new(StringComparer.Ordinal);

        public int Empty { get; private set; }

        public void Json(ReadOnlyMemory<byte> file)
        {
            var bom = file.Span.StartsWith("\uFEFF"u8) ? 3 : 0;
            using var document = JsonText.Parse(file[bom..]);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("observations", out var observations)
                || observations.ValueKind != JsonValueKind.Array)
            {
                throw new MalformedException("It has no list of observations.");
            }

            var number = 0;
            foreach (var row in observations.EnumerateArray())
            {
                number++;
                var where = $"observation {number}";
                var date = row.ValueKind == JsonValueKind.Object && row.TryGetProperty("d", out var d)
                    && d.ValueKind == JsonValueKind.String
                    ? Date(d.GetString()!, where)
                    : throw new MalformedException($"{where} has no day.");
                foreach (var cell in row.EnumerateObject().Where(cell => cell.Name != "d"))
                {
                    Add(cell.Name, date, Cell(cell.Value, where), where);
                }
            }
        }

        public void Csv(string text)
        {
            string[]? head = null;
            foreach (var (number, cells) in CsvLines.Of(text))
            {
                var where = $"line {number}";
                if (head is null)
                {
                    head = cells is ["date", _, ..] ? cells : null;
                    continue;
                }

                if (cells.Length != head.Length)
                {
                    throw new MalformedException($"{where} has {cells.Length} cells, its head {head.Length}.");
                }

                var date = Date(cells[0], where);
                for (var i = 1; i < cells.Length; i++)
                {
                    Add(head[i], date, cells[i], $"{where}, column {i + 1}");
                }
            }

            if (head is null)
            {
                throw new MalformedException("It has no line that begins with date and names series.");
            }
        }

        private static string Cell(JsonElement cell, string where) => cell switch
        {
            { ValueKind: JsonValueKind.Null } => "",
            { ValueKind: JsonValueKind.Object } when !cell.TryGetProperty("v", out var value) => "",
            { ValueKind: JsonValueKind.Object } => cell.GetProperty("v") switch
            {
                { ValueKind: JsonValueKind.String } text => text.GetString()!,
                { ValueKind: JsonValueKind.Null } => "",
                { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
                _ => throw new MalformedException($"{where} holds a value that is neither text nor number."),
            },
            _ => throw new MalformedException($"{where} holds a cell that is no object."),
        };

        private void Add(string name, LocalDate date, string cell, string where)
        {
            if (FxSeries.Parse(name) is not { } series
                || Currency.Find(series.Base) is null || Currency.Find(series.Quote) is null)
            {
                Skipped.Add(name);
                return;
            }

            var text = cell.Trim();
            if (text.Length == 0)
            {
                Empty++;
                return;
            }

            if (FxObservation.ValueOf(text) is null)
            {
                throw new MalformedException($"{where}: '{Shortened(text)}' is no rate of {series.Name}.");
            }

            if (series.Frequency == FxFrequency.MonthlyAverage && date.Day != 1)
            {
                throw new MalformedException(
                    $"{where}: {series.Name} is an average of a month and is dated {date.Text()}, not the first.");
            }

            if (seen.TryGetValue((series.Name, date), out var before))
            {
                throw new MalformedException(
                    $"{where}: {series.Name} has two values for {date.Text()}, {before} and {text}.");
            }

            seen[(series.Name, date)] = text;
            Values.Add(new FxValue(series, date, text));
        }

        private static LocalDate Date(string text, string where) =>
            IsoText.Day(text) ?? throw new MalformedException($"{where}: '{Shortened(text)}' is no day.");

        private static string Shortened(string text) => text.Length <= 40 ? text : text[..40] + "…";

    }

    private sealed class MalformedException(string message) : Exception(message);
}
