using System.CommandLine;
using Settlement.Projections.EventStore;
using Settlement.Projections.Tables;

namespace Settlement.Api;

/// <summary><c>migrate</c>: brings the schema up to date; every other verb does so too.</summary>
public static class MigrateVerb
{
    public static Command Create()
    {
        var command = new Command("migrate", "Brings the database schema up to date.");
        command.SetAction(async (_, stop) =>
        {
            await using var engine = await Engine.Open(stop);
            Console.WriteLine("The schema is up to date.");
            foreach (var rebuilt in await new Rebuild(engine.Store, engine.Store.Ledger).Upgrade(stop))
            {
                Console.WriteLine(
                    $"{rebuilt.Tenant}: {rebuilt.After.Rows:N0} rows built again for ledger version {engine.Store.Ledger.Version}, now in use.");
            }

            if (!await SchemaMigrations.KeysApart(engine.Database, stop))
            {
                Console.Error.WriteLine(
                    "The drivers' keys have no database role of their own, because this login may make none: whoever is "
                    + "given its tables is given the keys. An administrator can run: create role settlement_keys; grant "
                    + "settlement_keys to the login; then migrate again (keys.no-own-role)");
            }

            return ExitCode.Done;
        });
        return command;
    }
}
