using System.Runtime.ExceptionServices;
using System.Text.Json;

namespace Settlement.Projections.EventStore;

/// <summary>
/// One call of many commands, in pieces of a transaction each: while one piece is written the next is encoded.
/// </summary>
internal sealed class BulkAppend(
    string tenant, IReadOnlyList<StoreCommand> commands, EventEncoder encoder, TenantWriter writer)
{
    private const int MostBytes = 16 * 1024 * 1024;
    private const int EventsOfSlice = 500;
    private const int BytesOfSlice = 512 * 1024;

    /// <summary>One core is left to what is being written meanwhile.</summary>
    private static readonly ParallelOptions Cores = new()
    {
        MaxDegreeOfParallelism = Math.Max(1, Environment.ProcessorCount - 1),
    };

    private readonly AppendAnswer[] answers = new AppendAnswer[commands.Count];

    public async Task<IReadOnlyList<AppendAnswer>> Run(CancellationToken stop)
    {
        var writing = Task.CompletedTask;
        var last = (long?)null; // number of the last event of the piece before, if all goes well
        try
        {
            for (var start = 0; start < answers.Length;)
            {
                var piece = Encode(start);
                start = piece.End;
                var batch = piece.Slices.SelectMany(slice => slice.Commands).ToList();
                var encoded = batch.ConvertAll(one => one.Command);
                var plan = writer.PlanUnseen(tenant, encoded, last);
                last = plan?.LastNumber;
                await writing;
                writing = Write(piece, batch, encoded, plan, stop);
            }
        }
        finally
        {
            await writing;
        }

        return answers;
    }

    private async Task Write(
        Piece piece, List<(int Place, EncodedCommand Command)> batch, List<EncodedCommand> encoded, AppendPlan? plan,
        CancellationToken stop)
    {
        try
        {
            if (batch.Count == 0)
            {
                return;
            }

            var written = await writer.Write(tenant, encoded, memory: null, stop, plan);
            for (var i = 0; i < batch.Count; i++)
            {
                answers[batch[i].Place] = written[i];
            }
        }
        finally
        {
            piece.Slices.ForEach(slice => slice.Rows.Dispose());
        }
    }

    /// <summary>Encodes slices, some at a time, until a transaction is full.</summary>
    private Piece Encode(int start)
    {
        var piece = new Piece { End = start };
        while (piece.End < commands.Count && piece.Bytes < MostBytes && !piece.IsFull)
        {
            var slices = new List<Slice>();
            while (slices.Count < Cores.MaxDegreeOfParallelism && Cut(piece) is { } slice)
            {
                slices.Add(slice);
            }

            EncodeAll(slices);
            piece.Slices.AddRange(slices);
            piece.Bytes += slices.Sum(slice => slice.Rows.Length);
        }

        return piece;
    }

    /// <summary>The next commands; null: the transaction is full, or there are none.</summary>
    private Slice? Cut(Piece piece)
    {
        var slice = new Slice(piece.End);
        var events = 0;
        for (; piece.End < commands.Count && events < EventsOfSlice; piece.End++)
        {
            var command = commands[piece.End];
            var coming = 0;
            foreach (var stream in command.Streams)
            {
                coming += stream.Facts.Count;
            }

            if (piece.Events > 0 && piece.Events + coming > EventStore.MostBulkEvents)
            {
                piece.IsFull = true;
                break;
            }

            slice.Sources.Add(command);
            events += coming;
            piece.Events += coming;
        }

        return slice.Sources.Count > 0 ? slice : null;
    }

    private void EncodeAll(List<Slice> slices)
    {
        try
        {
            Parallel.ForEach(slices, Cores, Encode);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]); // a bug of the caller: as it was thrown
        }
    }

    private void Encode(Slice slice)
    {
        var at = slice.Start;
        foreach (var command in slice.Sources)
        {
            try
            {
                slice.Commands.Add((at, encoder.EncodeRows(tenant, command, slice.Rows)));
            }
            catch (JsonException e)
            {
                answers[at] = EventStore.NotStorable(command, e);
            }

            at++;
        }
    }

    /// <summary>Neighbouring commands, whose rows stand in one buffer.</summary>
    private sealed record Slice(int Start)
    {
        public List<StoreCommand> Sources { get; } = [];

        public CopyRows Rows { get; } = new(BytesOfSlice);

        public List<(int Place, EncodedCommand Command)> Commands { get; } = [];
    }

    /// <summary>What is written in one transaction.</summary>
    private sealed class Piece
    {
        public List<Slice> Slices { get; } = [];

        public int End { get; set; }

        public int Events { get; set; }

        public long Bytes { get; set; }

        public bool IsFull { get; set; }
    }
}
