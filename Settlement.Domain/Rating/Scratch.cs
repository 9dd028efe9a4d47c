namespace Settlement.Domain.Rating;

/// <summary>Room for one rating at a time on each thread: what is only needed on the way is not allocated anew.</summary>
internal sealed class Scratch
{
    private const int Kept = 512;

    [ThreadStatic]
    private static Scratch? own;

    public Slice[] Slices = [];
    public RatedLine[] Lines = [];

    public static Scratch Rent(int periods)
    {
        if (periods > Kept)
        {
            return new Scratch { Slices = new Slice[periods], Lines = new RatedLine[periods * 2] };
        }

        var scratch = own ??= new Scratch();
        if (scratch.Slices.Length < periods)
        {
            scratch.Slices = new Slice[Math.Max(16, periods)];
            scratch.Lines = new RatedLine[Math.Max(32, periods * 2)];
        }

        return scratch;
    }

    public void Add(RatedLine line, int index)
    {
        if (index >= Lines.Length)
        {
            Array.Resize(ref Lines, Math.Max(32, Lines.Length * 2));
        }

        Lines[index] = line;
    }
}
