using System.Globalization;
using NodaTime;

namespace Settlement.Domain.Fx;

/// <summary>One published value of a series.</summary>
/// <param name="Date">The day it is for; the first of the month for an average.</param>
/// <param name="Text">The value as published: how many decimals it has differs by series.</param>
/// <param name="FileSha256">Hex, of the file it came in.</param>
/// <param name="Number">Number of its fact in @book; a later one for the same day is a revision.</param>
public sealed record FxObservation(
    FxSeries Series, string Source, LocalDate Date, string Text, string FileSha256, long Number)
{
    public decimal Value { get; } = ValueOf(Text)
        ?? throw new FormatException($"'{Text}' is no exchange rate.");

    /// <summary>A plain positive decimal; null for anything else. Never by way of binary fractions.</summary>
    public static decimal? ValueOf(string text) =>
        text.Length is > 0 and <= 28 && text.All(c => char.IsAsciiDigit(c) || c == '.')
        && decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
        && value > 0m
            ? value
            : null;
}
