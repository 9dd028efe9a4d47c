using Settlement.Projections.EventStore;
using Settlement.Tests.Postgres;

namespace Settlement.Tests.EventStore;

/// <summary>rules-store 22: numbered, forward only, several starters, no newer schema.</summary>
public sealed class MigrationTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Several_programs_may_start_at_once_on_an_empty_database()
    {
        await using var database = await (await TestCluster.Shared()).NewDatabase(migrated: false);
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => SchemaMigrations.Run(database.Source(), Stop))));
        (await database.Value<long>("select count(*) from schema_migrations"))
            .ShouldBe(SchemaMigrations.Shipped.Count + 1, "Marten's own tables are a step too");
    }

    [Fact]
    public async Task A_program_refuses_a_newer_schema_and_a_changed_step()
    {
        await using var database = await (await TestCluster.Shared()).NewDatabase(migrated: true);
        var older = SchemaMigrations.Shipped.Take(SchemaMigrations.Shipped.Count - 1).ToList();
        (await Should.ThrowAsync<SchemaRefusedException>(SchemaMigrations.Run(database.Source(), older, Stop)))
            .Refusal.Code.ShouldBe("schema.newer");

        var changed = SchemaMigrations.Shipped.Select((m, i) => i == 0 ? m with { Sql = m.Sql + " " } : m).ToList();
        changed[0] = new SchemaMigration(changed[0].Number, changed[0].Name, changed[0].Sql);
        (await Should.ThrowAsync<SchemaRefusedException>(SchemaMigrations.Run(database.Source(), changed, Stop)))
            .Refusal.Code.ShouldBe("schema.changed");
    }

    [Fact]
    public async Task A_database_of_the_store_before_Marten_is_refused_and_left_as_it_is()
    {
        await using var database = await (await TestCluster.Shared()).NewDatabase(migrated: false);
        await database.Execute("create table mt_events (tenant_id varchar, seq_id bigint, primary key (tenant_id, seq_id))");
        (await Should.ThrowAsync<SchemaRefusedException>(SchemaMigrations.Run(database.Source(), Stop)))
            .Refusal.Code.ShouldBe("store.too-old");
        (await database.Value<long>("select count(*) from pg_tables where schemaname in ('public', 'log')")).ShouldBe(1);
    }

    [Fact]
    public async Task A_step_that_fails_leaves_nothing_of_itself()
    {
        await using var database = await (await TestCluster.Shared()).NewDatabase(migrated: false);
        SchemaMigration[] steps =
        [
            new(1, "good", "create table one (a int primary key)"),
            new(2, "bad", "create table two (a int primary key); select 1 / 0"),
        ];
        await Should.ThrowAsync<Npgsql.PostgresException>(SchemaMigrations.Run(database.Source(), steps, Stop));
        (await database.Value<bool>("select to_regclass('two') is null and to_regclass('one') is not null")).ShouldBeTrue();
        (await database.Value<int>("select max(number) from schema_migrations")).ShouldBe(1);
    }

    [Fact]
    public async Task Postings_that_were_rows_of_their_own_move_into_their_entries()
    {
        await using var database = await (await TestCluster.Shared()).NewDatabase(migrated: false);
        await SchemaMigrations.Run(database.Source(), [.. SchemaMigrations.Shipped.TakeWhile(step => step.Number < 200)], Stop);
        await database.Execute(
            """
            insert into ledger_entries (tenant_id, generation, seq_id, kind, stream, cpo, emsp, cdr_id, period, charge_period,
              tax_date, recorded_at, currency, place, start_at, end_at, sessions, energy_kwh, charging_seconds, parking_seconds,
              energy, time, parking, flat, reservation, net, tax, due, claimed, rerated, surcharge_provable, taxes)
            select 't', 1, n, 'cdr', 'cdr/x/' || n, 'X', 'Y', n::text, '2026-10', '2026-10', '2026-10-01', now(), 'CAD', 'CA-QC',
              now(), now(), 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, true, '[]'
            from generate_series(1, 2) n;
            insert into ledger_postings values ('t', 1, 1, 1, 'charge:X:ENERGY', 0, 7), ('t', 1, 1, 0, 'due:Y:X', 7, 0);
            """);
        await SchemaMigrations.Run(database.Source(), Stop);
        (await database.Value<string>(
            """
            select string_agg(concat_ws(' ', tenant_id, generation, seq_id, line, account, debit, credit), ', ' order by line)
            from ledger_postings
            """)).ShouldBe("t 1 1 0 due:Y:X 7 0, t 1 1 1 charge:X:ENERGY 0 7");
        (await database.Value<long>("select count(*) from ledger_entries")).ShouldBe(2);
    }
}
