using System.Text;
using System.Text.Json;
using Settlement.Domain;
using Settlement.Projections.EventStore;

namespace Settlement.Tests.EventStore;

/// <summary>rules-store 1, for every fact of the program: filled in all its parts it reads back as it was written.</summary>
public sealed class StoredFactsTests
{
    public static TheoryData<string> Names => [.. EventNames.Standard.All.Select(entry => entry.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_fact_reads_back_as_it_was_written(string name)
    {
        var entry = EventNames.Standard.All.Single(e => e.Name == name);
        var sample = Samples.Of(entry.Type);
        var text = Text(sample, entry.Type);
        var read = EventNames.Standard.Read(name, Encoding.UTF8.GetBytes(text));
        if (entry.IsWritten)
        {
            Text(read, entry.Type).ShouldBe(text);
            EventNames.Standard.Of(sample).Name.ShouldBe(name);
        }
    }

    private static string Text(Fact fact, Type type) =>
        JsonSerializer.Serialize(fact, type, EventJson.Options());
}
