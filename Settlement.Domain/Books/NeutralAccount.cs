using Settlement.Domain.Agreements;

namespace Settlement.Domain.Books;

/// <summary>The kinds of accounts of the neutral ledger (rules-money 1).</summary>
public enum NeutralKind
{
    Due,
    Charge,
    Tax,
    SetOff,
    Disputed,
    Payment,
    Unapplied,
    Fx,
    Rounding,
    WriteOff,
    Opening,
}

/// <summary>An account of the neutral ledger, read from its name.</summary>
/// <param name="Debtor">Of due, set-off, disputed; the payer of payment and unapplied.</param>
/// <param name="Creditor">Of due, set-off, disputed; the CPO of charge; who gives up of write-off.</param>
/// <param name="Remitter">Of tax: a party, or the owner of the station.</param>
/// <param name="Detail">Component; place and tax; the two currencies of fx.</param>
public sealed record NeutralAccount(
    NeutralKind Kind, PartyId? Debtor, PartyId? Creditor, string? Remitter, string Detail)
{
    /// <exception cref="FormatException">No such account is in the chart.</exception>
    public static NeutralAccount Parse(string name)
    {
        var parts = name.Split(':');
        return (parts[0], parts.Length) switch
        {
            ("due", 3) => Between(NeutralKind.Due),
            ("setoff", 3) => Between(NeutralKind.SetOff),
            ("disputed", 3) => Between(NeutralKind.Disputed),
            ("charge", 3) => new(NeutralKind.Charge, null, Party(1), null, parts[2]),
            // the place of a local tax has a colon of its own
            ("tax", >= 4) => new(NeutralKind.Tax, null, null, parts[1], string.Join(':', parts[2..])),
            ("payment", 2) => new(NeutralKind.Payment, Party(1), null, null, ""),
            ("unapplied", 2) => new(NeutralKind.Unapplied, Party(1), null, null, ""),
            ("fx", 2) => new(NeutralKind.Fx, null, null, null, parts[1]),
            ("rounding", 1) => new(NeutralKind.Rounding, null, null, null, ""),
            ("opening", 1) => new(NeutralKind.Opening, null, null, null, ""),
            ("writeoff", 2) => new(NeutralKind.WriteOff, null, Party(1), null, ""),
            _ => throw Unknown(),
        };

        NeutralAccount Between(NeutralKind kind) => new(kind, Party(1), Party(2), null, "");

        PartyId Party(int at) => PartyId.Parse(parts[at]) ?? throw Unknown();

        FormatException Unknown() => new($"'{name}' is no account of the ledger.");
    }
}
