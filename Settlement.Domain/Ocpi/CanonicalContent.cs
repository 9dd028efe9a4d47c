using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Settlement.Domain.Intake;
using Settlement.Domain.Rating;

namespace Settlement.Domain.Ocpi;

/// <summary>
/// What a CDR means, however it is spelt: written from what was read, so that two documents that read alike have equal
/// contents. Instants, not the way a time is written; numbers without trailing zeros; ids and codes without case;
/// absent and default are one; last_updated, of the CDR and of its tariffs, is left out (rules-money 13).
/// </summary>
/// <remarks>
/// Two levels: <see cref="Money"/> is all that can change what is owed, by whom, to whom, when and where; the rest
/// (address, meter data, remarks, invoice_reference_id, members that no reader knows) is kept and changes nothing.
/// </remarks>
public static class CanonicalContent
{
    /// <summary>A buffer grown for one huge document is not kept for the next.</summary>
    private const int LargestKept = 256 * 1024;

    private static readonly ConditionalWeakTable<Tariff, byte[]> Tariffs = [];

    [ThreadStatic]
    private static CanonicalText? texts;

    /// <summary>Keyed digest of the whole meaning. Without the key it tells nothing, though it covers the driver.</summary>
    public static byte[] Digest(CdrReading.Read read, ReadOnlySpan<byte> key)
    {
        var text = Begin();
        Decisive(text, read.Cdr);
        text.Code(Told(read.Personal.TokenUid));
        text.Code(Told(read.Personal.ContractId));
        Remarks(text, read.Cdr);
        Personal(text, read.Personal);
        text.Json(read.Personal.Unread);
        return HMACSHA256.HashData(key, text.Written);
    }

    /// <summary>Digest of members that OCPI knows and that could not be read; null where there are none.</summary>
    public static string? Unread(CdrReading.Read read, ReadOnlySpan<byte> key)
    {
        if (read.Personal.Misread is null)
        {
            return null;
        }

        var text = Begin();
        text.Json(read.Personal.Misread);
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, text.Written).AsSpan(0, 16));
    }

    /// <summary>
    /// Whether the two differ in nothing that can change what is owed. Both with their tariffs; what a reader that did
    /// not know it yet left out of one of them is not compared (<see cref="ReadBefore"/>).
    /// </summary>
    public static bool SameMoney(CdrFact.CdrReceived one, CdrFact.CdrReceived other) =>
        one.Driver == other.Driver && one.Unread == other.Unread
        && ReadBefore.Pairs(one, other).Any(pair => IsSameMoney(pair.One, pair.Other));

    /// <summary>Whether the two tell the same money, member for member.</summary>
    public static bool IsSameMoney(Cdr one, Cdr other) => Money(one).AsSpan().SequenceEqual(Money(other));

    /// <summary>
    /// Whether they differ in nothing at all. Sealed data is compared as it is sealed: the same content under the same
    /// key gives the same bytes.
    /// </summary>
    public static bool Same(CdrFact.CdrReceived one, CdrFact.CdrReceived other) =>
        SameMoney(one, other) && one.Sealed == other.Sealed
        && Remarks(one.Cdr).AsSpan().SequenceEqual(Remarks(other.Cdr));

    /// <summary>All that can change what is owed, of a CDR with its tariffs.</summary>
    internal static byte[] Money(Cdr cdr)
    {
        var text = Begin();
        Decisive(text, cdr);
        return text.Written.ToArray();
    }

    private static byte[] Remarks(Cdr cdr)
    {
        var text = Begin();
        Remarks(text, cdr);
        return text.Written.ToArray();
    }

    private static CanonicalText Begin()
    {
        var text = texts is { } kept && kept.Capacity <= LargestKept ? kept : texts = new CanonicalText();
        text.Clear();
        return text;
    }

    private static void Decisive(CanonicalText text, Cdr cdr)
    {
        text.Code(cdr.Key.Owner.ToString());
        text.Code(cdr.Key.Id);
        text.Code(cdr.TokenOwner.ToString());
        text.Flag(cdr.TokenType == "AD_HOC_USER");
        text.Time(cdr.Start);
        text.Time(cdr.End);
        Place(text, cdr.Location);
        text.Code(cdr.Currency);
        text.Count(cdr.Tariffs.Count);
        foreach (var tariff in cdr.Tariffs)
        {
            text.Code((tariff.Owner ?? cdr.Key.Owner).ToString());
            text.Bytes(Tariffs.GetValue(tariff, Meaning));
        }

        text.Count(cdr.Periods.Count);
        foreach (var period in cdr.Periods)
        {
            Period(text, period);
        }

        Price(text, cdr.TotalCost);
        Price(text, cdr.TotalFixedCost);
        Price(text, cdr.TotalEnergyCost);
        Price(text, cdr.TotalTimeCost);
        Price(text, cdr.TotalParkingCost);
        Price(text, cdr.TotalReservationCost);
        text.Number(cdr.TotalEnergyKwh);
        text.Number(cdr.TotalTimeHours);
        text.Number(cdr.TotalParkingHours);
        text.Flag(cdr.Credit);
        text.Code(cdr.CreditReferenceId);
        text.Flag(cdr.HomeChargingCompensation);
    }

    private static void Place(CanonicalText text, CdrLocation at)
    {
        text.Code(Told(at.Id));
        text.Code(at.City);
        text.Code(at.PostalCode?.Replace(" ", "", StringComparison.Ordinal));
        text.Code(at.State);
        text.Code(at.Country);
        text.Code(at.TimeZone);
        Connector(text, at.Used);
        text.Count(at.OtherConnectors?.Count ?? 0);
        foreach (var other in at.OtherConnectors ?? [])
        {
            Connector(text, other);
        }
    }

    private static void Connector(CanonicalText text, CdrConnector connector)
    {
        text.Code(Told(connector.EvseUid));
        text.Code(Told(connector.EvseId));
        text.Code(Told(connector.Id));
        text.Code(connector.PowerType);
        text.Number(connector.Voltage);
        text.Number(connector.Amperage);
    }

    private static void Period(CanonicalText text, ChargingPeriod period)
    {
        text.Time(period.Start);
        text.Code(period.TariffId);
        text.Number(period.EnergyKwh);
        text.Number(period.TimeHours);
        text.Number(period.ParkingHours);
        text.Number(period.ReservationHours);
        text.Number(period.Flat);
        text.Number(period.MinCurrentA);
        text.Number(period.MaxCurrentA);
        text.Number(period.MinPowerKw);
        text.Number(period.MaxPowerKw);
        text.Number(period.VehicleRequestingPower is { } requests ? (requests ? 1m : 0m) : null);
        text.Number(period.StateOfCharge);
    }

    private static void Price(CanonicalText text, Price? price)
    {
        text.Number(price?.BeforeTaxes);
        text.Number(price?.AfterTaxes);
        text.Count(price?.Taxes.Count ?? 0);
        foreach (var tax in price?.Taxes ?? [])
        {
            text.Code(tax.Name);
            text.Code(tax.AccountNumber);
            text.Number(tax.Percentage);
            text.Number(tax.Amount);
        }
    }

    private static void Remarks(CanonicalText text, Cdr cdr)
    {
        text.Code(cdr.SessionId);
        text.Code(cdr.TokenType ?? "OTHER");
        text.Code(cdr.AuthMethod);
        text.Code(cdr.AuthorizationReference);
        text.Text(cdr.MeterId);
        text.Text(cdr.Location.Name);
        text.Text(cdr.Location.Address);
        foreach (var connector in cdr.Location.Connectors)
        {
            text.Code(connector.Standard);
            text.Code(connector.Format);
        }

        text.Code(cdr.InvoiceReferenceId);
        text.Code(cdr.SignedDataSha256);
        text.Count(cdr.Tariffs.Count);
        foreach (var tariff in cdr.Tariffs)
        {
            text.Json(tariff.Unread);
            text.Text(tariff.AltUrl);
            text.Count(tariff.AltText?.Count ?? 0);
            foreach (var alternative in tariff.AltText ?? [])
            {
                text.Code(alternative.Language);
                text.Text(alternative.Text);
            }
        }
    }

    private static void Personal(CanonicalText text, PersonalData personal)
    {
        text.Code(personal.AuthorizationReference);
        text.Coordinate(personal.Latitude);
        text.Coordinate(personal.Longitude);
        text.Text(personal.Remark);
        text.Text(personal.HomeAddress);
        text.Code(personal.HomePostalCode?.Replace(" ", "", StringComparison.Ordinal));
        text.Text(personal.HomeMeterId);
    }

    /// <summary>SHA-256 of what a tariff says; computed once for each tariff read.</summary>
    private static byte[] Meaning(Tariff tariff)
    {
        var text = new CanonicalText();
        text.Code(tariff.Id);
        text.Code(tariff.Currency);
        text.Code(tariff.Type);
        Limit(text, tariff.MinPrice);
        Limit(text, tariff.MaxPrice);
        text.Count((int)tariff.TaxIncluded);
        text.Time(tariff.ValidFrom);
        text.Time(tariff.ValidTo);
        text.Count(tariff.Elements.Count);
        foreach (var element in tariff.Elements)
        {
            text.Count(element.Components.Count);
            foreach (var component in element.Components)
            {
                text.Count((int)component.Type);
                text.Number(component.Price);
                text.Count(component.StepSize <= 1 ? 0 : component.StepSize); // 0 and 1 are both exact
                text.Number(component.VatPercent);
            }

            Restrictions(text, element.Restrictions ?? new TariffRestrictions(), tariff);
        }

        return SHA256.HashData(text.Written);
    }

    private static void Limit(CanonicalText text, PriceLimit? limit)
    {
        text.Number(limit?.BeforeTaxes);
        text.Number(limit?.AfterTaxes);
    }

    private static void Restrictions(CanonicalText text, TariffRestrictions when, Tariff tariff)
    {
        text.Text(when.StartTime?.ToString("HH:mm:ss", null));
        text.Text(when.EndTime?.ToString("HH:mm:ss", null));
        text.Text(when.StartDate?.ToString("uuuu-MM-dd", null));
        text.Text(when.EndDate?.ToString("uuuu-MM-dd", null));
        text.Number(when.MinKwh);
        text.Number(when.MaxKwh);
        text.Number(when.MinCurrentA);
        text.Number(when.MaxCurrentA);
        text.Number(when.MinPowerKw);
        text.Number(when.MaxPowerKw);
        text.Number(when.MinDurationSeconds);
        text.Number(when.MaxDurationSeconds);
        text.Number(when.MinNotRequestingPowerSeconds);
        text.Number(when.MaxNotRequestingPowerSeconds);
        text.Number(when.MinStateOfCharge);
        text.Number(when.MaxStateOfCharge);
        text.Count(when.DaysOfWeek.Aggregate(0, (days, day) => days | (1 << (int)day)));
        text.Code(when.Reservation);
        // what could not be understood is told apart by the bytes it came in
        text.Text(when.UnknownKeys.Count == 0 ? null : tariff.ContentHash);
    }

    /// <summary>OCPI's word for what does not apply is as good as nothing.</summary>
    private static string? Told(string? text) => text == "#NA" ? null : text;
}
