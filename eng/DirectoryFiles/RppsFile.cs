using System.Globalization;
using System.Text;

namespace Sante.DirectoryFiles;

/// <summary>Writes <c>PS_LibreAcces_Personne_activite_*.txt</c>: official header, 56 columns, separator and end of row <c>|</c>, UTF-8.</summary>
public static class RppsFile
{
    private const int Columns = 56;

    /// <summary>Writes professionals from rank 0 until <paramref name="rows"/> good rows are there; <paramref name="wrongRows"/> more are wrong in known ways.</summary>
    /// <param name="target">Left open.</param>
    /// <param name="directory">The nation; the rows name its FINESS sites.</param>
    /// <param name="rows">Good rows; the nation has about 1.8 million.</param>
    /// <param name="wrongRows">Rows that a loader must refuse, spread over the file.</param>
    /// <returns>Number of professionals.</returns>
    public static async Task<long> WriteAsync(Stream target, SyntheticDirectory directory, long rows, long wrongRows = 0)
    {
        ArgumentNullException.ThrowIfNull(directory);
        await using var writer = new StreamWriter(target, new UTF8Encoding(false), 1 << 20, leaveOpen: true) { NewLine = "\n" };
        await writer.WriteLineAsync(Tables.RppsHeader);
        var every = wrongRows == 0 ? long.MaxValue : Math.Max(1, rows / wrongRows);
        long written = 0, wrong = 0, people = 0;
        for (; written < rows; people++)
        {
            var person = directory.Practitioner(people);
            for (var i = 0; i < person.Rows && written < rows; i++, written++)
            {
                var fields = Fields(person, i);
                await WriteAsync(writer, fields);
                if (written % every == 0 && wrong < wrongRows)
                {
                    await writer.WriteLineAsync(Wrong(fields, wrong++));
                }
            }
        }

        return people;
    }

    /// <summary>Writes these professionals, all their rows. Gives the number of rows.</summary>
    /// <param name="target">Left open.</param>
    /// <param name="people">In this order.</param>
    public static async Task<long> WriteAsync(Stream target, IEnumerable<SyntheticPractitioner> people)
    {
        ArgumentNullException.ThrowIfNull(people);
        await using var writer = new StreamWriter(target, new UTF8Encoding(false), 1 << 16, leaveOpen: true) { NewLine = "\n" };
        await writer.WriteLineAsync(Tables.RppsHeader);
        var rows = 0;
        foreach (var person in people)
        {
            for (var i = 0; i < person.Rows; i++, rows++)
            {
                await WriteAsync(writer, Fields(person, i));
            }
        }

        return rows;
    }

    private static async Task WriteAsync(StreamWriter writer, string[] fields)
    {
        foreach (var field in fields)
        {
            await writer.WriteAsync(field);
            await writer.WriteAsync('|');
        }

        await writer.WriteAsync('\n');
    }

    private static string[] Fields(SyntheticPractitioner person, int activity)
    {
        var f = new string[Columns + 1];
        Array.Fill(f, "");
        var doctor = person.Profession is "10" or "40" or "21";
        void Set(int column, string value) => f[column] = value;
        Set(1, person.IdType.ToString());
        Set(2, person.Identifier);
        Set(3, person.IdType + person.Identifier);
        if (doctor)
        {
            Set(4, "DR");
            Set(5, "Docteur");
        }

        Set(6, person.Civility);
        Set(7, person.Civility == "M" ? "Monsieur" : "Madame");
        Set(8, person.Family);
        Set(9, person.Given);
        Set(10, person.Of.Code);
        Set(11, person.Of.Label);
        Set(12, "C");
        Set(13, "Civil");
        if (person.Skill.Length > 0)
        {
            Set(14, person.Of.SkillType);
            Set(15, "Spécialité ordinale");
            Set(16, person.Skill);
        }

        Set(48, "SYNTH/SYNTH/SYNTH");
        if (!person.Idle)
        {
            SetPlace(f, person, activity);
            if (person.RoleOf(activity) is { } role)
            {
                SetRole(f, role);
            }
        }

        return f[1..];
    }

    private static void SetPlace(string[] f, SyntheticPractitioner person, int activity)
    {
        var site = activity < person.Sites.Count ? person.Sites[activity] : null;
        (f[18], f[19]) = Mode(site is null ? "L" : "S");
        var town = site?.Town ?? person.Town;
        if (site is not null)
        {
            (f[20], f[21]) = (site.Siret, site.Siret.Length > 0 ? site.Siret[..9] : "");
            (f[22], f[23], f[24], f[25]) = (site.Finess, site.Entity, "F" + site.Finess, site.Name);
            (f[29], f[31], f[32], f[33]) = (site.StreetNumber.ToString(CultureInfo.InvariantCulture), "R", "RUE", site.Street);
            (f[49], f[50]) = (site.Sector, SectorLabel(site.Sector));
        }
        else
        {
            var practice = person.Number * 4 + activity;
            (f[24], f[25]) = person.PracticeOf(activity);
            f[26] = "CABINET DE " + person.Of.Label.ToUpperInvariant();
            (f[29], f[31], f[32], f[33]) = ((practice % 150 + 1).ToString(CultureInfo.InvariantCulture), "AV", "AVENUE", Tables.Streets[(int)(practice % Tables.Streets.Count)]);
            (f[49], f[50]) = ("SA07", SectorLabel("SA07"));
            f[44] = practice % 10 == 0 ? $"cabinet-{practice}@exemple.invalid" : "";
        }

        (f[35], f[36], f[37], f[38]) = ($"{town.Postcode} {town.Name}", town.Postcode, town.InseeCode, town.Name);
        (f[39], f[40]) = ("99000", "France");
        f[41] = "019900" + (person.Number % 10000).ToString("0000", CultureInfo.InvariantCulture);
        (f[45], f[46]) = (town.InseeCode[..2] is "97" or "98" ? town.InseeCode[..3] : town.Department, town.DepartmentLabel);
        if (person.Profession == "21")
        {
            (f[51], f[52]) = site is null ? ("D", "Pharmaciens adjoints") : ("A", "Pharmaciens titulaires d'officine");
        }

        (f[55], f[56]) = ("GENR01", "Activité standard de soin ou de pharmacien");
    }

    private static void SetRole(string[] f, SyntheticRole role)
    {
        (f[18], f[19]) = Mode(role.Mode);
        if (role.PracticeName is not null)
        {
            f[26] = role.Sign;
        }

        (f[49], f[50]) = (role.Sector, SectorLabel(role.Sector));
        (f[53], f[54]) = (role.Function, role.Function == "FON-AU" ? "Autre fonction" : "");
        (f[55], f[56]) = (role.Genre, role.Genre == "GENR01" ? "Activité standard de soin ou de pharmacien" : "");
    }

    private static (string Code, string Label) Mode(string code) => (code, code switch
    {
        "L" => "Libéral, indépendant, artisan, commerçant",
        "S" => "Salarié",
        _ => "",
    });

    private static string SectorLabel(string sector) => sector switch
    {
        "SA01" => "Etablissement public de santé",
        "SA04" => "Etablissement privé non PSPH",
        "SA05" => "Centre de santé",
        "SA07" => "Cabinet individuel",
        "SA08" => "Cabinet de groupe",
        "SA16" => "Etablissement pour personnes handicapées",
        "SA33" => "Pharmacie d'officine",
        _ => "",
    };

    /// <summary>Rows wrong in five ways: too few columns, letter in the number, numbers that differ, no name, unknown kind of number.</summary>
    private static string Wrong(string[] good, long number)
    {
        var f = (string[])good.Clone();
        switch (number % 5)
        {
            case 0:
                return string.Join('|', f[..20]);
            case 1:
                f[1] = "99X" + f[1][3..];
                break;
            case 2:
                f[2] = "899999999999";
                break;
            case 3:
                f[7] = "";
                break;
            default:
                f[0] = "7";
                break;
        }

        return string.Join('|', f) + "|";
    }
}
