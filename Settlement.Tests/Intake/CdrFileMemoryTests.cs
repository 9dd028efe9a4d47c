using System.IO.Compression;
using System.Text;
using Settlement.Api.Intake;

namespace Settlement.Tests.Intake;

/// <summary>Memory is the whole process's: these tests run when no other does.</summary>
[CollectionDefinition(nameof(CdrFileMemoryTests), DisableParallelization = true)]
[Collection(nameof(CdrFileMemoryTests))]
public sealed class CdrFileMemoryTests
{
    [Fact]
    public async Task A_large_gzipped_file_is_read_in_flat_memory_with_its_progress()
    {
        var path = Path.GetTempFileName();
        try
        {
            const int Objects = 40_000;
            await WriteLargeArray(path, Objects);
            var (count, bytes, peak, last) = (0, 0L, 0L, 0L);
            var before = GC.GetTotalMemory(forceFullCollection: true);
            await foreach (var chunk in CdrFile.Read(path, TestContext.Current.CancellationToken))
            {
                count += chunk.Objects.Count(item => item.Refusal is null);
                bytes += chunk.Objects.Sum(item => (long)item.Json.Length);
                chunk.BytesRead.ShouldBeInRange(last, chunk.FileBytes);
                last = chunk.BytesRead;
                if (count % 8192 < 600)
                {
                    peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: true) - before);
                }
            }

            (count, bytes > 30_000_000, last).ShouldBe((Objects, true, new FileInfo(path).Length));
            peak.ShouldBeLessThan(8_000_000);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static async Task WriteLargeArray(string path, int objects)
    {
        await using var file = File.Create(path);
        await using var zip = new GZipStream(file, CompressionLevel.Fastest);
        await using var text = new StreamWriter(zip, new UTF8Encoding(false));
        var filler = new string('x', 780);
        for (var i = 0; i < objects; i++)
        {
            await text.WriteAsync($"{(i == 0 ? '[' : ',')}{{\"id\":\"{i}\",\"filler\":\"{filler}\"}}");
        }

        await text.WriteAsync(']');
    }
}
