using System.Text.Json;

namespace Sante.Space;

/// <summary>
/// Profession × document type, read once from <c>habilitation-matrix.json</c>: a dated, versioned data file. What it does not name is denied.
/// It is partial: the annex of the arrêté of 26 October 2023 could not be had (the file says which rows are the text's and which are ours).
/// </summary>
public sealed class HabilitationMatrix
{
    private readonly Dictionary<string, TypeFilter> byProfession;
    private readonly HashSet<string> patientTypes;

    private HabilitationMatrix(MatrixFile file)
    {
        Version = file.Version;
        EffectiveOn = file.EffectiveOn;
        patientTypes = [.. file.PatientTypes];
        byProfession = file.Professions.ToDictionary(row => row.Profession, row => TypesOf(row, file.Core));
    }

    /// <summary>The matrix in force.</summary>
    public static HabilitationMatrix Current { get; } = Load();

    /// <summary>Version of the data file, cited by explanations.</summary>
    public string Version { get; }

    /// <summary>Civil date from which it holds.</summary>
    public DateOnly EffectiveOn { get; }

    /// <summary>True for a TRE_G15 profession that the matrix names.</summary>
    public bool Knows(string profession) => byProfession.ContainsKey(profession);

    /// <summary>The document types open to a profession; none when it is null or not named.</summary>
    public TypeFilter TypesFor(string? profession) =>
        profession is not null && byProfession.TryGetValue(profession, out var types) ? types : TypeFilter.None;

    /// <summary>True for the types that the holder's side may feed.</summary>
    public bool IsPatientType(string typeCode) => patientTypes.Contains(typeCode);

    private static HabilitationMatrix Load()
    {
        using var stream = typeof(HabilitationMatrix).Assembly.GetManifestResourceStream("habilitation-matrix.json")
            ?? throw new InvalidOperationException("habilitation-matrix.json is not embedded.");
        return new(JsonSerializer.Deserialize<MatrixFile>(stream, JsonSerializerOptions.Web)
            ?? throw new InvalidOperationException("habilitation-matrix.json is empty."));
    }

    private static TypeFilter TypesOf(MatrixRow row, IReadOnlyList<string> core) => row switch
    {
        { AllExcept: { } denied } => new TypeFilter(true, denied.ToHashSet()),
        { CoreAnd: { } also } => new TypeFilter(false, core.Concat(also).ToHashSet()),
        _ => new TypeFilter(false, (row.Only ?? []).ToHashSet()),
    };

    private sealed record MatrixFile(
        string Version, DateOnly EffectiveOn, IReadOnlyList<string> PatientTypes, IReadOnlyList<string> Core, IReadOnlyList<MatrixRow> Professions);

    private sealed record MatrixRow(string Profession, IReadOnlyList<string>? AllExcept, IReadOnlyList<string>? CoreAnd, IReadOnlyList<string>? Only);
}
