namespace Sante.Rules.Tests.Samples;

/// <summary>Refusals and events against their catalogues.</summary>
public static class CatalogueSamples
{
    private const string Table = "eng/refusals.md";
    private const string Code = "src/Sante.Space/Consent/Consent.cs";
    private const string Events = "src/Sante.Space/Consent/ConsentEvents.cs";
    private const string Row = "| `consent-empty` | Invalid | nothing in it | Consent |\n";

    public static IReadOnlyList<Sample> All { get; } =
    [
        Sample.Bad("refusal-codes-are-literals", Code, "return new Refusal(code, RefusalKind.Invalid, text);"),
        Sample.Bad("refusal-codes-are-literals", Code, """return new Refusal($"consent-{why}", RefusalKind.Invalid, text);"""),
        Sample.Bad("refusal-codes-are-literals", Code, """return new Refusal("ConsentEmpty", RefusalKind.Invalid, text);"""),
        Sample.Good("refusal-codes-are-literals", Code, """return new Refusal("consent-empty", RefusalKind.Invalid, text); // new Refusal(code"""),

        new("refusals-are-listed", true, (Code, """return new Refusal("consent-expired", RefusalKind.Conflict, text);"""), (Table, Row)),
        new("refusals-are-listed", true, (Code, """static Refusal A { get; } = new("consent-expired", RefusalKind.Conflict, text);"""), (Table, Row)),
        new("refusals-are-listed", true, (Code, """return new Refusal("consent-empty", RefusalKind.Conflict, text);"""), (Table, Row)),
        new("refusals-are-listed", false, (Code, """static Refusal A = new("consent-empty", RefusalKind.Invalid, text);"""), (Table, Row)),
        new("refusals-are-listed", false, (Code, """var s = "new Refusal(\"consent-x\", RefusalKind.Invalid"; """), (Table, Row)),

        new("listed-refusals-exist", true, (Code, """// new Refusal("consent-empty", RefusalKind.Invalid, text)"""), (Table, Row)),
        new("listed-refusals-exist", true, (Code, """new Refusal("consent-empty", RefusalKind.Invalid, text)"""), (Table, Row + Row)),
        new("listed-refusals-exist", false, (Code, """new Refusal("consent-empty", RefusalKind.Invalid, text)"""), (Table, "| code | kind |\n|---|---|\n" + Row)),

        Sample.Bad("events-have-golden-files", Events, "public sealed record ConsentGranted(Guid Id);"),
        new("events-have-golden-files", true, (Events, "public sealed record ConsentGranted(Guid Id);"), ("tests/Sante.Space.Tests/Consent/Golden/ConsentRevoked.json", "{}")),
        new("events-have-golden-files", false, (Events, "public abstract record ConsentEvent; public sealed record ConsentGranted(Guid Id);"), ("tests/Sante.Space.Tests/Consent/Golden/ConsentGranted.json", "{}")),
    ];
}
