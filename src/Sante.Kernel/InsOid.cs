namespace Sante.Kernel;

/// <summary>What number a matricule INS is, and whether it names a real person.</summary>
public enum InsKind
{
    /// <summary>NIR of a real person.</summary>
    Nir,
    /// <summary>NIA: number given while a NIR is awaited.</summary>
    Nia,
    /// <summary>NIR of a test person.</summary>
    NirTest,
    /// <summary>NIR of a demonstration person.</summary>
    NirDemo,
}

/// <summary>Where the platform runs, as far as identities are concerned.</summary>
public enum InsEnvironment
{
    /// <summary>Real persons: test and demonstration numbers are refused.</summary>
    Production,
    /// <summary>Development, tests, demonstration: every kind is accepted, as test identities also travel under the production OID.</summary>
    Development,
}

/// <summary>
/// The assigning authority of a matricule INS. Only the four instances below exist.
/// The number used for billing (NSS, OIDs …4.13 and …4.14) and the old INS-C (…4.2) are not INS and are unknown here.
/// Source: FR Core 2.2.0, slices of fr-core-patient-ins.
/// </summary>
public sealed record InsOid
{
    private const string SystemPrefix = "urn:oid:";

    private InsOid(InsKind kind, string oid, string typeCode) => (Kind, Oid, TypeCode) = (kind, oid, typeCode);

    /// <summary>NIR, production.</summary>
    public static InsOid Nir { get; } = new(InsKind.Nir, "1.2.250.1.213.1.4.8", "INS-NIR");
    /// <summary>NIA, production.</summary>
    public static InsOid Nia { get; } = new(InsKind.Nia, "1.2.250.1.213.1.4.9", "INS-NIA");
    /// <summary>NIR of test persons.</summary>
    public static InsOid NirTest { get; } = new(InsKind.NirTest, "1.2.250.1.213.1.4.10", "INS-NIR-TEST");
    /// <summary>NIR of demonstration persons.</summary>
    public static InsOid NirDemo { get; } = new(InsKind.NirDemo, "1.2.250.1.213.1.4.11", "INS-NIR-DEMO");

    /// <summary>The four of them.</summary>
    public static IReadOnlyList<InsOid> All { get; } = [Nir, Nia, NirTest, NirDemo];

    public InsKind Kind { get; }

    /// <summary>Dotted OID, without prefix.</summary>
    public string Oid { get; }

    /// <summary>Code of the FHIR identifier's type in fr-core-cs-v2-0203.</summary>
    public string TypeCode { get; }

    /// <summary>The FHIR identifier's system: <c>urn:oid:</c> and the OID.</summary>
    public string System => SystemPrefix + Oid;

    /// <summary>True when this environment may hold persons of this kind.</summary>
    public bool IsAcceptedIn(InsEnvironment environment) =>
        environment == InsEnvironment.Development || Kind is InsKind.Nir or InsKind.Nia;

    /// <summary>Finds the authority by its OID or its FHIR system, exactly as written. Refusal: <c>ins-oid-unknown</c>.</summary>
    public static Outcome<InsOid> TryParse(string? oidOrSystem)
    {
        foreach (var known in All)
        {
            if (oidOrSystem == known.Oid || oidOrSystem == known.System)
            {
                return known;
            }
        }

        return new Refusal("ins-oid-unknown", RefusalKind.Invalid, "Ce système d'identification n'est pas celui d'une INS.");
    }
}
