using System.Globalization;
using System.Text;

namespace Sante.DirectoryFiles;

/// <summary>Writes <c>etalab-cs1100502-stock-*.csv</c>: first line, then <c>structureet</c> rows of 32 fields, then <c>geolocalisation</c> rows of 6.</summary>
public static class FinessFile
{
    /// <summary>Writes the nation's structures. <paramref name="wrongRows"/> more rows are wrong in known ways, spread over the file.</summary>
    /// <param name="target">Left open.</param>
    /// <param name="directory">The nation.</param>
    /// <param name="on">Date of the file.</param>
    /// <param name="latin1">True for ISO-8859-1, as old files.</param>
    /// <param name="wrongRows">Rows that a loader must refuse.</param>
    /// <returns>Lines written, the first included.</returns>
    public static async Task<long> WriteAsync(Stream target, SyntheticDirectory directory, DateOnly on, bool latin1 = false, int wrongRows = 0)
    {
        ArgumentNullException.ThrowIfNull(directory);
        await using var writer = new StreamWriter(target, latin1 ? Encoding.Latin1 : new UTF8Encoding(false), 1 << 20, leaveOpen: true) { NewLine = "\n" };
        var date = on.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        await writer.WriteLineAsync($"finess;etalab;111;{date}");
        long lines = 1;
        var every = wrongRows == 0 ? int.MaxValue : Math.Max(1, directory.Sites.Count / wrongRows);
        for (var i = 0; i < directory.Sites.Count; i++)
        {
            await writer.WriteLineAsync(Structure(directory.Sites[i]));
            lines++;
            if (i % every == 0 && i / every < wrongRows)
            {
                await writer.WriteLineAsync(Wrong(directory.Sites[i], i / every));
                lines++;
            }
        }

        foreach (var site in directory.Sites.Where(site => site.Town.X.Length > 0))
        {
            await writer.WriteLineAsync(Place(site, date));
            lines++;
        }

        return lines;
    }

    private static string Structure(SyntheticSite site)
    {
        var category = Tables.Categories.First(c => c.Code == site.Category);
        var town = site.Town;
        var phone = "019900" + site.Finess[4..8];
        return string.Join(';',
            "structureet", site.Finess, site.Entity, site.Name.Length > 38 ? site.Name[..38] : site.Name, site.Name, "", "",
            site.StreetNumber, "R", site.Street, "", "", town.Commune, town.Department, town.DepartmentLabel, $"{town.Postcode} {town.Name}",
            phone, "", category.Code, category.Label, category.Group, category.GroupLabel, site.Siret, site.Siret.Length > 0 ? "8610Z" : "",
            "99", "Indéterminé", category.Status, category.StatusLabel, "2001-02-03", "2001-02-03", "2025-11-03", "");
    }

    /// <summary>A few hundred metres around the town's position, the same for the same number.</summary>
    private static string Place(SyntheticSite site, string date)
    {
        var dice = new Dice(site.StreetNumber, site.Finess, 0);
        var x = double.Parse(site.Town.X, CultureInfo.InvariantCulture) + dice.Next(6000) - 3000;
        var y = double.Parse(site.Town.Y, CultureInfo.InvariantCulture) + dice.Next(6000) - 3000;
        return string.Create(CultureInfo.InvariantCulture,
            $"geolocalisation;{site.Finess};{x:0.0};{y:0.0};1,SYNTHETIQUE,100,AUCUN,EXEMPLE,V1,{site.Town.ProjectionName};{date}");
    }

    private static string Wrong(SyntheticSite site, int number) => (number % 4) switch
    {
        0 => "structureet;12345",
        1 => Structure(site).Replace($";{site.Finess};", ";123;", StringComparison.Ordinal),
        2 => Structure(site),
        _ => "inconnu;" + site.Finess,
    };
}
