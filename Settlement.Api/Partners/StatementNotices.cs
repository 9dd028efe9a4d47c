using System.Text.Json;
using NodaTime.Text;
using Settlement.Api.Files;
using Settlement.Api.Ocpi;
using Settlement.Domain.Periods;
using Settlement.Projections.EventStore;

namespace Settlement.Api.Partners;

/// <summary><c>statement.issued</c>: which month, its digests and the numbers of its documents. No amount, no driver.</summary>
public sealed class StatementNotices : INotices
{
    public IReadOnlyList<string> EventTypes { get; } = ["statement_issued"];

    public Notice? Of(Recorded recorded) => recorded.Fact is PeriodFact.StatementIssued issued
        ? new Notice("statement.issued", OcpiMerge.Bytes(json => Write(json, recorded, issued)))
        : null;

    private static void Write(Utf8JsonWriter json, Recorded recorded, PeriodFact.StatementIssued issued)
    {
        json.WriteStartObject();
        json.WriteString("type", "statement.issued");
        json.WriteString("timestamp", InstantPattern.ExtendedIso.Format(recorded.Time));
        json.WriteStartObject("data");
        json.WriteString("relationship", issued.Draft.Relationship.ToString());
        json.WriteString("month", YearMonthPattern.Iso.Format(issued.Draft.Month));
        json.WriteNumber("version", issued.Draft.Version);
        json.WriteNumber("lines", issued.Draft.Lines);
        json.WriteString("digest", issued.Digest);
        json.WriteString("merkle_root", issued.Draft.MerkleRoot);
        json.WriteStrings("documents", issued.Numbers);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
