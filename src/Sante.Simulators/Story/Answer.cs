using System.Net;
using System.Text.Json;

namespace Sante.Simulators.Story;

/// <summary>An HTTP answer, read whole.</summary>
/// <param name="FrontEnd">From 1: which API answered.</param>
/// <param name="ContentType">Without parameters; empty when there is none.</param>
/// <param name="At">When it had arrived, system time.</param>
public sealed record Answer(HttpStatusCode Status, int FrontEnd, string ContentType, byte[] Body, TimeSpan? RetryAfter, DateTimeOffset At)
{
    private readonly Lazy<JsonElement> json = new(() => JsonDocument.Parse(Body).RootElement);

    /// <summary>The body as JSON.</summary>
    public JsonElement Json => json.Value;

    public bool IsSuccess => (int)Status is >= 200 and < 300;

    /// <summary>The stable code of a refusal: of problem+json or of an OperationOutcome; null when there is none.</summary>
    public string? Code
    {
        get
        {
            if (IsSuccess || !ContentType.EndsWith("json", StringComparison.Ordinal) || Body.Length == 0)
            {
                return null;
            }

            if (Json.TryGetProperty("code", out var code))
            {
                return code.GetString();
            }

            return Json.TryGetProperty("issue", out var issues) && issues[0].TryGetProperty("details", out var details) && details.TryGetProperty("coding", out var coding)
                ? coding[0].GetProperty("code").GetString() : null;
        }
    }

    /// <summary>Resources of a searchset.</summary>
    public IReadOnlyList<JsonElement> Entries => Json.TryGetProperty("entry", out var entries)
        ? [.. entries.EnumerateArray().Where(entry => entry.TryGetProperty("resource", out _)).Select(entry => entry.GetProperty("resource"))] : [];

    /// <summary><c>Bundle.total</c>.</summary>
    public int Total => Json.GetProperty("total").GetInt32();

    /// <summary>The status, and the code when it is a refusal.</summary>
    public string Told => Code is { } code ? $"{(int)Status} {code}" : ((int)Status).ToString(System.Globalization.CultureInfo.InvariantCulture);

    public override string ToString() => Told;
}
