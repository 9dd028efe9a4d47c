using System.Globalization;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Npgsql;
using NpgsqlTypes;
using Settlement.Projections.EventStore;
using Settlement.Tests.Postgres;

namespace Settlement.Tests.EventStore;

/// <summary>Rule 12: jsonb rewrites the text; the canonical form is the same before writing and after reading.</summary>
public sealed class CanonicalJsonTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"bb": 1, "a": [1.10, 1e2, -0.0, 1.50E1, 12e-3, -0]}""", """{"a":[1.10,100,0.0,15.0,0.012,0],"bb":1}""")]
    [InlineData("""{"a":1,"a":2}""", """{"a":2}""")]
    [InlineData("""  "\u0041\/\u001F\n\u00e9" """, "\"A/\\u001f\\né\"")]
    [InlineData("\"\\ud83d\\ude00\"", "\"😀\"")]
    [InlineData("""{"é":1,"z":2,"\u0061":3}""", """{"a":3,"z":2,"é":1}""")]
    public void One_value_has_one_text(string json, string canonical) =>
        Encoding.UTF8.GetString(CanonicalJson.Of(Encoding.UTF8.GetBytes(json))).ShouldBe(canonical);

    [Fact]
    public void What_jsonb_cannot_hold_is_an_error() =>
        Should.Throw<JsonException>(() => CanonicalJson.Of("\"a\\u0000b\""u8));

    [Fact]
    public async Task Any_value_is_the_same_after_PostgreSQL_rewrote_it()
    {
        var samples = Value(3).Examples(3000).ToArray();
        await using var source = postgres.Database.Source();
        await using var command = source.CreateCommand("select w.json from unnest($1) with ordinality as w(json, n) order by n");
        command.Parameters.Add(new NpgsqlParameter
        {
            Value = samples, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb,
        });
        await using var reader = await command.ExecuteReaderAsync(Stop);
        for (var i = 0; await reader.ReadAsync(Stop); i++)
        {
            var written = Encoding.UTF8.GetString(CanonicalJson.Of(Encoding.UTF8.GetBytes(samples[i])));
            var read = Encoding.UTF8.GetString(CanonicalJson.Of(reader.GetFieldValue<byte[]>(0)));
            read.ShouldBe(written, samples[i]);
            Encoding.UTF8.GetString(CanonicalJson.Of(Encoding.UTF8.GetBytes(written))).ShouldBe(written);
        }
    }

    private static Gen<string> Value(int depth)
    {
        var text = ArbMap.Default.GeneratorFor<string>().Select(Quote);
        var number = Gen.OneOf(
            ArbMap.Default.GeneratorFor<decimal>().Select(d => d.ToString(CultureInfo.InvariantCulture)),
            ArbMap.Default.GeneratorFor<long>().Select(l => l.ToString(CultureInfo.InvariantCulture)),
            from mantissa in ArbMap.Default.GeneratorFor<int>()
            from exponent in Gen.Choose(-30, 30)
            from digits in Gen.Choose(0, 999)
            select string.Create(CultureInfo.InvariantCulture, $"{mantissa}.{digits}e{exponent}"));
        var word = Gen.Elements("true", "false", "null");
        if (depth == 0)
        {
            return Gen.OneOf(text, number, word);
        }

        var items = Gen.Choose(0, 5).SelectMany(n => Gen.ListOf(Value(depth - 1), n));
        var array = items.Select(list => "[" + string.Join(" , ", list) + "]");
        var pair = from key in text from value in Value(depth - 1) select key + " : " + value;
        var map = Gen.Choose(0, 6).SelectMany(n => Gen.ListOf(pair, n)).Select(list => "{" + string.Join(",", list) + "}");
        return Gen.OneOf(text, number, word, array, map);
    }

    /// <summary>Escaped in one of several legal ways; what jsonb cannot hold is left out.</summary>
    private static string Quote(string? text)
    {
        var clean = new string([.. (text ?? "").Where(c => c != '\0' && !char.IsSurrogate(c))]);
        return clean.Length % 2 == 0
            ? JsonSerializer.Serialize(clean)
            : JsonSerializer.Serialize(clean, EventJson.Options());
    }
}
