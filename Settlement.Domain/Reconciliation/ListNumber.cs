using System.Globalization;

namespace Settlement.Domain.Reconciliation;

/// <summary>
/// Numbers as finance people's lists have them. What can mean two numbers is none: a list is refused rather than read at
/// a thousand times its amount.
/// </summary>
public static class ListNumber
{
    /// <summary>A currency sign, and the currencies it may stand for.</summary>
    private static readonly (char Sign, string[] Currencies)[] Signs =
    [
        ('$', ["CAD", "USD", "AUD", "NZD", "MXN", "HKD", "SGD", "XCD"]), ('€', ["EUR"]), ('£', ["GBP"]),
    ];

    /// <summary>A quantity; null: it is no number, or might be two.</summary>
    /// <param name="commas">The partner writes decimals with a comma.</param>
    public static decimal? Quantity(string text, bool commas) => Read(text.Trim(), commas, isAmount: false);

    /// <summary>An amount, with or without the sign of its currency, before or after it.</summary>
    public static decimal? Amount(string text, bool commas, string? currency)
    {
        var plain = text.Trim();
        foreach (var (sign, currencies) in Signs)
        {
            if (plain.Contains(sign, StringComparison.Ordinal))
            {
                return currency is null || !currencies.Contains(currency) || WithoutSign(plain, sign) is not { } rest
                    ? null
                    : Read(rest, commas, isAmount: true);
            }
        }

        return Read(plain, commas, isAmount: true);
    }

    private static string? WithoutSign(string text, char sign)
    {
        var minus = text[0] == '-' ? "-" : "";
        var rest = text[minus.Length..];
        return rest[0] == sign ? minus + rest[1..].TrimStart()
            : rest[^1] == sign ? minus + rest[..^1].TrimEnd()
            : null;
    }

    private static decimal? Read(string text, bool commas, bool isAmount)
    {
        var sign = text is ['+' or '-', ..] ? text[..1] : "";
        var parts = new Parts(text[sign.Length..]);
        var plain = parts switch
        {
            { IsReadable: false } => null,
            { Marks: "" or "." } => parts.Decimal,
            { Marks: "," } => commas && !(isAmount && parts.MayBeThousands) ? parts.Decimal : null,
            { Marks: [.., '.' or ','], AreGroups: true } => parts.Decimal,
            { Marks: [.., ' '], AreGroups: true } => parts.Whole,
            _ => null,
        };
        return plain is not null && decimal.TryParse(
            sign + plain, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
    }

    /// <summary>Runs of digits and the marks between them; no-break blanks count as blanks.</summary>
    private readonly struct Parts
    {
        private readonly List<string> runs = [""];

        public Parts(string text)
        {
            IsReadable = text.Any(char.IsAsciiDigit);
            foreach (var c in text)
            {
                if (char.IsAsciiDigit(c))
                {
                    runs[^1] += c;
                    continue;
                }

                IsReadable &= c is '.' or ',' or ' ' or '\u00A0' or '\u202F';
                Marks += c is '.' or ',' ? c : ' ';
                runs.Add("");
            }
        }

        public bool IsReadable { get; }

        public string Marks { get; } = "";

        /// <summary>One to three digits, then threes parted by one kind of mark, and another kind before the decimals.</summary>
        public bool AreGroups
        {
            get
            {
                var group = Marks[0];
                var hasDecimals = Marks[^1] != ' ';
                var threes = hasDecimals ? runs[1..^1] : runs[1..];
                return runs[0].Length is >= 1 and <= 3 && threes.Count > 0 && threes.TrueForAll(run => run.Length == 3)
                    && (hasDecimals ? Marks[..^1] : Marks).All(mark => mark == group)
                    && (!hasDecimals || (Marks[^1] != group && runs[^1].Length > 0));
            }
        }

        /// <summary>1,234 may be a thousand of an amount; 0,123 may not.</summary>
        public bool MayBeThousands => runs[^1].Length == 3 && runs[0] is { Length: <= 3 } and not ['0', ..] and not "";

        /// <summary>The last run after the point.</summary>
        public string Decimal => runs.Count == 1 ? runs[0] : $"{string.Concat(runs[..^1])}.{runs[^1]}";

        public string Whole => string.Concat(runs);
    }
}
