namespace Settlement.Bench.Files;

/// <summary>By how much the process grew while something ran, looked at every ten milliseconds.</summary>
internal sealed class Peak : IDisposable
{
    private readonly long before = Environment.WorkingSet;
    private readonly Timer timer;
    private long most;

    public Peak() => timer = new Timer(
        _ => Interlocked.Exchange(ref most, Math.Max(Interlocked.Read(ref most), Environment.WorkingSet)), null, 0, 10);

    public long Added => Math.Max(0, Interlocked.Read(ref most) - before);

    public void Dispose() => timer.Dispose();
}
