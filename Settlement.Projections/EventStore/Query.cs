using NodaTime;
using Npgsql;
using NpgsqlTypes;

namespace Settlement.Projections.EventStore;

/// <summary>Commands of a batch and their parameters, each with its type.</summary>
internal static class Query
{
    public static NpgsqlBatchCommand Command(string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter);
        }

        return command;
    }

    public static NpgsqlParameter Text(string value) =>
        new NpgsqlParameter<string> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Varchar };

    public static NpgsqlParameter Long(long value) => new NpgsqlParameter<long> { TypedValue = value };

    public static NpgsqlParameter Int(int value) => new NpgsqlParameter<int> { TypedValue = value };

    public static NpgsqlParameter Time(Instant value) => new NpgsqlParameter<DateTime>
    {
        TypedValue = value.ToDateTimeUtc(),
        NpgsqlDbType = NpgsqlDbType.TimestampTz,
    };

    public static NpgsqlParameter Binary(byte[] value) => new NpgsqlParameter<byte[]> { TypedValue = value };

    public static NpgsqlParameter Texts(string?[] values) => new NpgsqlParameter<string?[]>
    {
        TypedValue = values,
        NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar,
    };

    public static NpgsqlParameter Longs(long[] values) => new NpgsqlParameter<long[]> { TypedValue = values };

    public static NpgsqlParameter Decimals(decimal[] values) => new NpgsqlParameter<decimal[]> { TypedValue = values };

    public static NpgsqlParameter Booleans(bool[] values) => new NpgsqlParameter<bool[]> { TypedValue = values };

    public static NpgsqlParameter Binaries(byte[][] values) => new NpgsqlParameter<byte[][]>
    {
        TypedValue = values,
        NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea,
    };

    /// <summary>A stored time; "-infinity" stands for a head that has no time yet.</summary>
    public static Instant StoredTime(NpgsqlDataReader reader, int column)
    {
        var time = reader.GetDateTime(column);
        return time == DateTime.MinValue
            ? Instant.FromUnixTimeTicks(0)
            : Instant.FromDateTimeUtc(DateTime.SpecifyKind(time, DateTimeKind.Utc));
    }
}
