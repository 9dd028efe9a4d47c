using System.Text.Json;
using NodaTime;
using NodaTime.Text;
using Settlement.Domain.Ocpi;

namespace Settlement.Domain.Tax;

/// <summary>The rules file: the rules, and what became of every row that was researched for it.</summary>
/// <remarks>Read by hand, key by key: no reflection, so that the tax verb starts at once; an unknown key
/// stops.</remarks>
public sealed record TaxRulesFile(IReadOnlyList<TaxRule> Rules, IReadOnlyList<ResearchedRow> Rows)
{
    /// <summary>The file that is part of the program.</summary>
    public static TaxRulesFile Shipped { get; } = Parse(EmbeddedText.Read("Tax.Data.tax-rules.json"));

    /// <exception cref="FormatException">A key, a day or a word is none of the file's.</exception>
    public static TaxRulesFile Parse(string json)
    {
        using var document = JsonText.Parse(json);
        var root = document.RootElement;
        return new TaxRulesFile(
            [.. root.GetProperty("rules").EnumerateArray().Select(Rule)],
            root.TryGetProperty("rows", out var rows) ? [.. rows.EnumerateArray().Select(Row)] : []);
    }

    /// <summary>A file that somebody wrote: its rules, or why it is none; then nothing of it counts.</summary>
    public static (TaxRulesFile? File, Refusal? Refusal) Read(string json)
    {
        try
        {
            return (Parse(json), null);
        }
        catch (JsonException e)
        {
            return (null, new Refusal("rules.malformed", $"Line {e.LineNumber + 1}: {e.Message}"));
        }
        catch (Exception e) when (e is FormatException or KeyNotFoundException or InvalidOperationException)
        {
            // InvalidOperation: a value of another kind than the field has
            return (null, new Refusal("rules.malformed", e.Message));
        }
    }

    private static ResearchedRow Row(JsonElement row) => new(
        Text(row.GetProperty("row")), Text(row.GetProperty("outcome")), Texts(row.GetProperty("rules")),
        Text(row.GetProperty("reason")));

    private static TaxRule Rule(JsonElement json)
    {
        var rule = new TaxRule
        {
            Id = Text(json.GetProperty("id")),
            Jurisdiction = Text(json.GetProperty("jurisdiction")),
            Tax = Text(json.GetProperty("tax")),
            NameEn = Text(json.GetProperty("name_en")),
            NameFr = Text(json.GetProperty("name_fr")),
            Source = Text(json.GetProperty("source")),
            Confidence = Text(json.GetProperty("confidence")),
        };
        return json.EnumerateObject().Aggregate(rule, (each, field) => With(each, field.Name, field.Value));
    }

    private static TaxRule With(TaxRule rule, string key, JsonElement value) => key switch
    {
        "id" or "jurisdiction" or "tax" or "name_en" or "name_fr" or "source" or "confidence" => rule,
        "version" => rule with { Version = value.GetInt32() },
        "locality" => rule with { Locality = Text(value) },
        "treatment" => rule with { Treatment = Word<Treatment>(value) },
        "rate" => rule with { Rate = value.GetDecimal() },
        "per_kwh" => rule with { PerKwh = value.GetDecimal() },
        "unit" => rule with { Unit = Text(value) },
        "federal_part" => rule with { FederalPart = value.GetDecimal() },
        "base_plus" => rule with { BasePlus = Texts(value) },
        "components" => rule with { Components = [.. Texts(value)] },
        "stations" => rule with { Stations = [.. value.EnumerateArray().Select(Filter)] },
        "from" => rule with { From = Day(value) },
        "to" => rule with { To = Day(value) },
        "tax_point" => rule with { TaxPoint = Word<TaxPoint>(value) },
        "remitter" => rule with { Remitter = Text(value) },
        "recoverable" => rule with { Recoverable = value.GetBoolean() },
        "resale_exempt" => rule with { ResaleExempt = value.GetBoolean() },
        "local" => rule with { Local = Word<LocalTax>(value) },
        "reason" => rule with { Reason = Text(value) },
        "question" => rule with { Question = Text(value) },
        "note" => rule with { Note = Text(value) },
        "proposed_by" => rule with { ProposedBy = Text(value) },
        "approved_by" => rule with { ApprovedBy = Text(value) },
        _ => throw new FormatException($"{rule.Id}: {key} is no field of a tax rule."),
    };

    private static StationFilter Filter(JsonElement json) =>
        json.EnumerateObject()
            .Aggregate(new StationFilter(), (filter, field) => With(filter, field.Name, field.Value));

    private static StationFilter With(StationFilter filter, string key, JsonElement value) => key switch
    {
        "kw_min" => filter with { KwMin = value.GetDecimal() },
        "kw_above" => filter with { KwAbove = value.GetDecimal() },
        "kw_below" => filter with { KwBelow = value.GetDecimal() },
        "levels" => filter with { Levels = [.. value.EnumerateArray().Select(level => level.GetInt32())] },
        "installed_from" => filter with { InstalledFrom = Day(value) },
        "installed_before" => filter with { InstalledBefore = Day(value) },
        "public" => filter with { Public = value.GetBoolean() },
        "state_property" => filter with { StateProperty = value.GetBoolean() },
        "residence" => filter with { Residence = value.GetBoolean() },
        "paid" => filter with { Paid = value.GetBoolean() },
        _ => throw new FormatException($"{key} is no condition of a station filter."),
    };

    private static string Text(JsonElement value) =>
        value.GetString() ?? throw new FormatException("A text is missing.");

    private static string[] Texts(JsonElement value) => [.. value.EnumerateArray().Select(Text)];

    private static T Word<T>(JsonElement value)
        where T : struct, Enum =>
        Enum.TryParse<T>(value.GetString(), out var word)
            ? word
            : throw new FormatException($"{value} is no {typeof(T).Name}.");

    private static LocalDate Day(JsonElement value) =>
        LocalDatePattern.Iso.Parse(Text(value)) is { Success: true } day
        ? day.Value
        : throw new FormatException($"{value} is not a day such as 2026-10-01.");
}

/// <summary>What became of a researched row.</summary>
/// <param name="Row">Its id in the research.</param>
/// <param name="Outcome">loaded, open, loaded and open, skipped.</param>
/// <param name="Rules">Ids of the rules made from it.</param>
public sealed record ResearchedRow(string Row, string Outcome, IReadOnlyList<string> Rules, string Reason);
