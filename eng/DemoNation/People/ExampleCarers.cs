using Sante.DirectoryFiles;

namespace Sante.DemoNation;

/// <summary>Professionals of the nation who take profession, civility and activities of the directory's examples; their names and numbers stay invented.</summary>
internal static class ExampleCarers
{
    /// <summary>Gives each example practitioner a rank in <paramref name="people"/>; returned by the example's name.</summary>
    /// <param name="people">Changed at these ranks.</param>
    /// <param name="sites">The FINESS sites, those of the examples among them.</param>
    /// <param name="taken">Ranks given away.</param>
    /// <param name="kept">Specialties whose bearers are left as they are.</param>
    public static Dictionary<string, int> Place(
        List<SyntheticPractitioner> people, IReadOnlyList<SyntheticSite> sites, HashSet<int> taken, IReadOnlyList<string> kept)
    {
        var placed = new Dictionary<string, int>();
        foreach (var roles in DirectoryExamples.Roles.GroupBy(role => role.Practitioner))
        {
            var (profession, civility) = DirectoryExamples.Practitioner(roles.Key);
            var rank = Enumerable.Range(0, people.Count).First(n =>
                people[n] is { Idle: false } person && person.Profession == profession && person.Civility == civility && !kept.Contains(person.Skill) && !taken.Contains(n));
            // The rows at FINESS sites come before those of practices.
            var activities = roles.Select(role => (Site: Structures.OfExample(sites, role.Organization), Role: role)).OrderBy(activity => activity.Site is null).ToList();
            people[rank] = people[rank] with
            {
                Skill = "", Rows = activities.Count, Sites = [.. activities.Select(activity => activity.Site).OfType<SyntheticSite>()],
                Roles = [.. activities.Select(activity => RoleOf(activity.Role, activity.Site))],
            };
            taken.Add(rank);
            placed.Add(roles.Key, rank);
        }

        return placed;
    }

    private static SyntheticRole RoleOf(ExampleRole role, SyntheticSite? site)
    {
        var place = DirectoryExamples.Organization(role.Organization);
        return new SyntheticRole(
            role.Mode, role.Function, role.Genre, place.Sector ?? site!.Sector, site is null ? $"{place.Sign} {Structures.Patrons[0]}" : null, place.Sign);
    }
}
