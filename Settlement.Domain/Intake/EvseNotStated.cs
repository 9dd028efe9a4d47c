namespace Settlement.Domain.Intake;

/// <summary>
/// A 2.1.1 location with several connectors does not state which one was used. The CDR is settled as if each had been:
/// where the answers differ, nobody knows the price or the tax.
/// </summary>
internal static class EvseNotStated
{
    public const string Code = "location.evse-not-stated";

    /// <summary>More are not tried one by one: no session is charged at a whole parking garage.</summary>
    private const int Most = 200;

    /// <param name="answer">As settled at the first connector.</param>
    /// <param name="settle">Settles it as at another.</param>
    /// <returns>Null: there is one connector, or it does not matter which.</returns>
    public static CdrFact.CdrHeld? Decides(
        CdrFact.CdrReceived received, CdrFact answer, Func<CdrFact.CdrReceived, CdrFact> settle)
    {
        var cdr = received.Cdr;
        if (cdr.Location.OtherConnectors is not { Count: > 0 } others)
        {
            return null;
        }

        var other = others.Count > Most ? null : others.FirstOrDefault(each => !Same(
            answer, settle(received with { Cdr = cdr with { Location = cdr.Location.At(each) } })));
        if (other is null && others.Count <= Most)
        {
            return null;
        }

        var (reasons, expected) = answer is CdrFact.CdrHeld held ? (held.Reasons, held.Expected) : ([], null);
        return new CdrFact.CdrHeld(
            received.Heading,
            [
                new Finding(Code, "/location/evses",
                    $"The location lists {others.Count + 1} connectors and the CDR does not state which was used; price or tax "
                    + $"depends on it{(other is null ? "" : $" ({Name(cdr.Location)} or {Name(other)})")}. Ask the CPO to send "
                    + "the one used alone, as OCPI 2.1.1 requires."),
                .. reasons,
            ],
            expected);
    }

    private static bool Same(CdrFact one, CdrFact other) => (one, other) switch
    {
        (CdrFact.CdrRated { Settled: var a }, CdrFact.CdrRated { Settled: var b }) =>
            (a.Net, a.Tax, a.Due) == (b.Net, b.Tax, b.Due) && a.Charges.SequenceEqual(b.Charges) && a.Taxes.SequenceEqual(b.Taxes),
        (CdrFact.CdrHeld a, CdrFact.CdrHeld b) =>
            a.Reasons.Select(reason => reason.Code).SequenceEqual(b.Reasons.Select(reason => reason.Code), StringComparer.Ordinal),
        _ => false,
    };

    private static string Name(CdrLocation at) => $"{at.EvseUid ?? at.EvseId}, {at.PowerType}";

    private static string Name(CdrConnector at) => $"{at.EvseUid ?? at.EvseId}, {at.PowerType}";
}
