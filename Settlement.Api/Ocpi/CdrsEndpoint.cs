using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using Settlement.Api.Intake;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;

namespace Settlement.Api.Ocpi;

/// <summary>
/// <c>POST /ocpi/{version}/cdrs</c> (OCPI 2.2.1 §10.2.2, receiver). Answered means durable. A CDR that is held is
/// accepted all the same: OCPI has no way to reject one.
/// </summary>
public static class CdrsEndpoint
{
    private const int MostBytes = 10 * 1024 * 1024;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/ocpi/2.2.1/cdrs", (HttpContext http, Engine engine, CancellationToken stop) =>
            Post(http, engine, OcpiVersion.V221, stop));
        routes.MapPost("/ocpi/2.3.0/cdrs", (HttpContext http, Engine engine, CancellationToken stop) =>
            Post(http, engine, OcpiVersion.V230, stop));
    }

    private static async Task<IResult> Post(HttpContext http, Engine engine, OcpiVersion version, CancellationToken stop)
    {
        Echo(http, "X-Request-ID");
        Echo(http, "X-Correlation-ID");
        var caller = await engine.Tokens.PartiesOf(http.Request.Headers.Authorization, stop);
        if (caller.IsEmpty)
        {
            return Answer(engine, 401, 2002, "The token is missing or unknown.");
        }

        if (await Body(http.Request, stop) is not { } body)
        {
            return Answer(engine, 413, 2001, $"A CDR has at most {MostBytes} bytes (cdr.too-large).");
        }

        var document = new IncomingCdr(body, $"POST by {caller.Min()}", engine.Now);
        var read = CdrIntake.Read([document], new CdrReadOptions { Version = version })[0];
        if (await Refuse(read.Reading, caller, engine, stop) is { } refusal)
        {
            return Answer(engine, refusal.Code == "json.malformed" ? 400 : 200, 2001, refusal.ToString());
        }

        var decided = await engine.Intake.Decide([read], stop);
        var answer = (await engine.Intake.Append(decided, stop))[0];
        if (answer.Outcome == IntakeOutcome.Credited)
        {
            await engine.AfterCredits(stop);
        }

        return Done(http, engine, answer);
    }

    private static IResult Done(HttpContext http, Engine engine, IntakeAnswer answer)
    {
        if (answer.Key is not { } key)
        {
            return Answer(engine, 200, 2001, answer.Reason!.ToString());
        }

        http.Response.Headers.Location =
            $"{http.Request.Scheme}://{http.Request.Host}{http.Request.Path}/{key.Owner.CountryCode}/{key.Owner.Code}/{Uri.EscapeDataString(key.Id)}";
        return answer.Outcome switch
        {
            IntakeOutcome.Conflict => Answer(engine, 200, 2001, answer.Reason!.ToString()),
            IntakeOutcome.Repeated => Answer(engine, 200, 1000, null),
            _ => Answer(engine, 201, 1000, answer.Reason?.ToString()),
        };
    }

    /// <summary>Who may post it: its CPO, for a pair of parties that has an agreement (rules-money 29).</summary>
    private static async Task<Refusal?> Refuse(
        CdrReading reading, ImmutableHashSet<PartyId> caller, Engine engine, CancellationToken stop)
    {
        var (owner, payer) = reading switch
        {
            CdrReading.Read r => (r.Cdr.Key.Owner, r.Cdr.TokenOwner),
            CdrReading.Unreadable u => ((PartyId?)u.Owner, u.TokenOwner),
            _ => default,
        };
        if (owner is { } cpo && !caller.Contains(cpo))
        {
            return new Refusal("cdr.foreign-owner", $"The CDR belongs to {cpo}; this token speaks for {string.Join(", ", caller.Order())}.");
        }

        if (reading is CdrReading.Unreadable unreadable && owner is null)
        {
            return unreadable.Refusal; // nobody's: refused, not kept, so that no caller can fill our store
        }

        if (owner is { } from && payer is { } to)
        {
            var book = await engine.Books.Current(stop);
            var tenant = Relationship.Between(book.Home(from), book.Home(to)).ToString();
            var agreements = await engine.Books.Agreements(tenant, stop);
            return agreements.Versions.Count > 0
                ? null
                : new Refusal("agreement.none", $"There is no agreement between {from} and {to}.");
        }

        return null;
    }

    /// <summary>Null: too large.</summary>
    private static async Task<byte[]?> Body(HttpRequest request, CancellationToken stop)
    {
        if (request.ContentLength > MostBytes)
        {
            return null;
        }

        while (true)
        {
            var read = await request.BodyReader.ReadAsync(stop);
            var tooLarge = read.Buffer.Length > MostBytes;
            if (tooLarge || read.IsCompleted)
            {
                var body = tooLarge ? null : read.Buffer.ToArray();
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return body;
            }

            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static IResult Answer(Engine engine, int http, int status, string? message) => Results.Json(
        new Envelope(status, message, engine.Now.ToString("uuuu-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)),
        statusCode: http);

    private static void Echo(HttpContext http, string header)
    {
        if (http.Request.Headers.TryGetValue(header, out var value))
        {
            http.Response.Headers[header] = value;
        }
    }
}
