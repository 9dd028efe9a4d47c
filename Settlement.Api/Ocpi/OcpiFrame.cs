using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ocpi;
using Settlement.Api.Serve;
using Settlement.Projections.EventStore;

namespace Settlement.Api.Ocpi;

/// <summary>
/// What every OCPI request goes through: ids and routing headers, token, limits, body, the envelope. An endpoint
/// never sees a request that is not authorised, and nothing of an exception goes out.
/// </summary>
public sealed partial class OcpiFrame(OcpiServices services, ILogger<OcpiFrame> log)
{
    private const int LongestId = 128;

    /// <summary>Runs a request; route null: no endpoint has this path.</summary>
    public async Task Run(HttpContext http, OcpiRoute? route)
    {
        Echo(http, "X-Request-ID");
        Echo(http, "X-Correlation-ID");
        using var lease = new Held();
        OcpiAnswer answer;
        try
        {
            answer = await Answer(http, route, lease);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (BadHttpRequestException e)
        {
            answer = new OcpiAnswer(e.StatusCode, 2000, "The request is not readable.", null);
        }
        catch (Exception e) when (e is StoreOutageException || SqlStates.IsOutage(e))
        {
            http.Response.Headers.RetryAfter = "5";
            answer = new OcpiAnswer(503, 3000, "Not available now; try again.", null);
        }
#pragma warning disable CA1031 // a bug is told to us, not to the partner
        catch (Exception e)
#pragma warning restore CA1031
        {
            Failed(log, e, http.Request.Method, route?.Pattern ?? "?");
            answer = new OcpiAnswer(500, 3000, "Something went wrong here.", null);
        }

        await Write(http, answer);
    }

    /// <summary>405 in an envelope, for a method that an endpoint's path does not have.</summary>
    public Task NotAllowed(HttpContext http, OcpiRoute other) => Run(
        http, other with { Run = _ => Task.FromResult(OcpiAnswer.NotAllowed("This endpoint has no such method.")) });

    private async Task<OcpiAnswer> Answer(HttpContext http, OcpiRoute? route, Held lease)
    {
        var address = http.Connection.RemoteIpAddress?.ToString() ?? "";
        if (services.Rates.MayGuess(address) is { } pause)
        {
            return TooMany(http, pause, "Too many wrong tokens from this address.");
        }

        var caller = await services.Engine.Tokens.CallerOf(http.Request.Headers.Authorization, http.RequestAborted);
        if (caller is null || (caller.Grant.Kind == TokenKind.Registration && route is not { IsOpenToRegistration: true }))
        {
            services.Rates.Failed(address);
            http.Response.Headers.WWWAuthenticate = "Token";
            return new OcpiAnswer(401, 2000, "The token is missing, unknown or not good for this.", null);
        }

        if (services.Rates.Take(caller.Grant.Sha256) is { } wait)
        {
            return TooMany(http, wait, "This token calls too often.");
        }

        if (route is null)
        {
            return new OcpiAnswer(404, 2000, "There is no such endpoint.", null);
        }

        if (route.IsFunctional)
        {
            AnswerRouting(http);
        }

        var call = new OcpiCall(http, services, route, caller);
        if (route.TakesBody)
        {
            BodyLimits.Allow(http, BodyLimits.Document);
            var (outcome, body, turn) = await services.Bodies.Read(
                http.Request, caller.Grant.Sha256, http.RequestAborted);
            lease.Turn = turn;
            switch (outcome)
            {
                case BodyOutcome.TooLarge:
                    return new OcpiAnswer(
                        413, 2001, $"An object has at most {BodyGate.MostBytes} bytes (object.too-large).", null);
                case BodyOutcome.Busy:
                    return TooMany(http, 5, "Too many objects at once.");
                case BodyOutcome.Late:
                    http.Response.Headers.Connection = "close"; // the rest is not waited for
                    return new OcpiAnswer(408, 2000, "The object took too long to arrive.", null);
            }

            call.Body = body;
        }

        return await route.Run(call);
    }

    private static OcpiAnswer TooMany(HttpContext http, int seconds, string why)
    {
        http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return new OcpiAnswer(429, 2000, why, null);
    }

    private async Task Write(HttpContext http, OcpiAnswer answer)
    {
        var response = http.Response;
        response.StatusCode = answer.Http;
        if (answer.Content is { } content)
        {
            // the writers fill a stream, as fast as the reader takes it
            http.Features.Get<IHttpBodyControlFeature>()!.AllowSynchronousIO = true;
            response.ContentType = content.Type;
            await content.Write(response.Body, http.RequestAborted);
            return;
        }

        response.ContentType = "application/json; charset=utf-8";
        if (answer.Http >= 400)
        {
            response.Headers.CacheControl = "no-store";
        }

        // what is short goes out in one piece with its length
        var whole = answer.Data is null ? new ArrayBufferWriter<byte>(256) : null;
        await using (var json = new Utf8JsonWriter(whole ?? (IBufferWriter<byte>)response.BodyWriter))
        {
            Envelope(json, answer);
        }

        if (whole is not null)
        {
            response.ContentLength = whole.WrittenCount;
            response.BodyWriter.Write(whole.WrittenSpan);
        }

        await response.BodyWriter.FlushAsync(CancellationToken.None);
    }

    private void Envelope(Utf8JsonWriter json, OcpiAnswer answer)
    {
        json.WriteStartObject();
        if (answer.Data is { } data)
        {
            json.WritePropertyName("data");
            data(json);
        }

        json.WriteNumber("status_code", answer.Status);
        if (answer.Message is { } message)
        {
            json.WriteString("status_message", message);
        }

        json.WriteString("timestamp", OcpiWriting.Time(services.Engine.Now, Domain.Intake.OcpiVersion.V211));
        json.WriteEndObject();
    }

    /// <summary>An answer goes the way the request came: from and to change places (OCPI 2.2.1 §4.2.2).</summary>
    private static void AnswerRouting(HttpContext http)
    {
        Swap("OCPI-from-party-id", "OCPI-to-party-id");
        Swap("OCPI-from-country-code", "OCPI-to-country-code");

        void Swap(string from, string to)
        {
            if (Plain(http, from) is { } sender)
            {
                http.Response.Headers[to] = sender;
            }

            if (Plain(http, to) is { } receiver)
            {
                http.Response.Headers[from] = receiver;
            }
        }
    }

    private static void Echo(HttpContext http, string header)
    {
        if (Plain(http, header) is { } value)
        {
            http.Response.Headers[header] = value;
        }
    }

    private static string? Plain(HttpContext http, string header) =>
        http.Request.Headers.TryGetValue(header, out var value) && value is [{ Length: > 0 and <= LongestId } text]
        && text.All(c => c is > ' ' and <= '~')
            ? text
            : null;

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Endpoint} failed")]
    private static partial void Failed(ILogger log, Exception failure, string method, string endpoint);

    private sealed class Held : IDisposable
    {
        public IDisposable? Turn { get; set; }

        public void Dispose() => Turn?.Dispose();
    }
}
