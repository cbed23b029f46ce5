using System.Globalization;
using Sante.Fhir.Definitions;
using Sante.Fhir.Terminology;

namespace Sante.Fhir.Check;

/// <summary>One check: where issues are gathered. Not shared between threads.</summary>
internal sealed class CheckRun
{
    private readonly FhirCheckOptions options;
    private HashSet<(string Code, string Where)>? onceOnly;
    private HashSet<(int Node, string Profile)>? checkedProfiles;
    private ItemStack? items;
    private ProfileCheck? profiles;
    private BundleIndex? bundle;
    private Dictionary<string, Dictionary<string, Holds>>? memberships;
    private HashSet<(int Node, string Profile)>? underWay;
    private int trials;
    private int errors;
    private int remarks;

    public CheckRun(R4 definitions, FhirCheckOptions options, FhirResource resource)
    {
        (Definitions, this.options, Root) = (definitions, options, resource.Root);
        IsBundle = resource.Type == "Bundle";
        Invariants = options.Depth == FhirCheckDepth.Full ? new InvariantCheck(this) : null;
    }

    public R4 Definitions { get; }

    /// <summary>The resource that is checked: a Bundle, or one resource alone.</summary>
    public FhirNode Root { get; }

    public FhirLimits Limits => options.Limits;
    public FhirInteraction Interaction => options.Interaction;
    public FhirCheckOptions Options => options;
    public bool IsFullDepth => options.Depth == FhirCheckDepth.Full;
    public List<FhirIssue> Issues { get; private set; } = [];
    public bool IsBundle { get; }
    public BundleIndex Bundle => bundle ??= new BundleIndex(Root);
    /// <summary>Null when invariants are not evaluated at this depth.</summary>
    public InvariantCheck? Invariants { get; }
    public ItemStack Items => items ??= new ItemStack();
    public ProfileCheck Profiles => profiles ??= new ProfileCheck(this);

    /// <summary>Enough errors: further ones add nothing.</summary>
    public bool IsFull => errors >= Limits.MaxIssues;

    /// <summary>True inside of <see cref="Tries"/>: nothing found here is reported.</summary>
    public bool IsTrial => trials > 0;

    public void Error(FhirNode node, string type, string code, string text, string? under = null) => Add(FhirSeverity.Error, node, type, code, text, under);

    public void Warn(FhirNode node, string type, string code, string text) => Add(FhirSeverity.Warning, node, type, code, text, null);

    /// <summary>A remark that is worth one line, however often its cause occurs.</summary>
    public void Note(FhirSeverity severity, FhirNode node, string type, string code, string about, string text)
    {
        if (!IsTrial && (onceOnly ??= []).Add((code, about)))
        {
            Add(severity, node, type, code, text, null);
        }
    }

    /// <summary>False when this profile was already checked on this node (claimed by the resource and asked by the Bundle's profile, say).</summary>
    public bool IsFirst(FhirNode node, string profile) => trials > 0 || (checkedProfiles ??= []).Add((node.Index, profile));

    /// <summary>False when this very question is being answered further out: references may lead in a circle.</summary>
    public bool Enters(FhirNode node, string profile) => (underWay ??= []).Add((node.Index, profile));

    public void Leaves(FhirNode node, string profile) => underWay!.Remove((node.Index, profile));

    /// <summary>Runs a check whose findings are only counted: true when nothing in it refuses.</summary>
    public bool Tries(Action check)
    {
        var (kept, keptErrors, keptRemarks) = (Issues, errors, remarks);
        (Issues, errors, remarks) = ([], 0, 0);
        trials++;
        check();
        trials--;
        var passed = errors == 0;
        (Issues, errors, remarks) = (kept, keptErrors, keptRemarks);
        return passed;
    }

    /// <summary>
    /// Whether a code is in a value set, remembered for this check: the same few codes occur again and again. <paramref name="system"/> absent of a coding: none;
    /// <paramref name="plain"/>: a <c>code</c>, of whatever system.
    /// </summary>
    public Holds Contains(string valueSet, FhirNode system, FhirNode code, bool plain)
    {
        const int usual = 512;
        Span<char> key = stackalloc char[usual];
        var ofCode = code.TextIn(stackalloc char[usual / 2]);
        var ofSystem = plain ? default : system.TextIn(stackalloc char[usual / 2]);
        if (ofCode.IsEmpty || ofCode.Length + ofSystem.Length + 2 > usual)
        {
            return ofCode.IsEmpty ? Holds.Unknown : Terminologies.Contains(valueSet, plain ? null : ofSystem.ToString(), ofCode.ToString());
        }

        // A space separates them: no system has one. A plain code has an asterisk for its system.
        ofSystem.CopyTo(key);
        var length = ofSystem.Length;
        key[length++] = plain ? '*' : ' ';
        ofCode.CopyTo(key[length..]);
        var known = Memberships(valueSet).GetAlternateLookup<ReadOnlySpan<char>>();
        if (!known.TryGetValue(key[..(length + ofCode.Length)], out var holds))
        {
            known[key[..(length + ofCode.Length)]] = holds = Terminologies.Contains(valueSet, plain ? null : ofSystem.ToString(), ofCode.ToString());
        }

        return holds;
    }

    private Dictionary<string, Holds> Memberships(string valueSet)
    {
        memberships ??= new(StringComparer.Ordinal);
        if (!memberships.TryGetValue(valueSet, out var known))
        {
            memberships[valueSet] = known = new(StringComparer.Ordinal);
        }

        return known;
    }

    /// <summary>Adds an issue, up to the limit for errors and the same for all milder ones.</summary>
    public void Add(FhirSeverity severity, FhirNode node, string type, string code, string text, string? under)
    {
        var refuses = severity is FhirSeverity.Error or FhirSeverity.Fatal;
        var count = refuses ? errors++ : remarks++;
        if (trials == 0 && count < Limits.MaxIssues)
        {
            Issues.Add(new FhirIssue(severity, type, code, NodePath.Of(node) + (under is null ? "" : "." + under), text));
        }
    }

    public static string Count(int value) => value.ToString(CultureInfo.InvariantCulture);
}
