using Settlement.Domain.Agreements;
using Settlement.Domain.Tax;

namespace Settlement.Domain.Ledger;

/// <summary>
/// A ledger account, named by its parts. The constructors below are the whole chart: there is no account that a
/// fee, margin or surcharge could be posted to (rules-money 1). Parties are home ids.
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

    /// <summary>What of a due was settled against the other direction.</summary>
    public static Account SetOff(PartyId debtor, PartyId creditor) => new($"setoff:{debtor}:{creditor}");

    /// <summary>What of a due is withheld while the two disagree about it.</summary>
    public static Account Disputed(PartyId debtor, PartyId creditor) => new($"disputed:{debtor}:{creditor}");

    /// <summary>Money that a party paid.</summary>
    public static Account Payment(PartyId payer) => new($"payment:{payer}");

    /// <summary>Money that a party paid and that matches nothing yet.</summary>
    public static Account Unapplied(PartyId payer) => new($"unapplied:{payer}");

    /// <summary>Two currencies meet here, <c>USD-CAD</c>.</summary>
    public static Account Fx(string from, string to) => new($"fx:{from}-{to}");

    /// <summary>What one rounding at the end of a conversion leaves.</summary>
    public static Account Rounding { get; } = new("rounding");

    /// <summary>What a creditor gave up.</summary>
    public static Account WriteOff(PartyId creditor) => new($"writeoff:{creditor}");

    /// <summary>The other side of balances brought along from before; nothing else touches it.</summary>
    public static Account Opening { get; } = new("opening");

    /// <summary>An account that was posted to before, by the name it was stored under.</summary>
    public static Account Stored(string name) => new(name);

    public override string ToString() => Name;
}
