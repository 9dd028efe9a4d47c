using FsCheck;
using FsCheck.Fluent;
using Settlement.Domain.Agreements;
using Settlement.Domain.Statements;

namespace Settlement.Tests.Files;

/// <summary>The rows of a report stand in one order, whatever the database they came from.</summary>
public sealed class ReportOrderTests
{
    private static readonly Relationship Pair = Relationship.Parse("CA-FLO~US-CPI")!.Value;
    private static readonly Direction One = new(Pair, Pair.A, Pair.B, "CAD");

    // as bytes count; a collation of a language leaves signs out: 9%, 98%, 9.975%
    private static readonly TaxTotal[] InOrder =
    [
        Tax("9%"), Tax("9.975%"), Tax("98%"),
        Tax("98%") with { Recoverable = true },
        Tax("98%") with { Remitter = "station-owner" },
    ];

    [Fact]
    public void However_taxes_come_they_leave_the_same() =>
        Prop.ForAll(Gen.Shuffle(InOrder).ToArbitrary(), rows => rows.InOrder().SequenceEqual(InOrder))
            .Check(Laws.Config(100));

    private static TaxTotal Tax(string rate) =>
        new(One, "CA-QC", "CA-QC", "QST", rate, "Charged", "CPO", false, 100, 0m, 10, 1);
}
