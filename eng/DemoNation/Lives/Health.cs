using Sante.DirectoryFiles;

namespace Sante.DemoNation;

/// <summary>How a citizen is, as far as measures go: body and lasting illnesses, all from the seed.</summary>
/// <param name="AdultHeightCm">Full-grown.</param>
/// <param name="AdultBmi">Body mass index as an adult, in kg/m².</param>
/// <param name="HasHypertension">Blood pressure is followed.</param>
/// <param name="HasDiabetes">Type 2: glucose is followed.</param>
/// <param name="HasScale">Owns a connected scale.</param>
public sealed record Health(int AdultHeightCm, decimal AdultBmi, bool HasHypertension, bool HasDiabetes, bool HasScale)
{
    // Heights in cm by completed years, both sexes, rounded from common growth charts; beyond, the adult's.
    private static readonly int[] HeightByYear = [50, 75, 87, 96, 103, 110, 116, 122, 128, 133, 139, 144, 150, 156, 162, 166];
    private static readonly decimal[] BmiByYear = [13.5m, 17m, 16.4m, 15.9m, 15.6m, 15.4m, 15.4m, 15.6m, 15.9m, 16.3m, 16.8m, 17.3m, 17.9m, 18.6m, 19.2m, 19.8m];

    public static Health Of(int seed, Citizen citizen, DateOnly today)
    {
        var dice = new Dice(seed, "health", citizen.Number);
        var age = citizen.AgeOn(today);
        return new Health(
            (citizen.IsWoman ? 156 : 169) + dice.Next(17), 19.5m + (dice.Next(110) / 10m),
            age >= 45 && dice.Percent(38), age >= 40 && dice.Percent(16), age >= 18 && dice.Percent(22));
    }

    /// <summary>In cm, whole.</summary>
    public int HeightCm(Citizen citizen, DateOnly day)
    {
        var (years, share) = AgeOf(citizen, day);
        return years + 1 < HeightByYear.Length
            ? (int)(HeightByYear[years] + ((HeightByYear[years + 1] - HeightByYear[years]) * share))
            : years < 18 ? (HeightByYear[^1] + AdultHeightCm) / 2 : AdultHeightCm;
    }

    /// <summary>In kg with one decimal, before the day's own variation.</summary>
    public decimal WeightKg(Citizen citizen, DateOnly day)
    {
        var (years, share) = AgeOf(citizen, day);
        var bmi = years + 1 < BmiByYear.Length
            ? BmiByYear[years] + ((BmiByYear[years + 1] - BmiByYear[years]) * (decimal)share)
            : years < 20 ? 20.5m : AdultBmi;
        var metres = HeightCm(citizen, day) / 100m;
        return decimal.Round(bmi * metres * metres, 1);
    }

    private static (int Years, double Share) AgeOf(Citizen citizen, DateOnly day)
    {
        var years = Math.Max(0, citizen.AgeOn(day));
        return (years, Math.Clamp((day.DayNumber - citizen.BirthOn.AddYears(years).DayNumber) / 365.0, 0, 1));
    }
}
