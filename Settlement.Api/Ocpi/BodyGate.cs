using System.Buffers;

namespace Settlement.Api.Ocpi;

/// <summary>What became of reading a body.</summary>
public enum BodyOutcome
{
    Read,
    TooLarge,

    /// <summary>Too many large bodies are in memory already.</summary>
    Busy,
}

/// <summary>
/// Reads bodies so that memory stays flat: small ones at once, large ones only within a budget of bytes; who comes
/// when it is spent waits, and in the end is asked to come again.
/// </summary>
public sealed class BodyGate : IDisposable
{
    public const int MostBytes = 10 * 1024 * 1024;

    /// <summary>The largest that needs no turn: what a CDR usually has, several times over.</summary>
    private const int Small = 64 * 1024;

    private readonly SemaphoreSlim turns;
    private readonly TimeSpan patience;

    public BodyGate(int budget, TimeSpan patience)
    {
        turns = new SemaphoreSlim(Math.Max(1, budget / MostBytes));
        this.patience = patience;
    }

    /// <summary>The lease is given back when the request is answered.</summary>
    public async ValueTask<(BodyOutcome Outcome, byte[] Body, IDisposable? Lease)> Read(
        HttpRequest request, CancellationToken stop)
    {
        if (request.ContentLength > MostBytes)
        {
            return (BodyOutcome.TooLarge, [], null);
        }

        Lease? lease = null;
        if (request.ContentLength > Small && (lease = await Take(stop)) is null)
        {
            return (BodyOutcome.Busy, [], null);
        }

        try
        {
            if (request.ContentLength is { } length)
            {
                var whole = new byte[length];
                await request.Body.ReadExactlyAsync(whole, stop);
                return (BodyOutcome.Read, whole, lease);
            }

            var buffer = new ArrayBufferWriter<byte>(16 * 1024);
            while (await request.Body.ReadAsync(buffer.GetMemory(16 * 1024), stop) is > 0 and var read)
            {
                buffer.Advance(read);
                if (buffer.WrittenCount > MostBytes)
                {
                    lease?.Dispose();
                    return (BodyOutcome.TooLarge, [], null);
                }

                if (lease is null && buffer.WrittenCount > Small && (lease = await Take(stop)) is null)
                {
                    return (BodyOutcome.Busy, [], null);
                }
            }

            return (BodyOutcome.Read, buffer.WrittenSpan.ToArray(), lease);
        }
        catch
        {
            lease?.Dispose();
            throw;
        }
    }

    public void Dispose() => turns.Dispose();

    private async Task<Lease?> Take(CancellationToken stop) =>
        await turns.WaitAsync(patience, stop) ? new Lease(turns) : null;

    private sealed class Lease(SemaphoreSlim turns) : IDisposable
    {
        private int given;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref given, 1) == 0)
            {
                turns.Release();
            }
        }
    }
}
