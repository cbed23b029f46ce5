using System.Globalization;
using System.Text;
using System.Threading.Channels;
using Sante.Fhir;
using Sante.Foundations.Identities;
using Sante.Kernel;
using Sante.Ledger;
using Sante.Space;

namespace Sante.DemoNation;

/// <summary>
/// Enters the nation by the ledger's own door: at each moment of the calendar the platform's clock is set there and every space that has something to
/// record commits one request, events, lines, resources, due work and notices together. Repeating an interrupted entrance changes nothing twice.
/// </summary>
internal sealed class Entrance(Ledger.Ledger ledger, InsRegistry registry, EntourageView entourage, PairingView pairings, Nation nation, bool isNew)
{
    private static readonly IdempotencyKey Once = new("demo-nation", "", Encoding.ASCII.GetBytes("demo-nation"), ReadOnlyMemory<byte>.Empty);

    /// <summary>All moments; the number of rows written by kind.</summary>
    public async Task<NationCounts> RunAsync(CancellationToken cancel)
    {
        var counts = new NationCounts();
        // Lives are told while earlier ones are written: the two processors have work.
        var told = Channel.CreateBounded<IReadOnlyList<(WriteRequest Request, SpacePage Page)>>(2);
        var telling = Task.Run(() => TellAsync(told.Writer, cancel), cancel);
        var born = new HashSet<SpaceId>();
        try
        {
            for (var era = 0; await told.Reader.WaitToReadAsync(cancel); era++)
            {
                var requests = await told.Reader.ReadAsync(cancel);
                await ledger.Keys.CreateAllAsync([.. requests.Where(r => r.Request.BirthSlot is not null && born.Add(r.Request.Space)).Select(r => r.Request.Space)], cancel: cancel);
                await MoveToAsync(nation.Calendar.Eras[era], cancel);
                await RegisterAsync([.. requests.Select(r => r.Page.Page.Birth).OfType<NewIdentity>()], cancel);
                await Task.WhenAll(requests.Select(r => Task.Run(() => EnterAsync(r.Request, r.Page, cancel), cancel)));
                counts.Add(requests);
            }
        }
        finally
        {
            await ledger.World.MoveClockAsync(TimeSpan.Zero, CancellationToken.None);
        }

        await telling;
        return counts;
    }

    private async Task TellAsync(ChannelWriter<IReadOnlyList<(WriteRequest, SpacePage)>> told, CancellationToken cancel)
    {
        try
        {
            var pages = new NationPages(nation);
            for (var era = 0; era < nation.Calendar.Eras.Count; era++)
            {
                await told.WriteAsync([.. pages.Tell(era).Select(page => (RequestOf(page), page))], cancel);
            }

            told.Complete();
        }
        catch (Exception failure)
        {
            told.Complete(failure);
            throw;
        }
    }

    /// <summary>The clock that stamps lines and versions; answered when every live host, here this one alone, has heard it.</summary>
    private async Task MoveToAsync(DateTimeOffset moment, CancellationToken cancel)
    {
        if (!await ledger.World.MoveClockAsync(moment - TimeProvider.System.GetUtcNow(), cancel))
        {
            throw new InvalidOperationException("Another host did not hear the clock: the nation is filled before the platform serves.");
        }
    }

    /// <summary>The registry enters first, all births of the moment or none: as when one is born, a space without identity never exists.</summary>
    private async Task RegisterAsync(IReadOnlyList<NewIdentity> births, CancellationToken cancel)
    {
        if (births.Count == 0 || (!isNew && await registry.FindAsync(births[0].Space!.Value, cancel) is not null))
        {
            return;
        }

        if (await registry.EnterAllAsync(births, DemoClients.Registry, cancel) is { } refusal)
        {
            throw new InvalidOperationException($"The identities were not entered: {refusal.Code}.");
        }
    }

    /// <summary>Views before facts, as in the slices themselves: a crash leaves a row too many, never one too few.</summary>
    private async Task EnterAsync(WriteRequest request, SpacePage told, CancellationToken cancel)
    {
        foreach (var happened in told.Page.Noted)
        {
            await (happened switch
            {
                RepresentativeDeclared declared => entourage.NoteAsync(declared.Person, request.Space, cancel),
                Paired paired => pairings.ClaimAsync(paired.IdPeSystem, paired.IdPe, request.Space, cancel),
                _ => throw new InvalidOperationException("A fact that no view knows."),
            });
        }

        await CommitAsync(request, cancel);
    }

    private async Task CommitAsync(WriteRequest request, CancellationToken cancel)
    {
        var written = await ledger.CommitAsync(request, cancel);
        if (!written.TryGet(out var verdict, out var refusal))
        {
            throw new InvalidOperationException($"The nation could not be written: {refusal.Code}.");
        }

        // Moments follow one another and nobody else writes here: after an interruption a page that finds its space further on was recorded before.
        if (!verdict.IsAccepted && (isNew || verdict.Kind is not (VerdictKind.Duplicate or VerdictKind.Exists or VerdictKind.Stale)))
        {
            throw new InvalidOperationException($"The nation could not be written: {verdict.Kind}.");
        }
    }

    private static WriteRequest RequestOf(SpacePage told)
    {
        var (citizen, page) = (told.Citizen, told.Page);
        var typeCodes = page.Contents.Where(content => content.TypeCode is not null).ToDictionary(content => content.Id, content => content.TypeCode);
        var box = told.Notices.Select((notice, number) => new NewResource(
            Maternity.Number(told.Era, "notice/" + citizen.Patient, number), 0, NoticeBox.StoredType, SpaceBook.Json(notice), [], []));
        return new WriteRequest(citizen.Space, told.AccessVersion)
        {
            StateVersion = told.StateVersion,
            RaisesAccess = page.RaisesAccess,
            BirthSlot = page.Birth is null ? null : citizen.Patient.Slot,
            Lines = page.Lines,
            Events = page.Events,
            Resources = [.. page.Contents.Select(content => Stored(content, typeCodes)), .. box],
            Due = page.Due,
            Idempotency = Once with { Key = told.Era.ToString(CultureInfo.InvariantCulture) },
        };
    }

    /// <summary>The row that the FHIR store itself would make of it.</summary>
    private static NewResource Stored(Content content, Dictionary<RecordId, string?> typeCodes)
    {
        if (!FhirJson.Parse(content.Body).TryGet(out var resource, out _))
        {
            throw new InvalidOperationException($"The nation made no FHIR of a {content.Type}.");
        }

        Followed[] follows = content.OfDocument is { } document ? [new Followed(document.ToString(), typeCodes[document])] : [];
        return FhirContent.Prepare(content.Id, 0, resource, content.By, follows);
    }
}

/// <summary>How much was written.</summary>
internal sealed class NationCounts
{
    public int Requests { get; private set; }

    public int Spaces { get; private set; }

    public int Events { get; private set; }

    public int Lines { get; private set; }

    public int Resources { get; private set; }

    public void Add(IReadOnlyList<(WriteRequest Request, SpacePage Page)> requests)
    {
        Requests += requests.Count;
        Spaces += requests.Count(r => r.Request.BirthSlot is not null);
        Events += requests.Sum(r => r.Request.Events.Count);
        Lines += requests.Sum(r => r.Request.Lines.Count);
        Resources += requests.Sum(r => r.Request.Resources.Count);
    }
}
