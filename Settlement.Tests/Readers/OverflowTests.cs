using Settlement.Domain;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;

namespace Settlement.Tests.Readers;

/// <summary>A CDR whose numbers no amount can be made of is held for that, by itself.</summary>
public sealed class OverflowTests
{
    [Theory]
    [InlineData("overflow-time.json")]
    [InlineData("imp-2924.json")]
    public void Two_thousand_million_hours_are_held_as_too_large(string name)
    {
        var json = FaultVectors.Fault(name);
        var read = CdrReader.Read(json, new CdrReadOptions()).ShouldBeOfType<CdrReading.Read>();
        var received = Samples.Received(read);

        CdrSettlement.Settle(received, Samples.Terms).ShouldBeOfType<CdrFact.CdrHeld>()
            .Reasons.ShouldContain(reason => reason.Code == "amount.overflow");
    }

    [Fact]
    public void Looked_at_again_when_its_tariff_comes_it_is_held_as_too_large()
    {
        var json = FaultVectors.Fault("overflow-time.json");
        var received = Samples.Received(
            CdrReader.Read(json, new CdrReadOptions()).ShouldBeOfType<CdrReading.Read>()) with { Holds = [] };
        var missing = new CdrFact.CdrHeld(received.Heading, [new Finding("tariff.missing", "/tariffs", "none")], null);
        var state = CdrState.Of([received, missing]);

        ReviewHeldCdr.Decide(state, Samples.Terms).ShouldHaveSingleItem().ShouldBeOfType<CdrFact.CdrHeld>()
            .Reasons.ShouldHaveSingleItem().Code.ShouldBe("amount.overflow");
    }
}
