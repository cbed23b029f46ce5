using Sante.Fhir.Definitions;

namespace Sante.Fhir.Check;

/// <summary>Slices of one element: which value belongs where, how many, in which order, and what each slice says of its values.</summary>
internal sealed class SliceCheck(CheckRun run, ProfileCheck profiles)
{
    private readonly SliceMatch match = new(run, profiles);

    public void Check(FhirNode parent, Constraint constraint, Slicing slicing, ItemRange items)
    {
        Span<int> counts = constraint.Slices.Count <= 64 ? stackalloc int[constraint.Slices.Count] : new int[constraint.Slices.Count];
        counts.Clear();
        var (undecided, last, outside) = (false, 0, false);
        for (var at = 0; at < items.Count; at++)
        {
            var item = run.Items[items.From + at];
            var slice = match.Find(item, constraint.Slices, slicing, out var unsure);
            if (slice >= 0)
            {
                counts[slice]++;
                Order(item, slicing, slice, last, outside);
                last = Math.Max(last, slice);
                profiles.Value(item, constraint.Slices[slice]);
            }
            else if (unsure)
            {
                undecided = true;
            }
            else
            {
                outside = true;
                Outside(item, constraint, slicing);
            }
        }

        if (undecided)
        {
            run.Note(FhirSeverity.Information, parent, "not-supported", "slice-not-checked", constraint.Element,
                $"Les tranches de « {constraint.Element} » ne peuvent pas toutes être reconnues : non vérifiées.");
            return;
        }

        for (var at = 0; at < counts.Length; at++)
        {
            profiles.Cardinality(parent, constraint.Slices[at], counts[at], constraint.Slices[at].Slice);
        }
    }

    private void Order(Item item, Slicing slicing, int slice, int last, bool outside)
    {
        if ((slicing.Ordered && slice < last) || (slicing.OpenAtEnd && outside))
        {
            run.Error(item.Place, "structure", "slice-order", "Les valeurs ne suivent pas l’ordre que le profil impose à ses tranches.");
        }
    }

    private void Outside(Item item, Constraint constraint, Slicing slicing)
    {
        if (slicing.Closed)
        {
            run.Error(item.Place, "structure", "slice-closed", $"La valeur n’entre dans aucune tranche admise de « {constraint.Element} ».");
        }
    }
}
