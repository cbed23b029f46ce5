using Sante.Fhir.Definitions;

namespace Sante.Fhir.FhirPath;

/// <summary>Tree navigation, type(), clock and trace (http://hl7.org/fhirpath/N1/#tree-navigation, #utility-functions).</summary>
internal static class TreeFunctions
{
    public static readonly PathFunctionEntry[] All =
    [
        new("children", 0, 0, Children),
        new("descendants", 0, 0, Descendants),
        new("type", 0, 0, TypeOf),
        new("trace", 1, 2, Trace),
        new("now", 0, 0, static (PathRun run, CallNode _, in FhirPathValue _, Items _, Items output) => Now(run, output, FhirPathKind.DateTime)),
        new("today", 0, 0, static (PathRun run, CallNode _, in FhirPathValue _, Items _, Items output) => Now(run, output, FhirPathKind.Date)),
        new("timeOfDay", 0, 0, static (PathRun run, CallNode _, in FhirPathValue _, Items _, Items output) => Now(run, output, FhirPathKind.Time)),
    ];

    private static void Children(PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output)
    {
        for (var at = 0; at < input.Count && run.Spend(); at++)
        {
            Members.AddChildren(run, input[at], output);
        }
    }

    private static void Descendants(PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output)
    {
        for (var at = 0; at < input.Count && run.Spend(); at++)
        {
            Members.AddDescendants(run, input[at], output);
        }
    }

    private static void TypeOf(PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output)
    {
        for (var at = 0; at < input.Count && run.Spend(); at++)
        {
            var value = input[at];
            // The inside of an element has no name of its own.
            var name = value.Type is { Kind: TypeKind.Backbone } inner ? inner.Parent.Length > 0 ? inner.Parent : "BackboneElement" : value.TypeName ?? "Element";
            output.Add(FhirPathValue.Of(new TypeName(value.Kind == FhirPathKind.Element ? "FHIR" : "System", name)));
        }
    }

    private static void Trace(PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output)
    {
        var name = call.Text(run, focus, 0) ?? "";
        if (run.Scope.Trace is { } trace)
        {
            var seen = run.Rent();
            for (var at = 0; at < input.Count && call.Arguments.Count > 1 && run.Spend(); at++)
            {
                call.RunFor(run, 1, input[at], at, seen);
            }

            trace(name, call.Arguments.Count > 1 ? seen.Span.ToArray() : input.Span.ToArray());
            run.Return(seen);
        }

        output.AddRange(input);
    }

    private static void Now(PathRun run, Items output, FhirPathKind kind)
    {
        if (run.Scope.Now is not { } now)
        {
            run.Fail(PathFaults.NoClock);
            return;
        }

        var ticks = now.DateTime.Ticks - (now.DateTime.Ticks % TimeSpan.TicksPerMillisecond);
        output.Add(FhirPathValue.Of(kind switch
        {
            FhirPathKind.Date => new Moment(kind, now.DateTime.Date.Ticks, MomentPart.Day, 0, null, false),
            FhirPathKind.Time => new Moment(kind, ticks % TimeSpan.TicksPerDay, MomentPart.Second, 3, null, false),
            _ => new Moment(kind, ticks, MomentPart.Second, 3, (int)now.Offset.TotalMinutes, false),
        }));
    }
}
