using Npgsql;

namespace Sante.AppHost.Embedded.Postgres;

/// <summary>The server of <c>SANTE_POSTGRES</c>: own databases and roles with a prefix, never stopped or configured by us.</summary>
internal sealed class BorrowedPostgres(string connectionString, string prefix) : PostgresServer
{
    public override string AdminConnectionString { get; } =
        new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString;

    public override string NamePrefix => prefix;

    public override bool CanRestart => false;

    public override int? ProcessId => null;

    public override async Task StartAsync(CancellationToken cancel = default)
    {
        try
        {
            await using var connection = new NpgsqlConnection(AdminConnectionString);
            await connection.OpenAsync(cancel);
        }
        catch (NpgsqlException unreachable)
        {
            throw new PostgresUnavailableException("The server of SANTE_POSTGRES does not answer: " + unreachable.Message, unreachable);
        }
    }

    public override Task StopAsync(CancellationToken cancel = default) => Task.CompletedTask;

    public override Task KillAsync() => throw new NotSupportedException("A borrowed server is not ours to kill.");

    public override Task RemoveAsync() => SanteDatabases.DropAsync(this);
}
