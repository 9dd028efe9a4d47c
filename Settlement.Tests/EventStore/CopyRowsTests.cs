using System.Globalization;
using FsCheck.Fluent;
using NodaTime;
using Npgsql;
using Settlement.Projections.EventStore;
using Settlement.Projections.Tables;
using Settlement.Tests.Postgres;

namespace Settlement.Tests.EventStore;

/// <summary>What is written in PostgreSQL's own format is what it reads.</summary>
public sealed class CopyRowsTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_decimal_keeps_its_value_and_its_scale()
    {
        decimal[] edges =
        [
            0m, 0.00m, 1m, -1m, 1.50m, 9999m, 10000m, 0.0001m, 0.00001m, 12.30m, -0.05m, 100000000m, decimal.MaxValue,
            decimal.MinValue, 0.0000000000000000000000000001m, 7.9228162514264337593543950335m, 1844674407370955.1615m,
        ];
        var any = from low in Gen.Choose(int.MinValue, int.MaxValue)
                  from mid in Gen.Choose(int.MinValue, int.MaxValue)
                  from high in Gen.Elements(0, 0, 1, int.MaxValue)
                  from scale in Gen.Choose(0, 28)
                  from negative in Gen.Elements(true, false)
                  select new decimal(low, mid, high, negative, (byte)scale);
        decimal[] values = [.. edges, .. any.Examples(2000)];

        var read = await Copied("numeric", values, static (cells, value) => cells.Add(value), r => r.GetString(0));

        read.ShouldBe(values.Select(value => value == 0m
            ? Math.Abs(value).ToString(CultureInfo.InvariantCulture)
            : value.ToString(CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task Dates_times_lists_and_missing_values_are_read_back()
    {
        LocalDate?[] days = [new(2000, 1, 1), new(1999, 12, 31), new(2026, 2, 28), null];
        (await Copied("date", days, static (cells, day) => cells.Add(day), Text))
            .ShouldBe(["2000-01-01", "1999-12-31", "2026-02-28", "-"]);
        Instant?[] times = [Instant.FromUtc(2026, 10, 1, 8, 30), null];
        (await Copied("timestamptz", times, static (cells, time) => cells.Add(time), Text))
            .ShouldBe(["2026-10-01 08:30:00+00", "-"]);
        long?[] numbers = [long.MinValue, 0, null];
        (await Copied("bigint", numbers, static (cells, number) => cells.Add(number), Text))
            .ShouldBe(["-9223372036854775808", "0", "-"]);
        long[][] lists = [[], [1], [3, -2]];
        (await Copied("bigint[]", lists, static (cells, list) =>
        {
            var start = cells.BeginArray(CopyRows.Bigint, list.Length);
            foreach (var number in list)
            {
                cells.Add(number);
            }

            cells.EndArray(start);
        }, Text)).ShouldBe(["{}", "{1}", "{3,-2}"]);
        string[][] texts = [["a", "é"], null!];
        (await Copied("jsonb", texts, static (cells, text) => cells.AddJson(text, RowJson.Options), Text))
            .ShouldBe(["[\"a\", \"é\"]", "-"]);
    }

    private static string Text(NpgsqlDataReader reader) => reader.IsDBNull(0) ? "-" : reader.GetString(0);

    private static async Task<List<string>> Copied<T>(
        string type, IReadOnlyList<T> values, Action<CopyRows, T> cell, Func<NpgsqlDataReader, string> read)
    {
        await using var database = await (await TestCluster.Shared()).NewDatabase(migrated: false);
        await database.Execute($"create table t (tenant_id varchar, generation bigint, n int, v {type})");
        await using var connection = await database.Source().OpenConnectionAsync(Stop);
        await using var transaction = await connection.BeginTransactionAsync(Stop);
        var table = new TableCopy<(int N, T Value)>("t", "n, v", (cells, row) =>
        {
            cells.Add(row.N);
            cell(cells, row.Value);
        });
        await table.Write(new RowTarget(connection, transaction, "x", 1), values.Select((value, i) => (i, value)), Stop);
        await using var command = new NpgsqlCommand("select v::text from t order by n", connection, transaction);
        await using var reader = await command.ExecuteReaderAsync(Stop);
        var all = new List<string>();
        while (await reader.ReadAsync(Stop))
        {
            all.Add(read(reader));
        }

        return all;
    }
}
