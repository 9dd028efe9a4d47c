using JasperFx.CodeGeneration;
using JasperFx.CodeGeneration.Model;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Settlement.Api.Messages;
using Settlement.Projections.EventStore;
using Wolverine;

namespace Settlement.Tests.Tidy;

/// <summary>
/// Wolverine calls handlers through code of its own making. The program has it compiled in and makes none while it runs:
/// here it is made anew and compared. To write it: SETTLEMENT_WRITE_HANDLERS=1 ops/check --quick -class …HandlerCodeTests
/// </summary>
public sealed class HandlerCodeTests
{
    private static readonly string Folder = Path.Combine(Checkout.Root, "Settlement.Api", "Internal", "Generated");

    [Fact]
    public async Task The_handlers_code_is_that_of_the_handlers_of_today()
    {
        var made = await Make();
        if (Environment.GetEnvironmentVariable("SETTLEMENT_WRITE_HANDLERS") == "1")
        {
            Write(made);
        }

        var kept = Directory.GetFiles(Folder, "*.cs", SearchOption.AllDirectories)
            .ToDictionary(file => Path.GetRelativePath(Folder, file), File.ReadAllText, StringComparer.Ordinal);
        kept.Keys.Order(StringComparer.Ordinal).ShouldBe(made.Keys.Order(StringComparer.Ordinal));
        foreach (var (file, code) in made)
        {
            kept[file].ShouldBe(code, file);
        }
    }

    private static async Task<Dictionary<string, string>> Make()
    {
        await using var nowhere = Database.Source("Host=127.0.0.1;Database=none"); // nothing is asked of it
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        MessageTables.Add(builder.Services, nowhere);
        builder.Services.AddSingleton<Reviews>(_ => throw new InvalidOperationException("Nobody handles anything here."));
        builder.UseWolverine(MessageHost.Configure);
        using var host = builder.Build();
        var folder = Directory.CreateTempSubdirectory("handlers-");
        try
        {
            var collections = host.Services.GetServices<ICodeFileCollection>().ToArray();
            foreach (var collection in collections)
            {
                collection.Rules.GeneratedCodeOutputPath = folder.FullName;
            }

            new DynamicCodeBuilder(host.Services, collections)
            {
                ServiceVariableSource = host.Services.GetService<IServiceVariableSource>(),
            }.WriteGeneratedCode(_ => { });
            return Directory.GetFiles(folder.FullName, "*.cs", SearchOption.AllDirectories).ToDictionary(
                file => Path.GetRelativePath(folder.FullName, file), Code, StringComparer.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Code(string file) => File.ReadAllText(file).ReplaceLineEndings("\n");

    private static void Write(Dictionary<string, string> made)
    {
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }

        foreach (var (file, code) in made)
        {
            var path = Path.Combine(Folder, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, code);
        }
    }
}
