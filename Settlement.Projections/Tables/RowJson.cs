using System.Text.Json;
using Settlement.Projections.EventStore;

namespace Settlement.Projections.Tables;

/// <summary>Lists inside a row are written as facts are.</summary>
public static class RowJson
{
    public static readonly JsonSerializerOptions Options = EventJson.Options();
}
