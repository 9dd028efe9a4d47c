using System.CommandLine;
using NodaTime;
using Settlement.Domain;
using Settlement.Domain.Agreements;

namespace Settlement.Api;

/// <summary>Arguments and outputs that several verbs share.</summary>
public static class Output
{
    public static Argument<string> MonthArgument() => new("MONTH") { Description = "yyyy-MM" };

    public static Option<string?> OutOption() => new("--out") { Description = "write to this file instead of standard output" };

    public static Option<string> FormatOption(params string[] formats)
    {
        var option = new Option<string>("--format")
        {
            Description = string.Join(" | ", formats),
            DefaultValueFactory = _ => formats[0],
        };
        option.AcceptOnlyFromAmong(formats);
        return option;
    }

    /// <summary>As <see cref="FormatOption"/>, for verbs that say themselves why a format is none: see <see cref="Unwritable"/>.</summary>
    public static Option<string> OpenFormatOption(params IReadOnlyList<string> formats) => new("--format")
    {
        Description = string.Join(" | ", formats),
        DefaultValueFactory = _ => formats[0],
    };

    /// <summary>Why a file cannot be written this way; null where it can.</summary>
    public static Refusal? Unwritable(string format, IReadOnlyList<string> formats, string? path) =>
        !formats.Contains(format, StringComparer.Ordinal)
            ? new Refusal("format.unknown", $"There is no {format} of this; there are {string.Join(", ", formats)}.")
            : format is "xlsx" or "pdf" && path is null && !Console.IsOutputRedirected
                ? new Refusal("format.binary", $"A {format} file is nothing for a terminal: name a file with --out.")
                : null;

    /// <summary>Null and a refusal where the text is not a month.</summary>
    public static YearMonth? Month(string text, out Refusal? refusal)
    {
        var month = IsoText.Month(text);
        refusal = month is null
            ? new Refusal("month.malformed",
                $"'{text}' is not a month; expected a form like 2026-10, from {IsoText.FirstYear} to {IsoText.LastYear}.")
            : null;
        return month;
    }

    /// <summary>Null where there is no text; null and a refusal where it is not a date.</summary>
    public static LocalDate? Date(string? text, out Refusal? refusal)
    {
        var date = IsoText.Day(text);
        refusal = date is null && !string.IsNullOrEmpty(text)
            ? new Refusal("date.malformed",
                $"'{text}' is not a date; expected a form like 2026-11-03, from {IsoText.FirstYear} to {IsoText.LastYear}.")
            : null;
        return date;
    }

    public static PartyId? Party(string text, out Refusal? refusal)
    {
        var party = PartyId.Parse(text);
        refusal = party is null
            ? new Refusal("party.malformed", $"'{text}' is not a party; expected country code and party id, as in CA-FLO.")
            : null;
        return party;
    }

    /// <summary>Either party may be named first.</summary>
    public static Relationship? Relationship(string text, out Refusal? refusal)
    {
        var pair = Domain.Agreements.Relationship.Parse(text);
        refusal = pair is null
            ? new Refusal("relationship.malformed", $"'{text}' is not a relationship; expected a form like CA-FLO~US-CPI.")
            : null;
        return pair;
    }

    /// <summary>The file, or standard output.</summary>
    public static Stream Open(string? path) =>
        path is null ? Console.OpenStandardOutput() : new FileStream(path, FileMode.Create, FileAccess.Write);
}
