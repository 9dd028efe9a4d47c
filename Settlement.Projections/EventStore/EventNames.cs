using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Books;
using Settlement.Domain.Corrections;
using Settlement.Domain.Disputes;
using Settlement.Domain.Intake;
using Settlement.Domain.People;
using Settlement.Domain.Privacy;
using Settlement.Domain.Ocpi;
using Settlement.Domain.Payments;
using Settlement.Domain.Periods;

namespace Settlement.Projections.EventStore;

/// <summary>
/// Which fact is stored under which name. The names are data, frozen by a golden file: a class may be renamed, a
/// stored name never. A changed fact gets a new name (<c>cdr_rated_v2</c>), the old one an upcaster.
/// </summary>
public sealed class EventNames
{
    private readonly FrozenDictionary<Type, Entry> byType;
    private readonly FrozenDictionary<string, Entry> byName;

    public EventNames(IReadOnlyList<Entry> entries, params IReadOnlyList<IJsonTypeInfoResolver> contexts)
        : this(entries, EventJson.Options(contexts))
    {
    }

    private EventNames(IReadOnlyList<Entry> entries, JsonSerializerOptions options)
    {
        foreach (var entry in entries)
        {
            entry.Bind(options);
        }

        byName = entries.ToFrozenDictionary(entry => entry.Name, StringComparer.Ordinal);
        byType = entries.Where(entry => entry.IsWritten).ToFrozenDictionary(entry => entry.Type);
    }

    /// <summary>Every fact of the program. Add a line for each new fact; never change or remove a name.</summary>
    public static EventNames Standard { get; } = new(
    [
        Fact<CdrFact.CdrReceived>("cdr_received"),
        Fact<CdrFact.CdrRated>("cdr_rated"),
        Fact<CdrFact.CdrHeld>("cdr_held"),
        Fact<CdrFact.CdrConflicted>("cdr_conflicted"),
        Fact<CdrFact.CdrRemarked>("cdr_remarked"),
        Fact<CdrFact.CreditAwaited>("credit_awaited"),
        Fact<CdrFact.CdrCredited>("cdr_credited"),
        Fact<CdrFact.CreditPosted>("credit_posted"),
        Fact<CdrFact.CreditTakenBack>("credit_taken_back"),
        Fact<CdrFact.CdrUncredited>("cdr_uncredited"),
        Fact<CdrFact.CdrRejected>("cdr_rejected"),
        Fact<CdrFact.ReleaseProposed>("cdr_release_proposed"),
        Fact<CdrFact.ContentChosen>("content_chosen"),
        Fact<CdrFact.CdrReversed>("cdr_reversed"),
        Fact<CdrFact.CdrReopened>("cdr_reopened"),
        Fact<CdrFact.SessionSeparated>("session_separated"),
        Fact<CorrectionFact.CorrectionProposed>("correction_proposed"),
        Fact<CorrectionFact.CorrectionApproved>("correction_approved"),
        Fact<CorrectionFact.CorrectionPaged>("correction_paged"),
        Fact<CorrectionFact.CorrectionPagePosted>("correction_page_posted"),
        Fact<CorrectionFact.CorrectionApplied>("correction_applied"),
        Fact<CorrectionFact.CorrectionWithdrawn>("correction_withdrawn"),
        Fact<PeriodFact.PeriodSoftClosed>("period_soft_closed"),
        Fact<PeriodFact.PeriodCut>("period_cut"),
        Fact<PeriodFact.StatementPrepared>("statement_prepared"),
        Fact<PeriodFact.StatementApproved>("statement_approved"),
        Fact<PeriodFact.StatementIssued>("statement_issued"),
        Fact<PeriodFact.PeriodHardClosed>("period_hard_closed"),
        Fact<PeriodFact.ReopenProposed>("reopen_proposed"),
        Fact<PeriodFact.ReopenApproved>("reopen_approved"),
        Fact<PeriodFact.PeriodReopened>("period_reopened"),
        Fact<DisputeFact.DisputeOpened>("dispute_opened"),
        Fact<DisputeFact.DisputeAcknowledged>("dispute_acknowledged"),
        Fact<DisputeFact.EvidenceRequested>("evidence_requested"),
        Fact<DisputeFact.EvidenceProvided>("evidence_provided"),
        Fact<DisputeFact.DisputeEscalated>("dispute_escalated"),
        Fact<DisputeFact.DisputeUpheld>("dispute_upheld"),
        Fact<DisputeFact.DisputeDenied>("dispute_denied"),
        Fact<DisputeFact.DisputeWithdrawn>("dispute_withdrawn"),
        Fact<DisputeFact.CreditNoteIssued>("credit_note_issued"),
        Fact<DisputeFact.DisputeClosed>("dispute_closed"),
        Fact<PaymentFact.PaymentRecorded>("payment_recorded"),
        Fact<PaymentFact.PaymentBroughtForward>("payment_brought_forward"),
        Fact<PaymentFact.PaymentApplied>("payment_applied"),
        Fact<PaymentFact.PaymentReversed>("payment_reversed"),
        Fact<PaymentFact.PaymentRefunded>("payment_refunded"),
        Fact<OffsetFact.CreditOffset>("credit_offset"),
        Fact<WriteOffFact.WriteOffProposed>("write_off_proposed"),
        Fact<WriteOffFact.WriteOffApproved>("write_off_approved"),
        Fact<OpeningFact.OpeningProposed>("opening_proposed"),
        Fact<ExportFact.LedgerExported>("ledger_exported"),
        Fact<OpeningFact.OpeningApproved>("opening_approved"),
        Fact<OpeningFact.OpeningImported>("opening_imported"),
        Fact<SessionFact.SessionTaken>("session_taken"),
        Fact<TariffFact.TariffSeen>("tariff_seen"),
        Fact<DocumentFact.DocumentHeld>("document_held"),
        Fact<DocumentFact.DocumentReleased>("document_released"),
        Fact<DocumentFact.DocumentRejected>("document_rejected"),
        Fact<AgreementFact.AgreementMade>("agreement_made"),
        Fact<AccessFact.PartnerTokenIssued>("partner_token_issued"),
        Fact<AccessFact.PartnerTokenRevoked>("partner_token_revoked"),
        Fact<UserFact.UserCreated>("user_created"),
        Fact<UserFact.UserRolesChanged>("user_roles_changed"),
        Fact<UserFact.PasswordSet>("password_set"),
        Fact<UserFact.UserTokenIssued>("user_token_issued"),
        Fact<UserFact.UserTokenRevoked>("user_token_revoked"),
        Fact<UserFact.UserDeactivated>("user_deactivated"),
        Fact<UserFact.SignedIn>("signed_in"),
        Fact<UserFact.SignInFailed>("sign_in_failed"),
        Fact<VisitFact.AttemptRefused>("attempt_refused"),
        Fact<VisitFact.DocumentRead>("document_read"),
        Fact<AccessFact.RegistrationTokenIssued>("registration_token_issued"),
        Fact<AccessFact.CredentialsExchanged>("credentials_exchanged"),
        Fact<AccessFact.CredentialsWithdrawn>("credentials_withdrawn"),
        Fact<AccessFact.PartnerConfigured>("partner_configured"),
        Fact<AccessFact.WebhookSet>("webhook_set"),
        Fact<AccessFact.WebhookRemoved>("webhook_removed"),
        Fact<SessionReportFact.SessionReported>("session_reported"),
        Fact<InvoiceRecordFact.InvoiceRecordReceived>("invoice_record_received"),
        Fact<InvoiceRecordFact.InvoiceRecordWithdrawn>("invoice_record_withdrawn"),
        Fact<BookFact.TariffWithdrawn>("tariff_withdrawn"),
        Fact<ApiFact.RequestBegun>("request_begun"),
        Fact<ApiFact.RequestAnswered>("request_answered"),
        Fact<DriverFact.DriverErased>("driver_erased"),
        Fact<DriverFact.LegalHoldSet>("legal_hold_set"),
        Fact<DriverFact.LegalHoldLifted>("legal_hold_lifted"),
        Fact<BookFact.PartyRegistered>("party_registered"),
        Fact<BookFact.TariffPublished>("tariff_published"),
        Fact<BookFact.LocationPublished>("location_published"),
        Fact<BookFact.TaxRuleProposed>("tax_rule_proposed"),
        Fact<BookFact.TaxRuleApproved>("tax_rule_approved"),
        Fact<BookFact.LocalRatesProposed>("local_rates_proposed"),
        Fact<BookFact.LocalRatesApproved>("local_rates_approved"),
        Fact<BookFact.FxObserved>("fx_observed"),
    ]);

    /// <summary>The same names for a reader that never looks at some members of facts.</summary>
    public EventNames Without(IReadOnlyList<PassedOver> members) =>
        new([.. byName.Values.Select(entry => entry with { })], EventJson.Options([], PassedOver.Modifier(members)));

    /// <summary>Every name with its kind, for the golden file.</summary>
    public IEnumerable<Entry> All => byName.Values.OrderBy(entry => entry.Name, StringComparer.Ordinal);

    /// <summary>A fact and the name it is stored under.</summary>
    public static Entry Fact<T>(string name)
        where T : Fact => new Entry<T>(name, IsWritten: true, fact => fact);

    /// <summary>A name that is no longer written: what is stored under it is read as today's fact.</summary>
    public static Entry Former<TOld>(string name, Func<TOld, Fact> upcast)
        where TOld : Fact => new Entry<TOld>(name, IsWritten: false, upcast);

    /// <summary>The entry of a fact's type.</summary>
    /// <exception cref="UnknownEventException">No line in this file names it.</exception>
    public Entry Of(Fact fact) =>
        byType.GetValueOrDefault(fact.GetType()) ?? throw new UnknownEventException(fact.GetType().Name);

    /// <summary>Reads what is stored under a name.</summary>
    /// <exception cref="UnknownEventException">A newer program wrote it: this one must not guess or skip.</exception>
    public Fact Read(string name, ReadOnlySpan<byte> json) =>
        (byName.GetValueOrDefault(name) ?? throw new UnknownEventException(name)).Read(json);

    /// <summary>One line of the registry.</summary>
    public abstract record Entry(string Name, Type Type, bool IsWritten)
    {
        internal abstract void Bind(JsonSerializerOptions options);

        internal abstract Fact Read(ReadOnlySpan<byte> json);

        internal abstract void Write(Utf8JsonWriter writer, Fact fact);
    }

    private sealed record Entry<T>(string Name, bool IsWritten, Func<T, Fact> Upcast)
        : Entry(Name, typeof(T), IsWritten)
        where T : Fact
    {
        private JsonTypeInfo<T>? json;

        internal override void Bind(JsonSerializerOptions options) =>
            json = (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));

        internal override Fact Read(ReadOnlySpan<byte> json) =>
            Upcast(JsonSerializer.Deserialize(json, this.json!) ?? throw new JsonException("An event is null."));

        internal override void Write(Utf8JsonWriter writer, Fact fact) => JsonSerializer.Serialize(writer, (T)fact, json!);
    }
}

/// <summary>A fact without a stored name, or a stored name without a fact.</summary>
public sealed class UnknownEventException(string name)
    : InvalidOperationException($"This program knows no event {name}; a newer one may.");
