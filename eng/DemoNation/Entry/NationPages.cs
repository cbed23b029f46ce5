using Sante.Space;

namespace Sante.DemoNation;

/// <summary>What one space records at one moment: its own page and the notices that others' pages bring it.</summary>
/// <param name="Era">Index in the calendar.</param>
/// <param name="Citizen">Whose space.</param>
/// <param name="Page">See there.</param>
/// <param name="Notices">Notices for this citizen.</param>
/// <param name="AccessVersion">The fence before the page.</param>
/// <param name="StateVersion">The same.</param>
public sealed record SpacePage(int Era, Citizen Citizen, BookPage Page, IReadOnlyList<StoredNotice> Notices, long AccessVersion, long StateVersion);

/// <summary>Tells all lives moment by moment, and which pages follow from it. Pure.</summary>
public sealed class NationPages(Nation nation)
{
    private readonly List<Chronicle> lives = [.. nation.Citizens.Select(citizen => new Chronicle(nation, citizen))];
    private readonly Dictionary<Citizen, (long Access, long State)> versions = nation.Citizens.ToDictionary(citizen => citizen, _ => (1L, 0L));

    /// <summary>All pages of a moment that record anything; call for each moment in order, once.</summary>
    public IReadOnlyList<SpacePage> Tell(int era)
    {
        var now = nation.Calendar.Eras[era];
        var notices = new Dictionary<string, List<StoredNotice>>();
        foreach (var life in lives)
        {
            life.Tell(era);
            foreach (var notice in life.Book.Notices)
            {
                if (!notices.TryGetValue(notice.To.Value, out var box))
                {
                    notices[notice.To.Value] = box = [];
                }

                box.Add(new StoredNotice(notice.Kind, notice.Text, now));
            }
        }

        var pages = new List<SpacePage>();
        foreach (var life in lives)
        {
            var citizen = life.Book.Citizen;
            var page = life.Book.TakePage();
            var told = notices.GetValueOrDefault(citizen.Identifier.Value, []);
            if (page.Lines.Count + page.Due.Count + told.Count > 0)
            {
                var (access, state) = versions[citizen];
                versions[citizen] = (access + (page.RaisesAccess ? 1 : 0), state + page.Events.Count);
                pages.Add(new SpacePage(era, citizen, page, told, access, state));
            }
        }

        return pages;
    }

    /// <summary>The books as they stand.</summary>
    public IEnumerable<SpaceBook> Books => lives.Select(life => life.Book);
}
