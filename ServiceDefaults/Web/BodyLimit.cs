using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Sante.ServiceDefaults.Web;

/// <summary>
/// Answers a body announced as too large before it is read. The server alone would close the connection under the sender, who would then
/// see a broken pipe instead of the 413: so the rest is read and thrown away, within bounds.
/// </summary>
internal sealed class BodyLimit(RequestDelegate next)
{
    private const int DrainFactor = 4;
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(5);

    public Task InvokeAsync(HttpContext context) =>
        context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false, MaxRequestBodySize: { } limit } feature
        && context.Request.ContentLength is { } announced && announced > limit
            ? RefuseAsync(context, feature, limit)
            : next(context);

    private static async Task RefuseAsync(HttpContext context, IHttpMaxRequestBodySizeFeature feature, long limit)
    {
        feature.MaxRequestBodySize = null;
        context.Response.Headers.Connection = "close";
        await Problem.Of(StatusCodes.Status413PayloadTooLarge).WriteAsync(context);
        await context.Response.CompleteAsync();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        patience.CancelAfter(DrainTime);
        var buffer = new byte[64 * 1024];
        var drained = 0L;
        try
        {
            int read;
            while (drained < limit * DrainFactor && (read = await context.Request.Body.ReadAsync(buffer, patience.Token)) > 0)
            {
                drained += read;
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException)
        {
            // The sender stopped or is too slow: the answer was given.
        }
    }
}
