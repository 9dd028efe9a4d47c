namespace Settlement.Tests.Postgres;

/// <summary>Class fixture: a database with the program's schema for one test class.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private TestDatabase? database;

    public TestDatabase Database => database!;

    public async ValueTask InitializeAsync() => database = await (await TestCluster.Shared()).NewDatabase(migrated: true);

    public ValueTask DisposeAsync() => Database.DisposeAsync();
}
