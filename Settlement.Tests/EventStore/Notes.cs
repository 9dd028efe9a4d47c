using Npgsql;
using Settlement.Projections.EventStore;

namespace Settlement.Tests.EventStore;

/// <summary>One row per event: its primary key proves that nothing is applied twice; one counter row per stream.</summary>
internal sealed class Notes(int version = 1) : ILedger
{
    public const string Ddl = """
        create table notes (tenant_id varchar not null, generation bigint not null, number bigint not null,
          text varchar not null, primary key (tenant_id, generation, number));
        create table note_counts (tenant_id varchar not null, generation bigint not null, stream varchar not null,
          count bigint not null, primary key (tenant_id, generation, stream));
        """;

    public int Version => version;

    public IReadOnlyList<string> Tables => ["notes", "note_counts"];

    /// <summary>Text at which it fails; null: it takes all.</summary>
    public string? Poison { get; set; }

    public string Prefix { get; set; } = "";

    /// <summary>A setting of the server that each page looks at.</summary>
    public string? Sees { get; init; }

    public List<object?> Seen { get; } = [];

    /// <summary>Called at the end of each page.</summary>
    public Action? At { get; set; }

    public async Task Apply(RowTarget target, IReadOnlyList<Recorded> events, CancellationToken stop)
    {
        if (Sees is not null)
        {
            await using var show = new NpgsqlCommand($"show {Sees}", target.Connection, target.Transaction);
            Seen.Add(await show.ExecuteScalarAsync(stop));
        }

        foreach (var e in events)
        {
            var text = Prefix + ((Noted)e.Fact).Text;
            if (text == Poison)
            {
                throw new InvalidOperationException("This note is poison.");
            }

            await using var note = target.Command("insert into notes (tenant_id, generation, number, text) values ($1, $2, $3, $4)");
            note.Parameters.Add(new() { Value = e.Number });
            note.Parameters.Add(new() { Value = text });
            await note.ExecuteNonQueryAsync(stop);
            await using var count = target.Command("""
                insert into note_counts (tenant_id, generation, stream, count) values ($1, $2, $3, 1)
                on conflict (tenant_id, generation, stream) do update set count = note_counts.count + 1
                """);
            count.Parameters.Add(new() { Value = e.Stream });
            await count.ExecuteNonQueryAsync(stop);
        }

        At?.Invoke();
    }
}
