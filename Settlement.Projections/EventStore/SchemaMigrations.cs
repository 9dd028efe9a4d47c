using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using JasperFx;
using Marten;
using Npgsql;
using Settlement.Domain;

namespace Settlement.Projections.EventStore;

/// <summary>One numbered step of the schema: a file <c>Migrations/NNNN-name.sql</c>, never changed once released.</summary>
public sealed record SchemaMigration(int Number, string Name, string Sql)
{
    /// <summary>SHA-256 of the text in hex: a step that changed afterwards is refused.</summary>
    public string Checksum { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));
}

/// <summary>Brings a database to the program's schema: forward only, one transaction for each step.</summary>
public static class SchemaMigrations
{
    /// <summary>Only spares starters from running into each other; a step's primary key decides.</summary>
    private const long StartersLock = 5_080_000_001;

    private const int Attempts = 20;

    /// <summary>Stands for the packages' tables among the steps; its checksum is the versions that made them.</summary>
    private const int PackagesStep = 0;

    private const string CreateTable = """
        create table if not exists schema_migrations (
          number integer not null,
          name varchar not null,
          checksum varchar not null,
          applied timestamptz not null default now(),
          constraint pkey_schema_migrations primary key (number)
        )
        """;

    public static IReadOnlyList<SchemaMigration> Shipped { get; } = Load();

    /// <summary>The schema number of this program.</summary>
    public static int Newest => Shipped[^1].Number;

    /// <summary>Applies what is missing. Several programs may start at once.</summary>
    /// <exception cref="SchemaRefusedException">The database is newer than the program, or a step differs.</exception>
    public static Task Run(NpgsqlDataSource source, CancellationToken stop) => Run(source, Shipped, stop);

    public static async Task Run(
        NpgsqlDataSource source, IReadOnlyList<SchemaMigration> steps, CancellationToken stop)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await ApplyPackages(source, stop);
                while (await Step(source, steps, stop))
                {
                }

                return;
            }
            catch (PostgresException e) when (attempt < Attempts && RanIntoAnotherStarter(e))
            {
            }
        }
    }

    /// <summary>
    /// Marten's and Wolverine's own tables, by them, once for each version; nothing else lets them change a table.
    /// </summary>
    private static async Task ApplyPackages(NpgsqlDataSource source, CancellationToken stop)
    {
        await using var connection = await source.OpenConnectionAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        await Execute(connection, $"select pg_advisory_xact_lock({StartersLock})", stop);
        await RefuseOldStore(connection, stop);
        await Execute(connection, CreateTable, stop);
        var version = $"{Version(typeof(DocumentStore))}, {Version(typeof(Wolverine.WolverineOptions))}";
        if ((await Applied(connection, stop)).GetValueOrDefault(PackagesStep) != version)
        {
            using var marten = MartenLog.Open(source, update: AutoCreate.CreateOrUpdate);
            await marten.Storage.ApplyAllConfiguredChangesToDatabaseAsync(AutoCreate.CreateOrUpdate);
            await MessageTables.Apply(source);
            await Execute(
                connection,
                $"""
                insert into schema_migrations (number, name, checksum) values ({PackagesStep}, 'marten-and-wolverine', '{version}')
                on conflict (number) do update set checksum = excluded.checksum, applied = now()
                """,
                stop);
        }

        await transaction.CommitAsync(stop);

        static string Version(Type type) => type.Assembly.GetName().Version!.ToString();
    }

    /// <summary>The event store before Marten numbered per tenant in tables of its own: its log cannot be read here.</summary>
    private static async Task RefuseOldStore(NpgsqlConnection connection, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand("select to_regclass('public.mt_events') is not null", connection);
        if (await command.ExecuteScalarAsync(stop) is true)
        {
            throw new SchemaRefusedException(new Refusal(
                "store.too-old",
                "The database holds a log of the event store before Marten (table public.mt_events); this program does not "
                + "read it. Name an empty database, or read this one with the program that wrote it."));
        }
    }

    /// <summary>Applies the first missing step; false: none is missing.</summary>
    private static async Task<bool> Step(
        NpgsqlDataSource source, IReadOnlyList<SchemaMigration> steps, CancellationToken stop)
    {
        await using var connection = await source.OpenConnectionAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        await Execute(connection, $"select pg_advisory_xact_lock({StartersLock})", stop);
        await Execute(connection, CreateTable, stop);
        var applied = await Applied(connection, stop);
        Check(steps, applied);
        if (steps.FirstOrDefault(step => !applied.ContainsKey(step.Number)) is not { } next)
        {
            await transaction.CommitAsync(stop);
            return false;
        }

        await Execute(connection, next.Sql, stop);
        await using var record = new NpgsqlCommand(
            "insert into schema_migrations (number, name, checksum) values ($1, $2, $3)", connection)
        {
            Parameters = { new() { Value = next.Number }, new() { Value = next.Name }, new() { Value = next.Checksum } },
        };
        await record.ExecuteNonQueryAsync(stop);
        await transaction.CommitAsync(stop);
        return true;
    }

    /// <summary>
    /// Gives the drivers' keys to a role of their own, if they are not its already; false: the login may not do that,
    /// and they stay with it.
    /// </summary>
    public static async Task<bool> KeysApart(NpgsqlDataSource source, CancellationToken stop)
    {
        await using var command = source.CreateCommand("select settlement_keys_apart()");
        return await command.ExecuteScalarAsync(stop) is true;
    }

    private static void Check(IReadOnlyList<SchemaMigration> steps, Dictionary<int, string> applied)
    {
        var newest = steps.Count == 0 ? 0 : steps[^1].Number;
        foreach (var (number, checksum) in applied)
        {
            if (number == PackagesStep)
            {
                continue;
            }

            if (number > newest)
            {
                throw new SchemaRefusedException(new Refusal("schema.newer", string.Create(
                    CultureInfo.InvariantCulture,
                    $"The database has schema {number}, this program knows {newest}; start a newer program.")));
            }

            if (steps.FirstOrDefault(step => step.Number == number) is { } step && step.Checksum != checksum)
            {
                throw new SchemaRefusedException(new Refusal("schema.changed", string.Create(
                    CultureInfo.InvariantCulture,
                    $"Step {number} was applied as {checksum[..12]}, this program has {step.Checksum[..12]}.")));
            }
        }
    }

    private static async Task<Dictionary<int, string>> Applied(NpgsqlConnection connection, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand("select number, checksum from schema_migrations", connection);
        await using var reader = await command.ExecuteReaderAsync(stop);
        var applied = new Dictionary<int, string>();
        while (await reader.ReadAsync(stop))
        {
            applied.Add(reader.GetInt32(0), reader.GetString(1));
        }

        return applied;
    }

    private static async Task Execute(NpgsqlConnection connection, string sql, CancellationToken stop)
    {
#pragma warning disable CA2100 // the program's own files
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(stop);
    }

    /// <summary>Unique or duplicate object, deadlock: somebody else did the same step at the same time.</summary>
    private static bool RanIntoAnotherStarter(PostgresException e) =>
        e.SqlState is "23505" or "42P07" or "42710" or "42723" or "42701" or "40P01" or "40001" or "XX000";

    private static List<SchemaMigration> Load()
    {
        const string Folder = "Settlement.Projections.Migrations.";
        var assembly = typeof(SchemaMigrations).Assembly;
        var steps = new List<SchemaMigration>();
        foreach (var resource in assembly.GetManifestResourceNames())
        {
            if (!resource.StartsWith(Folder, StringComparison.Ordinal))
            {
                continue;
            }

            var name = resource[Folder.Length..^".sql".Length];
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
            var sql = reader.ReadToEnd().ReplaceLineEndings("\n");
            steps.Add(new SchemaMigration(int.Parse(name[..4], CultureInfo.InvariantCulture), name[5..], sql));
        }

        steps.Sort((a, b) => a.Number.CompareTo(b.Number));
        if (steps.Zip(steps.Skip(1)).Any(pair => pair.First.Number == pair.Second.Number))
        {
            throw new InvalidOperationException("Two migrations have one number.");
        }

        return steps;
    }
}

/// <summary>The program and the database's schema do not belong together.</summary>
public sealed class SchemaRefusedException(Refusal refusal) : InvalidOperationException(refusal.ToString())
{
    public Refusal Refusal { get; } = refusal;
}
