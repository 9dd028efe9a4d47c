using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using Settlement.Projections.EventStore;
using Settlement.Projections.Tables;
using static Settlement.Tests.EventStore.TestFacts;
using Store = Settlement.Projections.EventStore.EventStore;

namespace Settlement.Tests.EventStore;

/// <summary>
/// A program that appends, or builds rows again, and kills itself (SIGKILL) at a named point. It prints the id of
/// each command that was acknowledged.
/// </summary>
internal static class ChildProgram
{
    public const int Commands = 400;
    public const int BulkCommands = 3000;

    /// <param name="arguments">What to do, connection string, named point, how often the point passes before.</param>
    public static async Task<int> Run(string[] arguments)
    {
        var (work, connection, point) = (arguments[0], arguments[1], arguments[2]);
        if (work == "tariff")
        {
            await Messages.MessageTests.Die(connection);
            return 0;
        }

        var left = int.Parse(arguments[3], CultureInfo.InvariantCulture);
        void At(string reached)
        {
            if (reached == point && Interlocked.Decrement(ref left) < 0)
            {
                Process.GetCurrentProcess().Kill();
                Thread.Sleep(Timeout.Infinite); // nothing after the point happens
            }
        }

        await using var source = Database.Source(connection);
        var notes = new Notes { At = () => At("ledger.applied") };
        using var store = new Store(source, Names, ledger: notes);
        store.Writer.At = At;
        await (work switch
        {
            "append" => Append(store),
            "bulk" => Bulk(store),
            "rebuild" => new Rebuild(store, notes).Run(CancellationToken.None),
            _ => throw new ArgumentException(work),
        });
        return 0;
    }

    /// <summary>The commands a child of this kind sends.</summary>
    public static IEnumerable<StoreCommand> Plan(string work) => work == "bulk"
        ? Enumerable.Range(0, BulkCommands).Select(i => Three(i, $"s{i}"))
        : Enumerable.Range(0, Commands).Select(i => Three(i, $"s{i % 20}"));

    private static StoreCommand Three(int i, string stream) => new(
        $"c{i}", Hash($"c{i}"),
        [
            new StreamFacts(stream, "note", null, [Note($"c{i}"), Note($"c{i} second")]),
            new StreamFacts($"all-{i % 3}", "note", null, [Note($"c{i} third")]),
        ],
        "child");

    private static async Task Append(Store store)
    {
        var plan = Channel.CreateUnbounded<StoreCommand>();
        foreach (var command in Plan("append"))
        {
            plan.Writer.TryWrite(command);
        }

        plan.Writer.Complete();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            await foreach (var command in plan.Reader.ReadAllAsync())
            {
                await store.Append(Tenant, command, CancellationToken.None);
                await Acknowledge([command.Id]);
            }
        })));
    }

    private static async Task Bulk(Store store)
    {
        foreach (var piece in Plan("bulk").Chunk(500))
        {
            await store.AppendBulk(Tenant, piece, CancellationToken.None);
            await Acknowledge(piece.Select(command => command.Id));
        }
    }

    private static async Task Acknowledge(IEnumerable<string> ids)
    {
        foreach (var id in ids)
        {
            await Console.Out.WriteLineAsync(id);
        }

        await Console.Out.FlushAsync();
    }
}
