using Sante.DirectoryFiles;
using Sante.Kernel;

namespace Sante.DemoNation;

/// <summary>The measures of one citizen between two moments.</summary>
internal static class Measures
{
    private const string Fasting = "53049-3";
    private const string AfterMeal = "16915-1";

    /// <summary>What a doctor measures at a visit.</summary>
    public static IReadOnlyList<Reading> AtVisit(Citizen citizen, Health health, DateTimeOffset at, ref Dice dice)
    {
        var day = CivilDate.At(at);
        var age = citizen.AgeOn(day);
        var readings = new List<Reading> { new(MeasureKind.Weight, at, Varied(health.WeightKg(citizen, day), ref dice)) };
        if (age < 20)
        {
            readings.Add(new Reading(MeasureKind.Height, at, health.HeightCm(citizen, day)));
        }

        if (age < 3)
        {
            readings.Add(new Reading(MeasureKind.HeadCircumference, at, 36 + (age * 5) + dice.Next(4)));
        }

        if (age < 12 || dice.Percent(20))
        {
            readings.Add(new Reading(MeasureKind.Temperature, at, 36.4m + (dice.Next(dice.Percent(20) ? 26 : 8) / 10m)));
        }

        if (age >= 18)
        {
            readings.Add(Pressure(health, at, ref dice));
            readings.Add(new Reading(MeasureKind.HeartRate, at, 58 + dice.Next(30)));
        }

        if (age >= 75)
        {
            readings.Add(new Reading(MeasureKind.OxygenSaturation, at, 94 + dice.Next(6)));
        }

        return readings;
    }

    /// <summary>What an ill person measures at home: pressure or glucose, some times in the weeks before.</summary>
    public static IReadOnlyList<Reading> AtHome(Health health, DateTimeOffset before, ref Dice dice)
    {
        var readings = new List<Reading>();
        for (var i = 1; health.HasHypertension && i <= 2; i++)
        {
            readings.Add(Pressure(health, Earlier(before, i * 9, ref dice), ref dice));
        }

        for (var i = 1; health.HasDiabetes && i <= 3; i++)
        {
            var isFasting = i % 2 == 1;
            readings.Add(new Reading(
                MeasureKind.Glucose, Earlier(before, i * 6, ref dice), (isFasting ? 98 : 136) + dice.Next(45), Moment: isFasting ? Fasting : AfterMeal));
        }

        return readings;
    }

    /// <summary>What the connected scale of an adult tells, and the steps of a day.</summary>
    public static IReadOnlyList<Reading> OfScale(Citizen citizen, Health health, DateTimeOffset before, ref Dice dice)
    {
        var readings = new List<Reading>();
        for (var i = 1; i <= 2; i++)
        {
            var at = Earlier(before, i * 8, ref dice);
            readings.Add(new Reading(MeasureKind.Weight, at, Varied(health.WeightKg(citizen, CivilDate.At(at)), ref dice)));
        }

        readings.Add(new Reading(MeasureKind.Steps, Earlier(before, 1, ref dice), 2_500 + (dice.Next(90) * 100)));
        return readings;
    }

    /// <summary>A year's blood test.</summary>
    public static IReadOnlyList<Reading> Blood(Health health, DateTimeOffset at, ref Dice dice)
    {
        var (hdl, ldl, triglycerides) = (1.0m + (dice.Next(80) / 100m), 2.2m + (dice.Next(220) / 100m), 0.7m + (dice.Next(130) / 100m));
        return
        [
            new(MeasureKind.CholesterolTotal, at, decimal.Round(hdl + ldl + (triglycerides / 2.2m), 2)), new(MeasureKind.CholesterolHdl, at, hdl),
            new(MeasureKind.CholesterolLdl, at, ldl), new(MeasureKind.Triglycerides, at, triglycerides),
            new(MeasureKind.Glucose, at, (health.HasDiabetes ? 112 : 78) + dice.Next(health.HasDiabetes ? 60 : 24), Moment: Fasting),
        ];
    }

    private static Reading Pressure(Health health, DateTimeOffset at, ref Dice dice) => health.HasHypertension
        ? new(MeasureKind.BloodPressure, at, 132 + dice.Next(28), 78 + dice.Next(18))
        : new(MeasureKind.BloodPressure, at, 106 + dice.Next(26), 62 + dice.Next(20));

    private static decimal Varied(decimal kilograms, ref Dice dice) => decimal.Round(kilograms * (0.985m + (dice.Next(31) / 1000m)), 1);

    private static DateTimeOffset Earlier(DateTimeOffset at, int days, ref Dice dice) => at.AddDays(-days).AddMinutes(-dice.Next(180));
}
