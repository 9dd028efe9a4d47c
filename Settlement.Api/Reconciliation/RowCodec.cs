using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Domain.Reconciliation;

namespace Settlement.Api.Reconciliation;

/// <summary>Rows in a temporary file of this process: a few hundred bytes each, read back as they were.</summary>
internal static class RowCodec
{
    private const byte OursThere = 1;
    private const byte TheirsThere = 2;
    private const byte DifferenceThere = 4;

    public static void Write(BinaryWriter to, ListedCdr row)
    {
        to.Write7BitEncodedInt64(row.Line);
        to.Write7BitEncodedInt64(row.Entry ?? 0); // numbers count from 1
        Text(to, row.Cpo?.ToString());
        to.Write(row.Id);
        to.Write((byte)((row.Credit ? 1 : 0) | ((int)row.Standing << 1)));
        Text(to, row.SessionId);
        Text(to, row.AuthorizationReference);
        Text(to, row.EvseId);
        Text(to, row.Driver);
        Time(to, row.Start);
        Time(to, row.End);
        Number(to, row.EnergyKwh);
        to.Write(row.Currency);
        Number(to, row.Net);
        Number(to, row.Tax);
        Number(to, row.Total);
        Number(to, row.Claimed);
        Text(to, row.Detail);
    }

    public static ListedCdr ReadRow(BinaryReader from)
    {
        var line = from.Read7BitEncodedInt64();
        var entry = from.Read7BitEncodedInt64();
        var cpo = Text(from);
        var id = from.ReadString();
        var flags = from.ReadByte();
        return new ListedCdr
        {
            Line = line,
            Entry = entry == 0 ? null : entry,
            Cpo = cpo is null ? null : PartyId.Parse(cpo),
            Id = id,
            Credit = (flags & 1) != 0,
            Standing = (ListStanding)(flags >> 1),
            SessionId = Text(from),
            AuthorizationReference = Text(from),
            EvseId = Text(from),
            Driver = Text(from),
            Start = Time(from),
            End = Time(from),
            EnergyKwh = Number(from),
            Currency = from.ReadString(),
            Net = Number(from),
            Tax = Number(from),
            Total = Number(from),
            Claimed = Number(from),
            Detail = Text(from),
        };
    }

    public static void Write(BinaryWriter to, ReconciledRow row)
    {
        to.Write((byte)row.Category);
        to.Write(row.Reason);
        to.Write((byte)row.Tier);
        to.Write((byte)((row.Ours is null ? 0 : OursThere) | (row.Theirs is null ? 0 : TheirsThere)
            | (row.DifferenceMinor is null ? 0 : DifferenceThere)));
        if (row.Ours is { } ours)
        {
            Write(to, ours);
        }

        if (row.Theirs is { } theirs)
        {
            Write(to, theirs);
        }

        if (row.DifferenceMinor is { } difference)
        {
            to.Write7BitEncodedInt64(difference);
        }
    }

    public static ReconciledRow ReadOutcome(BinaryReader from)
    {
        var (category, reason, tier, flags) = (
            (ReconciliationCategory)from.ReadByte(), from.ReadString(), from.ReadByte(), from.ReadByte());
        var ours = (flags & OursThere) != 0 ? ReadRow(from) : null;
        var theirs = (flags & TheirsThere) != 0 ? ReadRow(from) : null;
        long? difference = (flags & DifferenceThere) != 0 ? from.Read7BitEncodedInt64() : null;
        return new ReconciledRow(category, reason, tier, ours, theirs, difference);
    }

    private static void Text(BinaryWriter to, string? text)
    {
        to.Write(text is not null);
        if (text is not null)
        {
            to.Write(text);
        }
    }

    private static string? Text(BinaryReader from) => from.ReadBoolean() ? from.ReadString() : null;

    private static void Number(BinaryWriter to, decimal? number)
    {
        to.Write(number is not null);
        if (number is { } value)
        {
            to.Write(value);
        }
    }

    private static decimal? Number(BinaryReader from) => from.ReadBoolean() ? from.ReadDecimal() : null;

    private static void Time(BinaryWriter to, Instant? time)
    {
        to.Write(time is not null);
        if (time is { } value)
        {
            to.Write(value.ToUnixTimeTicks());
        }
    }

    private static Instant? Time(BinaryReader from) =>
        from.ReadBoolean() ? Instant.FromUnixTimeTicks(from.ReadInt64()) : null;
}
