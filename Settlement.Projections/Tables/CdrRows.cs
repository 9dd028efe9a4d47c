using System.Text.Json;
using NodaTime;
using Npgsql;
using Settlement.Domain;
using Settlement.Domain.Intake;
using Settlement.Projections.EventStore;

namespace Settlement.Projections.Tables;

/// <summary>The state of each CDR: what a person looks for by id, and the list of what is held.</summary>
public sealed class CdrRows
{
    private const string Columns =
        """
        stream, cpo, emsp, cdr_id, state, charge_period, currency, place, start_at, end_at,
        received_at, energy_kwh, claimed, expected, due, reason, reasons, linked_id, driver, session_id, location_id,
        evse_id, city, source, seq_id, received_seq, entry_seq, entry_period,
        authorization_reference, power_type, tariffs, last_updated, listed_seq, contents
        """;

    private static readonly TableCopy<Row> Table = new("cdrs", Columns, static (cells, row) => row.Write(cells));

    private readonly Dictionary<string, Row> begun = new(StringComparer.Ordinal);
    private readonly List<(Recorded Event, CdrFact Fact, Placed? Placed)> changed = [];

    public void Add(Recorded recorded, CdrFact fact, Placed? placed)
    {
        if (recorded.Version == 1)
        {
            begun[recorded.Stream] = new Row(recorded.Stream);
        }

        if (begun.TryGetValue(recorded.Stream, out var row))
        {
            row.Apply(recorded.Number, fact, placed);
        }
        else
        {
            changed.Add((recorded, fact, placed));
        }
    }

    public async Task Write(RowTarget target, CancellationToken stop)
    {
        if (changed.Count > 0)
        {
            await TakeOut(target, stop);
            foreach (var (recorded, fact, placed) in changed)
            {
                (begun.GetValueOrDefault(recorded.Stream)
                    ?? throw new InvalidOperationException($"{recorded.Stream} changed before it began."))
                    .Apply(recorded.Number, fact, placed);
            }
        }

        if (begun.Count > 0)
        {
            await Table.Write(target, begun.Values, stop);
        }
    }

    // Few CDRs change after the batch they came in: their rows are read, changed and written back under the worker's lock.
    private async Task TakeOut(RowTarget target, CancellationToken stop)
    {
        await using var batch = new NpgsqlBatch(target.Connection, target.Transaction);
        foreach (var stream in changed.Select(change => change.Event.Stream).Distinct(StringComparer.Ordinal))
        {
            batch.BatchCommands.Add(target.BatchCommand(
                $"delete from cdrs where tenant_id = $1 and generation = $2 and stream = $3 returning {Columns}",
                Query.Text(stream)));
        }

        await using var reader = await batch.ExecuteReaderAsync(stop);
        do
        {
            while (await reader.ReadAsync(stop))
            {
                begun.Add(reader.GetString(0), Row.Read(reader));
            }
        }
        while (await reader.NextResultAsync(stop));
    }

    private sealed class Row(string stream)
    {
        private CdrHeading? heading;
        private string state = "received";
        private string? place;
        private CdrContent? content; // null while only its credit arrived
        private IReadOnlyList<CdrContent>? contents;
        private decimal? expected;
        private long due;
        private string? reason;
        private IReadOnlyList<Finding>? reasons;
        private string? linked;
        private long number;
        private Placed? placed;
        private string? tariffs;
        private Instant? updated;
        private long? listed;

        public void Apply(long seq, CdrFact fact, Placed? at)
        {
            number = seq;
            placed = at;
            switch (fact)
            {
                case CdrFact.CdrReceived e:
                    Receive(e);
                    break;
                case CdrFact.CdrRated e:
                    (heading, place, due) = (e.Settled.Cdr, e.Settled.Place, e.Settled.Due);
                    tariffs = string.Join('+', e.Settled.Lines.Select(line => line.TariffId).Distinct(StringComparer.Ordinal));
                    Become("posted", []);
                    break;
                case CdrFact.CdrHeld e:
                    (heading, expected) = (e.Cdr, e.Expected);
                    Become("held", e.Reasons);
                    break;
                case CdrFact.CdrConflicted e:
                    due = e.IsIssued ? due : 0;
                    contents = [.. contents ?? [content!], CdrContent.Of(e.Other, isFirst: false)];
                    Become("conflict", [new("cdr.conflict", "",
                        $"Another content came under the same id (claim {e.Cdr.Claimed?.Amount} {e.Cdr.Currency}, "
                        + $"from {e.Other.Source}); choose one.{(e.IsIssued ? " What was issued stays until then." : "")}")]);
                    break;
                case CdrFact.CdrRemarked { Counts: true } e when state == "held":
                    Count(e.Content);
                    break;
                case CdrFact.CdrRemarked:
                    break; // what stands stays, and a partner reads back what came first
                case CdrFact.CreditAwaited e:
                    (heading, linked) = (e.Cdr, e.CreditId);
                    Become("awaited", [new("credit.original-missing", "", $"Credit {e.CreditId} waits for it.")]);
                    break;
                case CdrFact.CdrCredited e:
                    (due, linked) = (0, e.CreditId);
                    Become("credited", []);
                    break;
                case CdrFact.CreditPosted e:
                    (heading, linked, due) = (e.Cdr, e.OriginalId, -(e.Negated?.Due ?? 0));
                    place = e.Negated?.Place ?? place;
                    Become("credit", []);
                    break;
                case CdrFact.CdrUncredited e:
                    (due, linked) = (e.Due ?? 0, null);
                    Become(e.Due is null ? "received" : "posted", []);
                    break;
                case CdrFact.CreditTakenBack:
                    (due, linked) = (0, null);
                    Become("received", []);
                    break;
                case CdrFact.CdrRejected e:
                    (heading, due) = (e.Cdr, 0);
                    Become("rejected", [new("cdr.rejected", "", $"{e.Reason} ({e.By})")]);
                    break;
                case CdrFact.ReleaseProposed e:
                    reasons = [.. reasons ?? [], new("release.proposed", "",
                        $"{e.Release.By} proposes {e.Release.Amount} {e.Cdr.Currency} on evidence; another person approves.")];
                    break;
                case CdrFact.CdrReopened e:
                    heading = e.Cdr;
                    Become("received", []);
                    break;
                case CdrFact.ContentChosen e:
                    heading = e.Cdr;
                    content = contents!.LastOrDefault(each => each.Digest == e.Digest) ?? contents![0];
                    Become(e.Stays ? Standing(e.Cdr) : "received", []);
                    break;
                case CdrFact.SessionSeparated:
                    break; // what follows says what became of it
                case CdrFact.CdrReversed:
                    due = 0;
                    Become("received", []);
                    break;
                default:
                    throw new InvalidOperationException($"{fact.GetType().Name} has no row state.");
            }
        }

        public static Row Read(NpgsqlDataReader r) => new(r.GetString(0))
        {
            heading = new(
                Ids.Party(r.GetString(1)), r.GetString(3), Ids.Party(r.GetString(2)), r.GetString(6), r.GetDecimal(12),
                Ids.Time(r.GetDateTime(8)), Ids.Time(r.GetDateTime(9)), Ids.Month(r.GetString(5))),
            state = r.GetString(4),
            place = Ids.Text(r, 7),
            content = r.IsDBNull(10)
                ? null
                : new CdrContent(
                    null, Ids.Time(r.GetDateTime(10)), r.GetDecimal(11), Ids.Text(r, 18), Ids.Text(r, 19), Ids.Text(r, 20),
                    Ids.Text(r, 21), Ids.Text(r, 22), Ids.Text(r, 28), Ids.Text(r, 29), Ids.Text(r, 23)),
            contents = r.IsDBNull(33)
                ? null
                : JsonSerializer.Deserialize<IReadOnlyList<CdrContent>>(r.GetString(33), RowJson.Options),
            expected = r.IsDBNull(13) ? null : r.GetDecimal(13),
            due = r.GetInt64(14),
            reason = Ids.Text(r, 15),
            reasons = r.IsDBNull(16)
                ? null
                : JsonSerializer.Deserialize<IReadOnlyList<Finding>>(r.GetString(16), RowJson.Options),
            linked = Ids.Text(r, 17),
            placed = r.IsDBNull(25)
                ? null
                : new Placed(
                    r.GetInt64(25), r.IsDBNull(26) ? null : r.GetInt64(26),
                    r.IsDBNull(27) ? null : Ids.Month(r.GetString(27))),
            tariffs = Ids.Text(r, 30),
            updated = r.IsDBNull(31) ? null : Ids.Time(r.GetDateTime(31)),
            listed = r.IsDBNull(32) ? null : r.GetInt64(32),
        };

        public void Write(CopyRows cells)
        {
            var cdr = heading!;
            cells.Add(stream);
            cells.Add(cdr.Cpo.ToString());
            cells.Add(cdr.Emsp.ToString());
            cells.Add(cdr.Id);
            cells.Add(state);
            cells.Add(Ids.Text(cdr.ChargePeriod));
            cells.Add(cdr.Currency);
            cells.Add(place);
            cells.Add(cdr.Start);
            cells.Add(cdr.End);
            cells.Add(content?.ReceivedAt);
            cells.Add(content?.EnergyKwh ?? 0m);
            cells.Add(cdr.Claimed?.Amount ?? 0m); // as stated: before tax where the CPO tells that
            cells.Add(expected);
            cells.Add(due);
            cells.Add(reason);
            cells.AddJson(reasons, RowJson.Options);
            cells.Add(linked);
            cells.Add(content?.Driver);
            cells.Add(content?.Session);
            cells.Add(content?.Location);
            cells.Add(content?.Evse);
            cells.Add(content?.City);
            cells.Add(content?.Source);
            cells.Add(number);
            cells.Add(placed?.Received);
            cells.Add(placed?.Entry);
            cells.Add(placed?.Period is { } period ? Ids.Text(period) : null);
            cells.Add(content?.Authorization);
            cells.Add(content?.Power);
            cells.Add(tariffs);
            cells.Add(updated);
            cells.Add(listed);
            cells.AddJson(contents, RowJson.Options);
        }

        private void Receive(CdrFact.CdrReceived e)
        {
            // a partner reads back what came first, whatever comes under the same id later
            if (listed is null)
            {
                (updated, listed) = (e.Cdr.LastUpdated ?? e.ReceivedAt, number);
            }

            (heading, content) = (e.Heading, CdrContent.Of(e, isFirst: true));
        }

        private void Count(CdrFact.CdrReceived e)
        {
            var counting = CdrContent.Of(e, isFirst: true);
            contents = contents?
                .Select(each => each with { Digest = null } == content! with { Digest = null }
                    ? counting with { Digest = each.Digest is null ? null : e.Digest }
                    : each)
                .ToList();
            (heading, content) = (e.Heading, counting);
            reasons = reasons?.Where(each => each.Code != "release.proposed").ToList(); // that was for the other content
        }

        private string Standing(CdrHeading cdr) =>
            linked is null ? "posted" : cdr.ClaimedNet < 0m ? "credit" : "credited";

        private void Become(string next, IReadOnlyList<Finding> why)
        {
            state = next;
            reason = why.Count > 0 ? why[0].Code : null;
            reasons = why.Count > 0 ? why : null;
        }
    }
}
