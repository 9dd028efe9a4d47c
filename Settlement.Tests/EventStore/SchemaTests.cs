using Npgsql;
using Settlement.Projections.EventStore;
using Settlement.Projections.Privacy;
using Settlement.Tests.Postgres;
using static Settlement.Tests.EventStore.TestFacts;

namespace Settlement.Tests.EventStore;

/// <summary>rules-store 15, 18 and 22: rows know their tenant, and a partner's login sees little.</summary>
public sealed class SchemaTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    /// <summary>Tables that belong to no tenant.</summary>
    private const string Shared = "schema_migrations,users,roles";

    private const string Check = $"""
        with t as (
          select c.oid, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
          where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition),
        k as (
          select t.*, a.attnum, a.atttypid::regtype as typ, a.attnotnull,
            relname = any(string_to_array('{Shared}', ',')) as is_ref
          from t left join pg_attribute a on a.attrelid = t.oid and a.attname = 'tenant_id' and not a.attisdropped)
        select relname || ': no tenant_id' from k where not is_ref and attnum is null
        union all select relname || ': tenant_id must be varchar not null' from k
          where not is_ref and attnum is not null and (typ <> 'varchar'::regtype or not attnotnull)
        union all select relname || ': no primary key' from k
          where not exists (select from pg_index i where i.indrelid = k.oid and i.indisprimary)
        union all select relname || ': unique or exclusion without tenant_id: ' || i.indexrelid::regclass
          from k join pg_index i on i.indrelid = k.oid
          where not is_ref and (i.indisunique or i.indisexclusion) and not (attnum = any(i.indkey::int2[]))
        union all select relname || ': trigger ' || tgname from k join pg_trigger g on g.tgrelid = k.oid
          where not tgisinternal
        union all select relname || ': rule ' || r.rulename from k join pg_rewrite r on r.ev_class = k.oid
        union all select relname || ': sequence on ' || a.attname
          from k join pg_attribute a on a.attrelid = k.oid
          left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
          where not is_ref and a.attnum > 0
            and (a.attidentity <> '' or pg_get_expr(d.adbin, d.adrelid) like '%nextval(%')
        union all select k.relname || ': foreign key ' || c.conname
          from k join pg_constraint c on c.conrelid = k.oid and c.contype = 'f' join k p on p.oid = c.confrelid
          where (k.is_ref and not p.is_ref) or (not k.is_ref and not p.is_ref and (
            not exists (select from unnest(c.conkey, c.confkey) u(x, y) where x = k.attnum and y = p.attnum)
            or c.confdeltype in ('n', 'd') or c.confupdtype in ('n', 'd', 'c')))
        order by 1
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_table_has_its_tenant_in_every_key_and_nothing_that_Citus_rejects() =>
        (await Faults(postgres.Database)).ShouldBeEmpty();

    [Fact]
    public async Task The_check_finds_planted_faults()
    {
        await using var database = await (await TestCluster.Shared()).NewDatabase(migrated: false);
        await database.Execute("""
            create table a (id int primary key);
            create table b (tenant_id text not null, id bigint generated always as identity, primary key (tenant_id, id));
            create table c (tenant_id varchar not null, x int unique);
            """);
        (await Faults(database)).ShouldBe(
        [
            "a: no tenant_id",
            "b: sequence on id",
            "b: tenant_id must be varchar not null",
            "c: no primary key",
            "c: unique or exclusion without tenant_id: c_x_key",
        ]);
    }

    [Fact]
    public async Task A_partners_login_sees_only_the_tenants_it_was_given_and_never_the_log()
    {
        var database = postgres.Database;
        using var store = database.NewStore();
        await store.Stores(Say("a", "s"), "t1");
        await database.Execute("""
            create table shown (tenant_id varchar not null, generation bigint not null, primary key (tenant_id, generation));
            insert into shown values ('t1', 1), ('t2', 1), ('t3', 1);
            select settlement_partner_may_read('shown');
            """);
        await using var source = database.Source();
        await using var connection = await source.OpenConnectionAsync(Stop);

        (await Seen(connection, "")).ShouldBe(0); // no setting: nothing
        (await Seen(connection, "select set_config('settlement.tenants', 't1,t3', true)")).ShouldBe(2);
        (await Seen(connection, "")).ShouldBe(0); // the setting died with its transaction

        foreach (var table in (string[])["log.mt_events", "log.mt_streams", "commands", "seals", "driver_keys"])
        {
            (await Should.ThrowAsync<PostgresException>(Seen(connection, "", table))).SqlState.ShouldBe("42501");
        }

        (await Seen(connection, "select set_config('settlement.tenants', 't2', true)", "tenant_heads")).ShouldBe(0);
        (await Should.ThrowAsync<PostgresException>(Seen(connection, "select last_seal from tenant_heads")))
            .SqlState.ShouldBe("42501"); // of a head no more than which rows are in use
        (await Should.ThrowAsync<PostgresException>(Seen(connection, "delete from shown"))).SqlState.ShouldBe("42501");
    }

    [Theory]
    [InlineData("createrole", "settlement_keys", true)]
    [InlineData("nocreaterole", null, false)]
    public async Task The_drivers_keys_belong_to_a_role_of_their_own_where_the_login_may_make_one(
        string right, string? owner, bool apart)
    {
        await using var database = await (await TestCluster.Shared()).NewDatabase(migrated: false);
        var login = $"login_{Guid.NewGuid():N}";
        await database.Execute(
            $"create role {login} login password 'x' {right}; grant all on schema public to {login} with grant option; "
            + $"do $$ begin execute format('grant create on database %I to {login}', current_database()); end $$");
        try
        {
            var settings = new NpgsqlConnectionStringBuilder(database.ConnectionString)
            {
                Username = login, Password = "x", Pooling = false,
            };
            await using (var source = await Database.Open(settings.ConnectionString, Stop))
            {
                (await SchemaMigrations.KeysApart(source, Stop)).ShouldBe(apart);
                (await database.Value<string>("select tableowner::text from pg_tables where tablename = 'driver_keys'"))
                    .ShouldBe(owner ?? login);
                var vault = new DriverVault(source, MasterKey.Of(new byte[32]));
                await vault.PrepareKeys("t", ["d1"], Stop); // the program works either way
            }

            (await database.Value<long>("select count(*) from driver_keys")).ShouldBe(1);
            (await database.Value<bool>("select has_schema_privilege('settlement_keys', 'public', 'create')")).ShouldBeFalse();
        }
        finally
        {
            await database.Execute($"drop owned by {login}; drop role {login}");
        }
    }

    private static async Task<long> Seen(NpgsqlConnection connection, string before, string table = "shown")
    {
        await using var transaction = await connection.BeginTransactionAsync(Stop);
        await using var command = new NpgsqlCommand(
            $"set local role settlement_partner; {before}; select count(*) from {table}", connection);
        await using var reader = await command.ExecuteReaderAsync(Stop);
        while (reader.FieldCount == 0 || reader.GetName(0) != "count")
        {
            await reader.NextResultAsync(Stop);
        }

        await reader.ReadAsync(Stop);
        return reader.GetInt64(0);
    }

    private static async Task<List<string>> Faults(TestDatabase database)
    {
        await using var source = database.Source();
        await using var command = source.CreateCommand(Check);
        await using var reader = await command.ExecuteReaderAsync(Stop);
        var faults = new List<string>();
        while (await reader.ReadAsync(Stop))
        {
            faults.Add(reader.GetString(0));
        }

        return faults;
    }
}
