using NodaTime;
using Npgsql;

namespace Settlement.Projections.Partners;

/// <summary>How far the pulls of one module from one partner are.</summary>
/// <param name="PulledTo">Everything the partner changed before was fetched; null: nothing yet.</param>
/// <param name="Objects">Fetched so far, repeats included.</param>
/// <param name="Refused">Objects that could not be taken.</param>
/// <param name="Attempt">Failed this many times in a row; 0: the last one went through.</param>
/// <param name="LastError">Why the last pull failed, or, where it went through, why it refused its first object.</param>
public sealed record PullState(
    string Partner, string Module, Instant? PulledTo, Instant Due, int Attempt, long Objects, long Refused,
    string? LastError, Instant? Finished);

/// <summary>A pull that is ours to do until the lease ends.</summary>
public sealed record PullLease(string Partner, string Module, Instant? PulledTo, int Attempt, Instant Until);

/// <summary>Where each pull goes on. One program pulls a module of a partner at a time, however many run.</summary>
public sealed class PullProgress(NpgsqlDataSource database)
{
    private const string Tenant = "@admin";
    private static readonly Duration Lease = Duration.FromMinutes(30);

    /// <summary>Null: not due, or somebody pulls it now.</summary>
    /// <param name="anyway">Also where it is not due.</param>
    public async Task<PullLease?> TryTake(string partner, string module, Instant now, bool anyway, CancellationToken stop)
    {
        await using var enter = database.CreateCommand(
            """
            insert into partner_pulls (tenant_id, partner, module, leased_until, due, attempt, objects, refused)
            select $1, $2, $3, '-infinity', '-infinity', 0, 0, 0
            where not exists (select from partner_pulls where tenant_id = $1 and partner = $2 and module = $3)
            """);
        Add(enter, partner, module);
        try
        {
            await enter.ExecuteNonQueryAsync(stop);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            // another program entered it
        }

        await using var claim = database.CreateCommand(
            """
            update partner_pulls set leased_until = $5
            where tenant_id = $1 and partner = $2 and module = $3 and leased_until <= $4 and ($6 or due <= $4)
            returning pulled_to, attempt
            """);
        Add(claim, partner, module);
        var until = now + Lease;
        claim.Parameters.Add(Time(now));
        claim.Parameters.Add(Time(until));
        claim.Parameters.Add(new() { Value = anyway });
        await using var reader = await claim.ExecuteReaderAsync(stop);
        return await reader.ReadAsync(stop)
            ? new PullLease(partner, module, At(reader, 0), reader.GetInt32(1), until)
            : null;
    }

    /// <summary>Shows where a running pull is.</summary>
    public Task Count(PullLease lease, long objects, long refused, CancellationToken stop) => Update(
        "objects = objects + $4, refused = refused + $5", lease, stop,
        new() { Value = objects }, new() { Value = refused });

    /// <summary>Gives the lease back; null error: all before <paramref name="pulledTo"/> was fetched.</summary>
    /// <param name="note">Why an object was refused in a pull that went through.</param>
    public Task Finish(
        PullLease lease, Instant? pulledTo, Instant now, Instant due, string? error, string? note, CancellationToken stop) =>
        Update(
            """
            leased_until = '-infinity', due = $4, finished = $5, last_error = $6,
            attempt = case when $8 then 0 else attempt + 1 end, pulled_to = coalesce($7, pulled_to)
            """,
            lease, stop, Time(due), Time(now), PartnerReads.Text(Short(error ?? note)), Time(pulledTo),
            new() { Value = error is null });

    private static string? Short(string? text) => text is { Length: > 500 } ? text[..500] : text;

    public async Task<IReadOnlyList<PullState>> All(CancellationToken stop)
    {
        await using var command = database.CreateCommand(
            """
            select partner, module, pulled_to, greatest(due, timestamptz '2000-01-01'), attempt, objects, refused,
              last_error, finished
            from partner_pulls order by partner, module
            """);
        await using var reader = await command.ExecuteReaderAsync(stop);
        var all = new List<PullState>();
        while (await reader.ReadAsync(stop))
        {
            all.Add(new PullState(
                reader.GetString(0), reader.GetString(1), At(reader, 2), At(reader, 3)!.Value, reader.GetInt32(4),
                reader.GetInt64(5), reader.GetInt64(6), await reader.IsDBNullAsync(7, stop) ? null : reader.GetString(7),
                At(reader, 8)));
        }

        return all;
    }

    private async Task Update(string change, PullLease lease, CancellationToken stop, params NpgsqlParameter[] parameters)
    {
        await using var command = database.CreateCommand(
            $"update partner_pulls set {change} where tenant_id = $1 and partner = $2 and module = $3");
        Add(command, lease.Partner, lease.Module);
        command.Parameters.AddRange(parameters);
        await command.ExecuteNonQueryAsync(stop);
    }

    private static void Add(NpgsqlCommand command, string partner, string module)
    {
        command.Parameters.Add(new() { Value = Tenant });
        command.Parameters.Add(new() { Value = partner });
        command.Parameters.Add(new() { Value = module });
    }

    private static NpgsqlParameter Time(Instant? time) => PartnerReads.Time(time?.ToDateTimeUtc());

    private static Instant? At(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : Instant.FromDateTimeUtc(reader.GetDateTime(column));
}
