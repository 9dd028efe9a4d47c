using Settlement.Domain;

namespace Settlement.Api.People;

/// <summary>Refusals at the gate.</summary>
internal static class Problems
{
    public static readonly Refusal SignIn = new(
        "user.not-signed-in", "Sign in first, or send a machine's token: Authorization: Bearer ….");

    public static readonly Refusal ChangePassword = new(
        "password.one-time", "This password is good for one sign-in; choose your own first.");

    public static readonly Refusal Forged = new(
        "form.stale", "This form was not made for you, or too long ago. Load its page again; nothing was changed.");

    public static readonly Refusal TooOften = new(
        "request.too-often", "This token, or wrong ones from this address, came too often; wait as long as Retry-After says.");

    public static readonly Refusal NoRight = new(
        "route.without-right", "This address says for nobody who may use it, so nobody may.");

    public static readonly Refusal TooLarge = new(
        "request.too-large", "The request is larger than this address takes; nothing was read and nothing changed.");

    public static int Status(Refusal refusal) => refusal.Code switch
    {
        "user.not-signed-in" => StatusCodes.Status401Unauthorized,
        "form.stale" => StatusCodes.Status400BadRequest,
        "request.too-large" => StatusCodes.Status413PayloadTooLarge,
        _ => StatusCodes.Status403Forbidden,
    };

    /// <summary>RFC 9457, with our code as the type.</summary>
    public static IResult Api(Refusal refusal, bool isUnknown) => Of(
        isUnknown && refusal.Code != "form.stale" ? StatusCodes.Status401Unauthorized : Status(refusal), refusal);

    public static IResult Of(int status, Refusal refusal) => Results.Problem(
        detail: refusal.Message, statusCode: status, type: $"urn:settlement:{refusal.Code}", title: refusal.Code);
}
