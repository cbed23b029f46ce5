using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Sante.Kernel;
using Sante.Space.FhirApi;

namespace Sante.Space.Workbench;

/// <summary>Names and values of a query in their order: of a URL, of a form, of criteria. Read by hand once: the framework's collections lose the order.</summary>
internal static class QueryText
{
    private const string FormType = "application/x-www-form-urlencoded";
    private const int MostFormBytes = 256 * 1024;

    /// <summary>The decoded pairs of <c>a=b&amp;c=d</c>, with or without a leading question mark.</summary>
    public static List<KeyValuePair<string, string>> Read(string? text)
    {
        List<KeyValuePair<string, string>> pairs = [];
        if (!string.IsNullOrEmpty(text))
            Add(pairs, text);
        return pairs;
    }

    /// <summary>The pairs of the URL and, of a POST, of the form. Refusals: <c>unsupported-media-type</c>, <c>search-too-complex</c>.</summary>
    public static async ValueTask<Outcome<List<KeyValuePair<string, string>>>> ReadAsync(HttpRequest request)
    {
        var pairs = Read(request.QueryString.Value);
        if (!HttpMethods.IsPost(request.Method))
            return pairs;
        // An empty body needs no type: all criteria may stand in the URL.
        if (request.ContentLength == 0)
            return pairs;
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals(FormType, StringComparison.OrdinalIgnoreCase))
            return FhirRefusals.UnsupportedMediaType;
        var body = await FhirBody.BytesAsync(request, MostFormBytes, request.HttpContext.RequestAborted);
        if (body.Length > MostFormBytes)
            return FhirRefusals.FormTooComplex;
        Add(pairs, Encoding.UTF8.GetString(body.Span));
        return pairs;
    }

    /// <summary>The value of the first pair of that name, taken out of the list; null when there is none.</summary>
    public static string? Take(List<KeyValuePair<string, string>> pairs, string name)
    {
        for (var at = 0; at < pairs.Count; at++)
        {
            if (pairs[at].Key == name)
            {
                var value = pairs[at].Value;
                pairs.RemoveAt(at);
                return value;
            }
        }

        return null;
    }

    private static void Add(List<KeyValuePair<string, string>> pairs, string text)
    {
        foreach (var pair in new QueryStringEnumerable(text))
            pairs.Add(KeyValuePair.Create(pair.DecodeName().ToString(), pair.DecodeValue().ToString()));
    }
}
