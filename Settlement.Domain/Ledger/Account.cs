using Settlement.Domain.Agreements;
using Settlement.Domain.Tax;

namespace Settlement.Domain.Ledger;

/// <summary>
/// A ledger account, named by its parts. The constructors below are the whole chart: there is no account that a
/// fee, margin or surcharge could be posted to (rules-money 1).
/// </summary>
public readonly record struct Account
{
    private Account(string name) => Name = name;

    public string Name { get; }

    /// <summary>What the debtor owes the creditor.</summary>
    public static Account Due(PartyId debtor, PartyId creditor) => new($"due:{debtor}:{creditor}");

    /// <summary>What a CPO earned, by component.</summary>
    public static Account Charge(PartyId cpo, ChargeComponent component) => new($"charge:{cpo}:{component}");

    /// <summary>A tax charged, by who remits it and where.</summary>
    public static Account Tax(string remitter, string place, string tax) => new($"tax:{remitter}:{place}:{tax}");

    public override string ToString() => Name;
}
