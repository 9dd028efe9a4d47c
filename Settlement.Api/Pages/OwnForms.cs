namespace Settlement.Api.Pages;

/// <summary>What forms send.</summary>
internal static class OwnForms
{
    /// <summary>The file of a form's field; null where there is none.</summary>
    public static async Task<IFormFile?> File(HttpRequest request, string field, CancellationToken stop) =>
        request.HasFormContentType
        && (await request.ReadFormAsync(stop)).Files.GetFile(field) is { Length: > 0 } file
            ? file
            : null;
}
