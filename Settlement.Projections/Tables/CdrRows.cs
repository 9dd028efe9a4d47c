using System.Text.Json;
using NodaTime;
using Npgsql;
using NpgsqlTypes;
using Settlement.Domain;
using Settlement.Domain.Intake;
using Settlement.Projections.EventStore;

namespace Settlement.Projections.Tables;

/// <summary>The state of each CDR: what a person looks for by id, and the list of what is held.</summary>
public sealed class CdrRows
{
    private const string Columns =
        """
        tenant_id, generation, stream, cpo, emsp, cdr_id, state, charge_period, currency, place, start_at, end_at,
        received_at, energy_kwh, claimed, expected, due, reason, reasons, linked_id, driver, session_id, location_id,
        evse_id, city, source, seq_id, received_seq, entry_seq, entry_period,
        authorization_reference, power_type, tariffs
        """;

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
        if (begun.Count > 0)
        {
            await using var copy = await target.Connection.BeginBinaryImportAsync(
                $"copy cdrs ({Columns}) from stdin (format binary)", stop);
            foreach (var row in begun.Values)
            {
                await row.Copy(copy, target, stop);
            }

            await copy.CompleteAsync(stop);
        }

        foreach (var stream in changed.GroupBy(change => change.Event.Stream, StringComparer.Ordinal))
        {
            await Update(target, stream.Key, stream, stop);
        }
    }

    // Few CDRs change after the batch they came in: read the row, apply, write it back under the worker's lock.
    private static async Task Update(
        RowTarget target, string stream, IEnumerable<(Recorded Event, CdrFact Fact, Placed? Placed)> changes, CancellationToken stop)
    {
        Row row;
        await using (var select = target.Command(
            $"delete from cdrs where tenant_id = $1 and generation = $2 and stream = $3 returning {Columns}"))
        {
            select.Parameters.Add(new() { Value = stream });
            await using var reader = await select.ExecuteReaderAsync(stop);
            row = await reader.ReadAsync(stop)
                ? Row.Read(reader)
                : throw new InvalidOperationException($"{stream} changed before it began.");
        }

        foreach (var (recorded, fact, placed) in changes)
        {
            row.Apply(recorded.Number, fact, placed);
        }

        await using var copy = await target.Connection.BeginBinaryImportAsync(
            $"copy cdrs ({Columns}) from stdin (format binary)", stop);
        await row.Copy(copy, target, stop);
        await copy.CompleteAsync(stop);
    }

    private sealed class Row(string stream)
    {
        private CdrHeading? heading;
        private string state = "received";
        private string? place;
        private Instant? receivedAt;
        private decimal energy;
        private decimal? expected;
        private long due;
        private string? reason;
        private string? reasons;
        private string? linked;
        private string? driver;
        private string? session;
        private string? location;
        private string? evse;
        private string? city;
        private string? source;
        private long number;
        private Placed? placed;
        private string? authorization;
        private string? power;
        private string? tariffs;

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
                    due = 0;
                    Become("conflict", [new("cdr.conflict", "",
                        $"Another content came under the same id (claim {e.Cdr.ClaimedNet} {e.Cdr.Currency}, "
                        + $"from {e.Other.Source}); choose one.")]);
                    break;
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
                case CdrFact.CdrRejected e:
                    (heading, due) = (e.Cdr, 0);
                    Become("rejected", [new("cdr.rejected", "", $"{e.Reason} ({e.By})")]);
                    break;
                case CdrFact.CdrReopened e:
                    heading = e.Cdr;
                    Become("received", []);
                    break;
                case CdrFact.ContentChosen e:
                    heading = e.Cdr;
                    Become("received", []);
                    break;
                case CdrFact.CdrReversed:
                    due = 0;
                    Become("received", []);
                    break;
                default:
                    throw new InvalidOperationException($"{fact.GetType().Name} has no row state.");
            }
        }

        public static Row Read(NpgsqlDataReader r) => new(r.GetString(2))
        {
            heading = new(
                Ids.Party(r.GetString(3)), r.GetString(5), Ids.Party(r.GetString(4)), r.GetString(8), r.GetDecimal(14),
                Ids.Time(r.GetDateTime(10)), Ids.Time(r.GetDateTime(11)), Ids.Month(r.GetString(7))),
            state = r.GetString(6),
            place = Ids.Text(r, 9),
            receivedAt = r.IsDBNull(12) ? null : Ids.Time(r.GetDateTime(12)),
            energy = r.GetDecimal(13),
            expected = r.IsDBNull(15) ? null : r.GetDecimal(15),
            due = r.GetInt64(16),
            reason = Ids.Text(r, 17),
            reasons = Ids.Text(r, 18),
            linked = Ids.Text(r, 19),
            driver = Ids.Text(r, 20),
            session = Ids.Text(r, 21),
            location = Ids.Text(r, 22),
            evse = Ids.Text(r, 23),
            city = Ids.Text(r, 24),
            source = Ids.Text(r, 25),
            placed = r.IsDBNull(27)
                ? null
                : new Placed(
                    r.GetInt64(27), r.IsDBNull(28) ? null : r.GetInt64(28),
                    r.IsDBNull(29) ? null : Ids.Month(r.GetString(29))),
            authorization = Ids.Text(r, 30),
            power = Ids.Text(r, 31),
            tariffs = Ids.Text(r, 32),
        };

        public async Task Copy(NpgsqlBinaryImporter copy, RowTarget target, CancellationToken stop)
        {
            var cdr = heading!;
            await copy.StartRowAsync(stop);
            await copy.WriteAsync(target.Tenant, NpgsqlDbType.Varchar, stop);
            await copy.WriteAsync(target.Generation, NpgsqlDbType.Bigint, stop);
            await copy.WriteAsync(stream, NpgsqlDbType.Varchar, stop);
            await copy.WriteAsync(cdr.Cpo.ToString(), NpgsqlDbType.Varchar, stop);
            await copy.WriteAsync(cdr.Emsp.ToString(), NpgsqlDbType.Varchar, stop);
            await copy.WriteAsync(cdr.Id, NpgsqlDbType.Varchar, stop);
            await copy.WriteAsync(state, NpgsqlDbType.Varchar, stop);
            await copy.WriteAsync(Ids.Text(cdr.ChargePeriod), NpgsqlDbType.Varchar, stop);
            await copy.WriteAsync(cdr.Currency, NpgsqlDbType.Varchar, stop);
            await copy.WriteNullable(place, NpgsqlDbType.Varchar, stop);
            await copy.WriteAsync(cdr.Start.ToDateTimeUtc(), NpgsqlDbType.TimestampTz, stop);
            await copy.WriteAsync(cdr.End.ToDateTimeUtc(), NpgsqlDbType.TimestampTz, stop);
            await copy.WriteNullable(receivedAt?.ToDateTimeUtc(), NpgsqlDbType.TimestampTz, stop);
            await copy.WriteAsync(energy, NpgsqlDbType.Numeric, stop);
            await copy.WriteAsync(cdr.ClaimedNet, NpgsqlDbType.Numeric, stop);
            await copy.WriteNullable(expected, NpgsqlDbType.Numeric, stop);
            await copy.WriteAsync(due, NpgsqlDbType.Bigint, stop);
            await copy.WriteNullable(reason, NpgsqlDbType.Varchar, stop);
            await copy.WriteNullable(reasons, NpgsqlDbType.Jsonb, stop);
            await copy.WriteNullable(linked, NpgsqlDbType.Varchar, stop);
            await copy.WriteNullable(driver, NpgsqlDbType.Varchar, stop);
            await copy.WriteNullable(session, NpgsqlDbType.Varchar, stop);
            await copy.WriteNullable(location, NpgsqlDbType.Varchar, stop);
            await copy.WriteNullable(evse, NpgsqlDbType.Varchar, stop);
            await copy.WriteNullable(city, NpgsqlDbType.Varchar, stop);
            await copy.WriteNullable(source, NpgsqlDbType.Varchar, stop);
            await copy.WriteAsync(number, NpgsqlDbType.Bigint, stop);
            await copy.WriteNullable(placed?.Received, NpgsqlDbType.Bigint, stop);
            await copy.WriteNullable(placed?.Entry, NpgsqlDbType.Bigint, stop);
            await copy.WriteNullable(
                placed?.Period is { } period ? Ids.Text(period) : null, NpgsqlDbType.Varchar, stop);
            await copy.WriteNullable(authorization, NpgsqlDbType.Varchar, stop);
            await copy.WriteNullable(power, NpgsqlDbType.Varchar, stop);
            await copy.WriteNullable(tariffs, NpgsqlDbType.Varchar, stop);
        }

        private void Receive(CdrFact.CdrReceived e)
        {
            heading = e.Heading;
            receivedAt = e.ReceivedAt;
            energy = e.Cdr.TotalEnergyKwh;
            driver = e.Driver;
            session = e.Cdr.SessionId;
            location = e.Cdr.Location.Id;
            evse = e.Cdr.Location.EvseId;
            city = e.Cdr.Location.City;
            authorization = e.Cdr.AuthorizationReference;
            power = e.Cdr.Location.PowerType;
            source = e.Source;
        }

        private void Become(string next, IReadOnlyList<Finding> why)
        {
            state = next;
            reason = why.Count > 0 ? why[0].Code : null;
            reasons = why.Count > 0 ? JsonSerializer.Serialize(why, RowJson.Options) : null;
        }
    }
}
