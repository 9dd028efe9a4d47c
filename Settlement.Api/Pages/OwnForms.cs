using Settlement.Domain;

namespace Settlement.Api.Pages;

/// <summary>Forms that change something are taken from our own pages only, whatever else a browser has open.</summary>
internal static class OwnForms
{
    public static async ValueTask<object?> Only(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var request = context.HttpContext.Request;
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        var origin = request.Headers.Origin.ToString();
        var isOwn = (site.Length == 0 || site is "same-origin" or "none")
            && (origin.Length == 0 || (Uri.TryCreate(origin, UriKind.Absolute, out var from)
                && from.Authority == request.Host.Value));
        return isOwn
            ? await next(context)
            : PageAnswer.Problem(StatusCodes.Status403Forbidden, new Refusal(
                "form.foreign", "This form was sent by another site. Open the page here and send it again."));
    }

    /// <summary>The file of a form's field; null where there is none.</summary>
    public static async Task<IFormFile?> File(HttpRequest request, string field, CancellationToken stop) =>
        request.HasFormContentType
        && (await request.ReadFormAsync(stop)).Files.GetFile(field) is { Length: > 0 } file
            ? file
            : null;
}
