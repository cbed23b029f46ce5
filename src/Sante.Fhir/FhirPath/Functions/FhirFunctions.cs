using System.Buffers;
using Sante.Fhir.Check;
using Sante.Fhir.Definitions;
using Sante.Fhir.Json;

namespace Sante.Fhir.FhirPath;

/// <summary>The functions that FHIR R4 adds (http://hl7.org/fhir/R4/fhirpath.html#functions).</summary>
internal static class FhirFunctions
{
    private static readonly MemberName Extension = new("extension");
    private static readonly MemberName Url = new("url");

    public static readonly PathFunctionEntry[] All =
    [
        new("extension", 1, 1, Extensions),
        new("hasExtension", 1, 1, HasExtension),
        new("getValue", 0, 0, GetValue),
        new("resolve", 0, 0, Resolution.Resolve),
        new("memberOf", 1, 1, MemberOf),
        new("conformsTo", 1, 1, ConformsTo),
        new("htmlChecks", 0, 0, HtmlChecks),
        new("htmlChecks2", 0, 0, HtmlChecks),
        new("elementDefinition", 0, 0, NotSupported),
        new("slice", 2, 2, NotSupported),
        new("checkModifiers", 0, 8, NotSupported),
        new("subsumes", 1, 1, NotSupported),
        new("subsumedBy", 1, 1, NotSupported),
    ];

    // They need snapshots or a terminology server's subsumption; no invariant and no search parameter of R4 uses them.
    private static void NotSupported(PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output) => run.Fail(PathFaults.NotSupported(call.Name));

    private static void Extensions(PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output)
    {
        var url = call.Text(run, focus, 0);
        if (url is null)
        {
            return;
        }

        var (found, urls) = (run.Rent(), run.Rent());
        for (var at = 0; at < input.Count && run.Spend(); at++)
        {
            Members.Add(run, input[at], Extension, found);
        }

        for (var at = 0; at < found.Count && run.Spend(); at++)
        {
            urls.Clear();
            Members.Add(run, found[at], Url, urls);
            if (urls.Count == 1 && Conversion.StringOf(urls[0]) == url)
            {
                output.Add(found[at]);
            }
        }

        run.Return(urls);
        run.Return(found);
    }

    // Not in the standard, but R4's own search parameter item-subject of QuestionnaireResponse calls it.
    private static void HasExtension(PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output)
    {
        var found = run.Rent();
        Extensions(run, call, focus, input, found);
        output.Add(found.Count > 0);
        run.Return(found);
    }

    private static void GetValue(PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output)
    {
        if (input.Count == 1 && Conversion.IsPrimitive(input[0]) && Conversion.ToSystem(input[0]) is { Exists: true } value)
        {
            output.Add(value);
        }
    }

    private static void MemberOf(PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output)
    {
        var (coded, set) = (run.Single(input), call.Text(run, focus, 0));
        if (!coded.Exists || set is null || run.Failed)
        {
            return;
        }

        if (run.Scope.MemberOf is not { } memberOf)
        {
            run.Fail(PathFaults.NotSupported(call.Name));
        }
        else if (memberOf(coded, set) is { } known)
        {
            output.Add(known);
        }
    }

    private static void ConformsTo(PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output)
    {
        var (element, profile) = (run.Single(input), call.Text(run, focus, 0));
        if (!element.Exists || profile is null || run.Failed)
        {
            return;
        }

        if (R4.Current.IsBaseType(profile) is { } type)
        {
            output.Add(TypeReference.IsNamed(element, type));
        }
        else if (run.Scope.ConformsTo?.Invoke(element, profile) is { } conforms)
        {
            output.Add(conforms);
        }
        else
        {
            run.Fail(PathFaults.UnknownProfile());
        }
    }

    private static void HtmlChecks(PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output)
    {
        if (run.Single(input) is not { NodeKind: FhirNodeKind.Text } html || !run.Spend(1 + (html.Tree!.Entries[html.Index].Length / 8)))
        {
            return;
        }

        var raw = html.Tree.Value(html.Index);
        var buffer = ArrayPool<byte>.Shared.Rent(raw.Length);
        try
        {
            output.Add(Narrative.Fault(buffer.AsSpan(0, JsonText.Unescape(raw, buffer))) is null);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
