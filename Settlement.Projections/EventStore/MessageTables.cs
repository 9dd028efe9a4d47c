using JasperFx;
using JasperFx.CodeGeneration;
using Marten;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Wolverine;
using Wolverine.Marten;
using Wolverine.Persistence.Durability;

namespace Settlement.Projections.EventStore;

/// <summary>Wolverine's tables: messages that wait, that are scheduled, and that failed.</summary>
public static class MessageTables
{
    public const string Schema = "wolverine";

    /// <summary>Marten and Wolverine of a program on one database; the tables are there already, or it does not start.</summary>
    public static void Add(IServiceCollection services, NpgsqlDataSource source, AutoCreate update = AutoCreate.None) =>
        services.AddMarten(options => MartenLog.Configure(options, source)).IntegrateWithWolverine(integration =>
        {
            integration.MessageStorageSchemaName = Schema;
            integration.AutoCreate = update;
        });

    internal static async Task Apply(NpgsqlDataSource source)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        Add(builder.Services, source, AutoCreate.CreateOrUpdate);
        builder.UseWolverine(options =>
        {
            options.Durability.Mode = DurabilityMode.MediatorOnly;
            options.Discovery.DisableConventionalDiscovery();
            options.CodeGeneration.TypeLoadMode = TypeLoadMode.Static;
        });
        using var host = builder.Build(); // never started: it only knows its tables
        await host.Services.GetRequiredService<IMessageStore>().Admin.MigrateAsync();
    }
}
