using System.Collections.Concurrent;
using Sante.Kernel;

namespace Sante.Fhir.FhirPath;

/// <summary>
/// A compiled FHIRPath expression (http://hl7.org/fhirpath N1 with the functions of FHIR R4): immutable, for use by many threads. Parsed ones
/// are kept, up to a bound.
/// </summary>
public sealed class FhirPathExpression
{
    private const int MostKept = 4096;
    private static readonly ConcurrentDictionary<string, FhirPathExpression> Kept = new(StringComparer.Ordinal);

    private readonly PathNode root;

    private FhirPathExpression(string source, PathNode root) => (Source, this.root) = (source, root);

    /// <summary>The expression as written.</summary>
    public string Source { get; }

    internal PathNode Root => root;

    /// <summary>Reads an expression. Refusals: <c>fhirpath-syntax</c>, <c>fhirpath-too-complex</c>, <c>fhirpath-unknown-function</c>, <c>fhirpath-unknown-type</c>, <c>fhirpath-arguments</c>.</summary>
    public static Outcome<FhirPathExpression> Parse(string source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (Kept.TryGetValue(source, out var known))
        {
            return known;
        }

        var made = Read(source);
        if (made.Refusal is null)
        {
            if (Kept.Count >= MostKept)
            {
                Kept.Clear();
            }

            Kept.TryAdd(source, made.Value);
        }

        return made;
    }

    /// <summary>As <see cref="Parse"/>, without keeping it: for expressions that come with a request.</summary>
    internal static Outcome<FhirPathExpression> Read(string source)
    {
        if (source.Length > FhirPathLimits.MaxExpressionLength)
        {
            return PathFaults.TooComplex;
        }

        var parser = new PathSyntax(source);
        if (parser.Parse() is not { } root)
        {
            return parser.Fault!;
        }

        return new FhirPathExpression(source, root);
    }

    /// <summary>
    /// The items that the expression gives for a context. Refusals of kind Invalid: <c>fhirpath-type</c>, <c>fhirpath-not-single</c>,
    /// <c>fhirpath-too-costly</c>, <c>fhirpath-pattern</c>, <c>fhirpath-unknown-variable</c>, <c>fhirpath-not-supported</c>, <c>fhirpath-unknown-profile</c>, <c>fhirpath-units</c>.
    /// </summary>
    public Outcome<IReadOnlyList<FhirPathValue>> Evaluate(FhirPathValue context, FhirPathScope scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        var run = scope.Begin(context);
        var output = run.Rent();
        root.Run(run, context, output);
        FhirPathValue[] items = run.Failed ? [] : output.Span.ToArray();
        run.Return(output);
        scope.End(run);
        return run.Fault is { } fault ? fault : Outcome.Of<IReadOnlyList<FhirPathValue>>(items);
    }

    /// <summary>The items for a whole resource.</summary>
    public Outcome<IReadOnlyList<FhirPathValue>> Evaluate(FhirResource resource, FhirPathScope scope) => Evaluate(FhirPathValue.Of(resource), scope);

    /// <summary>True when the expression gives exactly true (a single item that is no Boolean counts as true, no item as false): the reading of invariants. Refusals as for Evaluate.</summary>
    public Outcome<bool> IsTrue(FhirPathValue context, FhirPathScope scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        var run = scope.Begin(context);
        var truth = root.Test(run, context);
        scope.End(run);
        return run.Fault is { } fault ? fault : truth == Truth.True;
    }

    /// <summary>The source.</summary>
    public override string ToString() => Source;
}
