using System.Text;
using NodaTime;
using Settlement.Api.Demo;
using Settlement.Api.Export;
using Settlement.Domain.Agreements;
using Settlement.Tests.Intake;

namespace Settlement.Tests.Export;

/// <summary>Two demo months in a real database, the second one exported in every shape.</summary>
public sealed class ExportedMonth : IAsyncLifetime
{
    public static readonly YearMonth Month = new(2026, 10);

    private readonly string folder = Directory.CreateTempSubdirectory("settlement-export-").FullName;
    private readonly Dictionary<(string Kind, string Books), string> files = [];
    private Town? town;

    public Town Town => town!;

    public async ValueTask InitializeAsync()
    {
        town = await Town.Begin();
        await town.Import(DemoMonth.Generate(Month.PlusMonths(-1), 250, 3).Documents);
        await town.Import(Town.Month(350));
    }

    /// <summary>The text as the command line writes it.</summary>
    /// <param name="books">A party, or empty for the ledger of both.</param>
    public async Task<string> Text(string kind, string books, GlShape shape = GlShape.Quickbooks)
    {
        var stop = TestContext.Current.CancellationToken;
        if (shape == GlShape.Quickbooks && files.TryGetValue((kind, books), out var known))
        {
            return known;
        }

        var (tenants, home) = await ExportVerb.Tenants(Town.Engine, PartyId.Parse(books), null, stop);
        await using var journal = await JournalExport.Open(Town.Engine, Month, home, tenants, stop);
        using var memory = new MemoryStream();
        await ExportVerb.Write(memory, journal, kind, shape, GlAccounts.OwnNames, stop);
        var text = Encoding.UTF8.GetString(memory.ToArray());
        return shape == GlShape.Quickbooks ? files[(kind, books)] = text : text;
    }

    /// <summary>A file of its own for a tool to read.</summary>
    public async Task<string> File(string text, string extension)
    {
        var path = Path.Combine(folder, Guid.NewGuid().ToString("N") + extension);
        await System.IO.File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);
        return path;
    }

    public async ValueTask DisposeAsync()
    {
        if (town is not null)
        {
            await town.DisposeAsync();
        }

        Directory.Delete(folder, recursive: true);
    }
}
