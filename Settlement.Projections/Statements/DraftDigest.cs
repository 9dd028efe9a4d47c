using System.Security.Cryptography;
using System.Text.Json;
using Settlement.Domain.Periods;
using Settlement.Projections.Tables;

namespace Settlement.Projections.Statements;

/// <summary>What an approver signs: SHA-256, hex, over the draft as facts are written.</summary>
public static class DraftDigest
{
    public static string Of(StatementDraft draft) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(draft, RowJson.Options)));
}
