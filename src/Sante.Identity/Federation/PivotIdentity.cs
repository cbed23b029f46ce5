using System.Text.Json;
using Sante.Kernel;

namespace Sante.Identity.Federation;

/// <summary>
/// The pivot identity of FranceConnect: the strict traits of the INS without the matricule. Never stored.
/// </summary>
/// <param name="FamilyName">Birth name.</param>
/// <param name="GivenNames">All given names, in order.</param>
/// <param name="BirthDate">ISO date, as received.</param>
/// <param name="Sex">M or F.</param>
/// <param name="BirthPlaceCode">COG code of the commune, null when born abroad.</param>
/// <param name="BirthCountryCode">COG code of the country; 99100 is France.</param>
internal sealed record PivotIdentity(
    string FamilyName, IReadOnlyList<string> GivenNames, string BirthDate, string Sex, string? BirthPlaceCode, string BirthCountryCode)
{
    /// <summary>Reads FranceConnect's userinfo. Refusal: <c>provider-answer-invalid</c> when a trait is missing.</summary>
    public static Outcome<PivotIdentity> Read(JsonElement claims)
    {
        var givenNames = GivenNamesOf(claims);
        var sex = Text(claims, "gender") switch { "male" => "M", "female" => "F", _ => null };
        return Text(claims, "family_name") is { } familyName && givenNames.Length > 0 && sex is not null
            && Text(claims, "birthdate") is { } birthDate && Text(claims, "birthcountry") is { } country
            ? new PivotIdentity(familyName, givenNames, birthDate, sex, Text(claims, "birthplace"), country)
            : SignInRefusals.ProviderAnswer;
    }

    public override string ToString() => "***";

    // given_name_array keeps composed names whole; given_name alone cannot.
    private static string[] GivenNamesOf(JsonElement claims) =>
        claims.TryGetProperty("given_name_array", out var array) && array.ValueKind == JsonValueKind.Array
            ? [.. array.EnumerateArray().Where(name => name.ValueKind == JsonValueKind.String).Select(name => name.GetString()!).Where(name => name.Length > 0)]
            : Text(claims, "given_name")?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];

    private static string? Text(JsonElement holder, string member) =>
        holder.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
}
