using Npgsql;
using NpgsqlTypes;
using Sante.Kernel;
using Sante.Ledger.Keys;

namespace Sante.Bench.Nation;

/// <summary>Writes rows by binary COPY, as the owner of the tables: the api role may write no table itself.</summary>
internal static class NationCopy
{
    /// <summary>The rows of some pages, each table in one COPY, all in one transaction.</summary>
    public static void Pages(NpgsqlConnection main, IReadOnlyList<NationPage> pages)
    {
        using var transaction = main.BeginTransaction();
        using (var copy = main.BeginBinaryImport("COPY ledger.event (space_id, stream, version, state_version, at, row_id, body) FROM STDIN BINARY"))
        {
            foreach (var page in pages)
                for (var i = 0; i < page.Events.Count; i++)
                {
                    var (plain, row) = (page.Sealed.Plain.Events[i], page.Sealed.Events[i]);
                    Row(copy, page.Citizen.Space);
                    copy.Write(plain.Stream, NpgsqlDbType.Text);
                    copy.Write(plain.Version, NpgsqlDbType.Integer);
                    copy.Write(page.Events[i].StateVersion, NpgsqlDbType.Bigint);
                    copy.Write(page.Events[i].At, NpgsqlDbType.TimestampTz);
                    copy.Write(row.RowId, NpgsqlDbType.Uuid);
                    copy.Write(row.Body, NpgsqlDbType.Bytea);
                }
            copy.Complete();
        }

        Lines(main, pages);
        Resources(main, pages);
        Dates(main, pages);
        transaction.Commit();
    }

    /// <summary>The rows of spaces as they stand after the last chapter.</summary>
    public static void Spaces(NpgsqlConnection main, IReadOnlyList<NationCitizen> citizens)
    {
        using var copy = main.BeginBinaryImport("COPY ledger.space (space_id, slot, access_version, state_version, trace_seq) FROM STDIN BINARY");
        foreach (var citizen in citizens)
        {
            Row(copy, citizen.Space);
            copy.Write((short)citizen.Slot, NpgsqlDbType.Smallint);
            copy.Write(citizen.AccessVersion, NpgsqlDbType.Bigint);
            copy.Write((long)citizen.Events, NpgsqlDbType.Bigint);
            copy.Write((long)citizen.Lines, NpgsqlDbType.Bigint);
        }

        copy.Complete();
    }

    /// <summary>Wrapped roots: content and trace of each space, in the keys database.</summary>
    public static void Roots(NpgsqlConnection keys, IMasterKey master, IReadOnlyList<(SpaceId Space, byte[] Content, byte[] Trace)> roots)
    {
        using var copy = keys.BeginBinaryImport("COPY keys.root (owner, kind, master_version, wrapped) FROM STDIN BINARY");
        foreach (var (space, content, trace) in roots)
        {
            foreach (var (kind, root) in new[] { (KeyStore.ContentKind, content), (KeyStore.TraceKind, trace) })
            {
                Row(copy, space);
                copy.Write(kind, NpgsqlDbType.Smallint);
                copy.Write(master.CurrentVersion, NpgsqlDbType.Integer);
                copy.Write(master.Wrap(root, KeyStore.Context(space.Value, kind)), NpgsqlDbType.Bytea);
            }
        }

        copy.Complete();
    }

    private static void Lines(NpgsqlConnection main, IReadOnlyList<NationPage> pages)
    {
        using var copy = main.BeginBinaryImport("COPY ledger.trace (space_id, seq, at, access_version, row_id, salt, body) FROM STDIN BINARY");
        foreach (var page in pages)
            for (var i = 0; i < page.Lines.Count; i++)
            {
                Row(copy, page.Citizen.Space);
                copy.Write(page.Lines[i].Number, NpgsqlDbType.Bigint);
                copy.Write(page.Lines[i].At, NpgsqlDbType.TimestampTz);
                copy.Write(page.Lines[i].AccessVersion, NpgsqlDbType.Bigint);
                copy.Write(page.Sealed.Lines[i].RowId, NpgsqlDbType.Uuid);
                copy.Write(page.Sealed.Salts[i], NpgsqlDbType.Bytea);
                copy.Write(page.Sealed.Lines[i].Body, NpgsqlDbType.Bytea);
            }
        copy.Complete();
    }

    /// <summary>Present versions stand in <c>ledger.resource</c>; nothing here has a past one.</summary>
    private static void Resources(NpgsqlConnection main, IReadOnlyList<NationPage> pages)
    {
        using var copy = main.BeginBinaryImport("COPY ledger.resource (space_id, id, version, at, deleted, row_id, body, type_token, tokens) FROM STDIN BINARY");
        foreach (var page in pages)
            for (var i = 0; i < page.ResourcesAt.Count; i++)
            {
                Row(copy, page.Citizen.Space);
                copy.Write(page.Sealed.Plain.Resources[i].Id, NpgsqlDbType.Uuid);
                copy.Write(1, NpgsqlDbType.Integer);
                copy.Write(page.ResourcesAt[i], NpgsqlDbType.TimestampTz);
                copy.Write(false, NpgsqlDbType.Boolean);
                copy.Write(page.Sealed.Resources[i].RowId, NpgsqlDbType.Uuid);
                copy.Write(page.Sealed.Resources[i].Body, NpgsqlDbType.Bytea);
                copy.Write(page.Sealed.ResourceTypes[i], NpgsqlDbType.Bigint);
                copy.Write(page.Sealed.Tokens[i], NpgsqlDbType.Array | NpgsqlDbType.Bigint);
            }
        copy.Complete();
    }

    private static void Dates(NpgsqlConnection main, IReadOnlyList<NationPage> pages)
    {
        using var copy = main.BeginBinaryImport("COPY ledger.index_date (space_id, param, low, high, id) FROM STDIN BINARY");
        foreach (var page in pages)
            foreach (var (id, parameter, low, high) in page.Sealed.Dates)
            {
                Row(copy, page.Citizen.Space);
                copy.Write(parameter, NpgsqlDbType.Bigint);
                copy.Write(low.ToUniversalTime(), NpgsqlDbType.TimestampTz);
                copy.Write(high.ToUniversalTime(), NpgsqlDbType.TimestampTz);
                copy.Write(id, NpgsqlDbType.Uuid);
            }
        copy.Complete();
    }

    private static void Row(NpgsqlBinaryImporter copy, SpaceId space)
    {
        copy.StartRow();
        copy.Write(space.Value, NpgsqlDbType.Uuid);
    }
}
