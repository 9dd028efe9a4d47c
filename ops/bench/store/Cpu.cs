using System.Diagnostics;
using System.Globalization;

namespace Settlement.Bench;

/// <summary>
/// Processor time of this program and of the server with all its processes: on a machine shared with others it tells
/// more than the clock does.
/// </summary>
internal sealed record Cpu(double Client, double Server)
{
    public static Cpu Now(int server) => new(
        Process.GetCurrentProcess().TotalProcessorTime.TotalMicroseconds,
        Directory.GetDirectories("/proc")
            .Select(folder => Ticks(folder, server))
            .Sum() * 10_000.0); // a tick is a hundredth of a second

    public static Cpu operator -(Cpu a, Cpu b) => new(a.Client - b.Client, a.Server - b.Server);

    public string Per(double events) => $"{Client / events:F1}+{Server / events:F1} us";

    /// <summary>Ticks of a process, if it is the server or one of its own (with what its dead children used).</summary>
    private static long Ticks(string folder, int server)
    {
        if (!int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id))
        {
            return 0;
        }

        try
        {
            var stat = File.ReadAllText(folder + "/stat");
            var cells = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            var parent = int.Parse(cells[1], CultureInfo.InvariantCulture);
            var own = long.Parse(cells[11], CultureInfo.InvariantCulture) + long.Parse(cells[12], CultureInfo.InvariantCulture);
            var dead = long.Parse(cells[13], CultureInfo.InvariantCulture) + long.Parse(cells[14], CultureInfo.InvariantCulture);
            return id == server ? own + dead : parent == server ? own : 0;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
