using NodaTime;
using NodaTime.Text;
using Npgsql;
using NpgsqlTypes;
using Settlement.Domain.Agreements;

namespace Settlement.Projections.Tables;

/// <summary>How domain values stand in columns.</summary>
public static class Ids
{
    public static string Text(YearMonth month) => YearMonthPattern.Iso.Format(month);

    public static YearMonth Month(string text) => YearMonthPattern.Iso.Parse(text).Value;

    /// <exception cref="FormatException">The column holds no party id: the row was altered.</exception>
    public static PartyId Party(string text) =>
        PartyId.Parse(text) ?? throw new FormatException($"'{text}' is no party id.");

    public static Instant Time(DateTime utc) => Instant.FromDateTimeUtc(utc);

    public static string? Text(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetString(column);

    public static async Task WriteNullable<T>(
        this NpgsqlBinaryImporter copy, T? value, NpgsqlDbType type, CancellationToken stop)
    {
        if (value is null)
        {
            await copy.WriteNullAsync(stop);
        }
        else
        {
            await copy.WriteAsync(value, type, stop);
        }
    }

    public static async Task WriteNullable<T>(
        this NpgsqlBinaryImporter copy, T? value, NpgsqlDbType type, CancellationToken stop)
        where T : struct
    {
        if (value is { } present)
        {
            await copy.WriteAsync(present, type, stop);
        }
        else
        {
            await copy.WriteNullAsync(stop);
        }
    }
}
