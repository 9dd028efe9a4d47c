using System.Globalization;
using System.Text;
using NodaTime.Text;
using Settlement.Domain.Statements;

namespace Settlement.Domain.Periods;

/// <summary>
/// What a statement's root is over: one text per line, fields separated by <c>|</c>, in the order of the lines'
/// numbers. A partner computes it from the detail file; nothing in it is about a driver.
/// </summary>
public static class StatementLeaf
{
    /// <summary>number|kind|creditor|debtor|CDR id|currency|start|end|kWh|net|tax|due — amounts in minor units.</summary>
    public static byte[] Of(StatementLine line) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"{line.Number}|{line.Kind}|{line.Direction.Creditor}|{line.Direction.Debtor}|{line.CdrId}|{line.Direction.CurrencyCode}|"
        + $"{InstantPattern.ExtendedIso.Format(line.Start)}|{InstantPattern.ExtendedIso.Format(line.End)}|"
        + $"{line.EnergyKwh:0.############}|{line.Net}|{line.Tax}|{line.Due}"));
}
