using NodaTime;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Statements;

namespace Settlement.Api.Statements;

/// <summary>A party's month with one counterparty, as addresses name it.</summary>
/// <param name="To">Whose statement it is.</param>
public sealed record StatementAddress(PartyId To, PartyId Counterparty, YearMonth Month)
{
    public Relationship Relationship => Relationship.Between(To, Counterparty);

    /// <summary>Null where it is no address, or nothing is to be settled between the two.</summary>
    public static async Task<StatementAddress?> Find(
        Engine engine, string party, string counterparty, string month, CancellationToken stop) =>
        PartyId.Parse(party) is { } to && PartyId.Parse(counterparty) is { } other && to != other
            && Output.Month(month, out _) is { } wanted
            && (await engine.Reports.TenantsWithMovement(null, stop))
                .Contains(Relationship.Between(to, other).ToString(), StringComparer.Ordinal)
                ? new StatementAddress(to, other, wanted)
                : null;

    public static Refusal Unknown(string party, string counterparty, string month) => new(
        "statement.unknown", $"There is no statement to {party} with {counterparty} for {month}.");

    /// <summary>Its figures as they are now.</summary>
    public async Task<Statement> Read(Engine engine, CancellationToken stop) => await engine.Reports.Statement(
        To, Counterparty, Month, await engine.Books.Terms(Relationship, Month, stop), stop);
}
