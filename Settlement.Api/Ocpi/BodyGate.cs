using System.Buffers;

namespace Settlement.Api.Ocpi;

/// <summary>What became of reading a body.</summary>
public enum BodyOutcome
{
    Read,
    TooLarge,

    /// <summary>Too many bodies are on their way already, of this sender or in all.</summary>
    Busy,

    /// <summary>It did not arrive within the time that a body has.</summary>
    Late,
}

/// <summary>
/// Reads bodies so that memory stays flat and no sender holds up another: small ones at once, large ones only within
/// a budget of bytes, of which one sender has a share; who comes when it is spent waits, and in the end is asked to
/// come again. A body has to arrive within a time, so that a slow one gives its place back.
/// </summary>
public sealed class BodyGate
{
    public const int MostBytes = 10 * 1024 * 1024;

    /// <summary>The largest that needs no turn: what a CDR usually has, several times over.</summary>
    private const int Small = 64 * 1024;

    /// <summary>Bodies of one sender that arrive at once; the connections are everybody's.</summary>
    private const int MostArriving = 256;

    /// <summary>A sender's share of the budget.</summary>
    private const int Share = 4;

    private readonly SharedTurns large;
    private readonly SharedTurns arriving = new(int.MaxValue, MostArriving);
    private readonly TimeSpan patience;
    private readonly TimeSpan deadline;

    /// <param name="budget">Bytes of large bodies that are in memory at once.</param>
    /// <param name="patience">How long a large body waits for its turn.</param>
    /// <param name="deadline">How long a body may take to arrive.</param>
    public BodyGate(int budget, TimeSpan patience, TimeSpan deadline)
    {
        var turns = Math.Max(1, budget / MostBytes);
        large = new SharedTurns(turns, Math.Max(1, turns / Share));
        this.patience = patience;
        this.deadline = deadline;
    }

    /// <summary>The lease is given back when the request is answered.</summary>
    /// <param name="sender">Who shares a turn: the token.</param>
    public async ValueTask<(BodyOutcome Outcome, byte[] Body, IDisposable? Lease)> Read(
        HttpRequest request, string sender, CancellationToken stop)
    {
        if (request.ContentLength > MostBytes)
        {
            return (BodyOutcome.TooLarge, [], null);
        }

        using var place = await arriving.Take(sender, TimeSpan.Zero, stop);
        IDisposable? lease = null;
        if (place is null
            || (request.ContentLength > Small && (lease = await large.Take(sender, patience, stop)) is null))
        {
            return (BodyOutcome.Busy, [], null);
        }

        using var time = new CancellationTokenSource(deadline);
        using var late = time.Token.Register(request.BodyReader.CancelPendingRead); // ends a read and not the connection
        try
        {
            var (outcome, body) = await Read(request, sender, time, lease is not null, turn => lease = turn, stop);
            if (outcome != BodyOutcome.Read)
            {
                lease?.Dispose();
            }

            return (outcome, body, outcome == BodyOutcome.Read ? lease : null);
        }
        catch
        {
            lease?.Dispose();
            throw;
        }
    }

    private async Task<(BodyOutcome, byte[])> Read(
        HttpRequest request, string sender, CancellationTokenSource time, bool hasTurn, Action<IDisposable> turn,
        CancellationToken stop)
    {
        var whole = request.ContentLength is { } length ? new byte[length] : null;
        var buffer = new ArrayBufferWriter<byte>(16 * 1024);
        var count = 0;
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(stop);
            foreach (var piece in read.Buffer)
            {
                piece.Span.CopyTo(whole is null ? buffer.GetSpan(piece.Length) : whole.AsSpan(count));
                buffer.Advance(whole is null ? piece.Length : 0);
                count += piece.Length;
            }

            request.BodyReader.AdvanceTo(read.Buffer.End);
            if (read.IsCanceled)
            {
                return (BodyOutcome.Late, []);
            }

            if (count > MostBytes)
            {
                return (BodyOutcome.TooLarge, []);
            }

            if (read.IsCompleted)
            {
                return (BodyOutcome.Read, whole ?? buffer.WrittenSpan.ToArray());
            }

            if (!hasTurn && count > Small)
            {
                time.CancelAfter(Timeout.InfiniteTimeSpan); // waiting for others is not the sender's time
                if (await large.Take(sender, patience, stop) is not { } taken)
                {
                    return (BodyOutcome.Busy, []);
                }

                turn(taken);
                hasTurn = true;
                time.CancelAfter(deadline);
            }
        }
    }
}
