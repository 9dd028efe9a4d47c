using System.Text;
using System.Text.Json;
using Settlement.Domain;
using Settlement.Domain.Ledger;
using Settlement.Domain.Payments;
using Settlement.Projections.EventStore;
using Settlement.Projections.Tables;

namespace Settlement.Tests.EventStore;

/// <summary>
/// The ledger passes over facts of the kinds that have no rows (rules-store 13): a new kind that moves money and is not
/// listed there would be in the log and in no balance.
/// </summary>
public sealed class FactsWithRowsTests
{
    public static TheoryData<string> WithoutRows => [.. EventNames.Standard.All
        .Where(entry => !SettlementLedger.HasRows(Fact(entry))).Select(entry => entry.Name)];

    [Theory]
    [MemberData(nameof(WithoutRows))]
    public void A_fact_without_rows_moves_no_money(string name)
    {
        var fact = Fact(EventNames.Standard.All.Single(entry => entry.Name == name));
        Journals.Of(fact).ShouldBeEmpty();
        Movement.Of(fact).ShouldBeNull();
        ItemMove.Of(fact).ShouldBeEmpty();
    }

    /// <summary>As the ledger gets it: what was stored under a former name is today's fact.</summary>
    private static Fact Fact(EventNames.Entry entry)
    {
        var stored = JsonSerializer.Serialize(Samples.Of(entry.Type), entry.Type, EventJson.Options());
        return EventNames.Standard.Read(entry.Name, Encoding.UTF8.GetBytes(stored));
    }
}
