using System.Text;
using Settlement.Api.Partners;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;
using Settlement.Projections.Partners;

namespace Settlement.Api.Ocpi;

/// <summary>
/// What partners need and OCPI has no module for, with the same token and envelope, below <c>/ocpi/settlement</c>.
/// </summary>
public static class PartnerEndpoints
{
    /// <summary>Sessions without a CDR and CDRs without a session, of the sessions that started in a month (UTC).</summary>
    public static async Task<OcpiAnswer> Completeness(OcpiCall call)
    {
        if (IsoText.Month(call.Value("month")) is not { } month)
        {
            return OcpiAnswer.NotFound;
        }

        var tenants = await call.Services.Scope.Tenants(call.Caller, call.Stop);
        var answer = await call.Services.Completeness.Ask(tenants, call.Caller.OnlySource, month, call.Stop);
        return OcpiAnswer.Of(json =>
        {
            json.WriteStartObject();
            json.WriteString("month", month.Text());
            json.WriteNumber("completed_sessions", answer.Sessions);
            List("sessions_without_cdr", answer.WithoutCdr);
            List("cdrs_without_session", answer.WithoutSession);
            json.WriteEndObject();

            void List(string name, IReadOnlyList<Incomplete> rows)
            {
                json.WriteStartArray(name);
                foreach (var row in rows)
                {
                    json.WriteStartObject();
                    json.WriteString("cpo", row.Cpo);
                    json.WriteString("emsp", row.Emsp);
                    json.WriteString("session_id", row.SessionId);
                    json.WriteString("cdr_id", row.CdrId);
                    json.WriteString("start_date_time", OcpiWriting.Time(row.Start, OcpiVersion.V230));
                    json.WriteNumber("kwh", row.EnergyKwh);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }
        });
    }

    public static Task<OcpiAnswer> GetWebhook(OcpiCall call) => Task.FromResult(
        call.Caller is { IsHub: false, Partner.Webhook: { } webhook }
            ? OcpiAnswer.Of(json =>
            {
                json.WriteStartObject();
                json.WriteString("url", webhook.Url);
                json.WriteEndObject();
            })
            : OcpiAnswer.NotFound);

    /// <summary>Sets where the partner is told; the secret of the signatures is in this answer and nowhere else.</summary>
    public static async Task<OcpiAnswer> PutWebhook(OcpiCall call)
    {
        if (call.Caller.IsHub)
        {
            return OcpiAnswer.NotFound; // a hub is never told of statements (rules-money 28)
        }

        var (body, refusal) = OcpiMerge.Read(call.Body);
        if (body is null)
        {
            return OcpiAnswer.Refused(refusal!);
        }

        using (body)
        {
            var url = body.RootElement.TryGetProperty("url", out var text) && text.ValueKind == System.Text.Json.JsonValueKind.String
                ? text.GetString()
                : null;
            if (Egress.Check(url, call.Services.Options.AllowPrivatePartners, out _) is { } no)
            {
                return OcpiAnswer.Refused(no);
            }

            return await SetWebhook(call, url!);
        }
    }

    public static async Task<OcpiAnswer> DeleteWebhook(OcpiCall call)
    {
        var partner = (await call.Engine.Tokens.Fresh(call.Stop)).Partner(call.Caller.Partner.Key)!;
        if (partner.Webhook is null || call.Caller.IsHub)
        {
            return OcpiAnswer.NotFound;
        }

        var fact = new AccessFact.WebhookRemoved(partner.Key, call.Engine.Now);
        return await call.Engine.Tokens.Record(partner, fact, call.Actor, call.Stop)
            ? OcpiAnswer.Done
            : OcpiAnswer.Refused(Changed);
    }

    private static readonly Refusal Changed = new("partner.changed", "It was changed meanwhile; look again.");

    private static async Task<OcpiAnswer> SetWebhook(OcpiCall call, string url)
    {
        var partner = (await call.Engine.Tokens.Fresh(call.Stop)).Partner(call.Caller.Partner.Key)!;
        var secret = Webhooks.NewSecret();
        var fact = new AccessFact.WebhookSet(
            partner.Key, partner.Parties, url,
            call.Engine.Vault.SealDocument("@admin", Encoding.UTF8.GetBytes(secret)), call.Engine.Now);
        if (!await call.Engine.Tokens.Record(partner, fact, call.Actor, call.Stop))
        {
            return OcpiAnswer.Refused(Changed);
        }

        await call.Services.Webhooks.Begin(partner.Key, call.Stop);
        return OcpiAnswer.Of(json =>
        {
            json.WriteStartObject();
            json.WriteString("url", url);
            json.WriteString("secret", secret);
            json.WriteEndObject();
        });
    }
}
