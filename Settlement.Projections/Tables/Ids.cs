using System.Collections.Concurrent;
using NodaTime;
using NodaTime.Text;
using Npgsql;
using Settlement.Domain.Agreements;
using Settlement.Projections.EventStore;

namespace Settlement.Projections.Tables;

/// <summary>How domain values stand in columns.</summary>
public static class Ids
{
    private static readonly ConcurrentDictionary<YearMonth, string> Months = new();

    /// <summary>A month as yyyy-mm; few, and asked for with every row.</summary>
    public static string Text(YearMonth month) => Months.GetOrAdd(month, YearMonthPattern.Iso.Format);

    public static YearMonth Month(string text) => YearMonthPattern.Iso.Parse(text).Value;

    /// <exception cref="FormatException">The column holds no party id: the row was altered.</exception>
    public static PartyId Party(string text) =>
        PartyId.Parse(text) ?? throw new FormatException($"'{text}' is no party id.");

    /// <summary>A time as a column keeps it: what is folded must not depend on whether its row was read back meanwhile.</summary>
    public static Instant AsStored(Instant time) => Instant.FromUnixTimeTicks(Seals.Microseconds(time) * 10);

    public static Instant Time(DateTime utc) => Instant.FromDateTimeUtc(utc);

    public static string? Text(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetString(column);
}
