namespace Settlement.Domain.Tax;

/// <summary>
/// Formats of tax registration numbers: written with any blanks and dashes, stored in one form.
/// </summary>
/// <remarks>
/// GST/HST 123456789RT0001, QST 1234567890TQ0001, British Columbia PST-1234-5678, Manitoba the business
/// number, Saskatchewan its own licence number, United States the state's permit number. Formats only:
/// whether a number exists is the authority's to say.
/// </remarks>
public static class RegistrationNumbers
{
    /// <summary>The number as it is stored and printed, or why it cannot be one.</summary>
    public static (string? Number, Refusal? Refusal) Parse(string tax, string jurisdiction, string text)
    {
        var plain = new string([.. text.ToUpperInvariant().Where(char.IsAsciiLetterOrDigit)]);
        var (fits, example) = (tax, jurisdiction) switch
        {
            ("GST" or "HST", _) => (HasShape(plain, "#########RT####"), "123456789 RT0001"),
            ("QST", _) => (HasShape(plain, "##########TQ####"), "1234567890 TQ0001"),
            ("PST", "CA-BC") => (HasShape(plain, "PST########"), "PST-1234-5678"),
            ("PST", "CA-SK") => (plain.Length is >= 5 and <= 10 && plain.All(char.IsAsciiDigit), "1234567"),
            ("RST", "CA-MB") => (
                HasShape(plain, "#########") || HasShape(plain, "#########MT####"),
                "123456789 or 123456789 MT0001"),
            _ => (plain.Length is >= 3 and <= 20, "the permit number of 3 to 20 letters and digits"),
        };
        return fits && text.All(IsWritten)
            ? (Stored(tax, jurisdiction, plain), null)
            : (null,
                new Refusal("registration.format",
                    $"{text} is no {tax} number of {jurisdiction}; expected {example}."));
    }

    private static string Stored(string tax, string jurisdiction, string plain) =>
        (tax, jurisdiction) is ("PST", "CA-BC") ? $"PST-{plain[3..7]}-{plain[7..]}" : plain;

    private static bool IsWritten(char c) =>
        char.IsAsciiLetterOrDigit(c) || c is ' ' or '\u00a0' or '-' or '.';

    /// <summary># stands for a digit, anything else for itself.</summary>
    private static bool HasShape(string text, string shape) => text.Length == shape.Length
        && text.Zip(shape)
            .All(pair => pair.Second == '#' ? char.IsAsciiDigit(pair.First) : pair.First == pair.Second);
}
