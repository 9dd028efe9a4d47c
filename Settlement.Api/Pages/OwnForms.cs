using Settlement.Domain;
using Settlement.Domain.Agreements;

namespace Settlement.Api.Pages;

/// <summary>What forms and addresses send.</summary>
internal static class OwnForms
{
    /// <summary>A field that is left empty says nothing.</summary>
    public static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    /// <summary>Null where it is left empty, and with a refusal where it is no party.</summary>
    public static PartyId? Party(string? text, out Refusal? refusal)
    {
        refusal = null;
        return Given(text) is { } given ? Output.Party(given, out refusal) : null;
    }

    /// <summary>The file of a form's field; null where there is none.</summary>
    public static async Task<IFormFile?> File(HttpRequest request, string field, CancellationToken stop) =>
        request.HasFormContentType
        && (await request.ReadFormAsync(stop)).Files.GetFile(field) is { Length: > 0 } file
            ? file
            : null;
}
