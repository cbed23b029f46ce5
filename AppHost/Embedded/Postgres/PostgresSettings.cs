using System.Globalization;

namespace Sante.AppHost.Embedded.Postgres;

/// <summary>The configuration files of a private cluster.</summary>
internal static class PostgresSettings
{
    /// <summary>SCRAM on loopback, nothing else.</summary>
    public const string HostAccess = "host all all 127.0.0.1/32 scram-sha-256\n";

    /// <summary><c>postgresql.conf</c>, whole.</summary>
    public static string Write(PostgresOptions options, int port)
    {
        var settings = new Dictionary<string, string>
        {
            ["listen_addresses"] = "'127.0.0.1'",
            ["unix_socket_directories"] = "''",
            ["port"] = Number(port),
            ["max_connections"] = Number(options.MaxConnections),
            ["password_encryption"] = "scram-sha-256",
            ["timezone"] = "'UTC'",
            ["log_timezone"] = "'UTC'",

            // Durability is never traded: full sync unless the cluster is thrown away. WAL room keeps checkpoints rare.
            ["fsync"] = options.CrashSafe ? "on" : "off",
            ["synchronous_commit"] = "on",
            ["full_page_writes"] = "on",
            ["max_wal_size"] = "2GB",
            ["min_wal_size"] = "128MB",
            ["wal_buffers"] = "16MB",
            ["checkpoint_timeout"] = "15min",
            ["checkpoint_completion_target"] = "0.9",
            ["shared_buffers"] = Number(options.SharedBuffersMebibytes) + "MB",
            ["effective_cache_size"] = "1GB",
            ["random_page_cost"] = "1.1",
            ["jit"] = "off",

            // Statements, parameters and rows of people never reach a log. Errors of statements are told to the client,
            // not logged: even a bare error text may quote a value ("invalid input syntax … \"…\"").
            ["logging_collector"] = "off",
            ["log_destination"] = "'stderr'",
            ["log_line_prefix"] = "'%m [%p] '",
            ["log_min_messages"] = "log",
            ["log_min_error_statement"] = "panic",
            ["log_statement"] = "none",
            ["log_min_duration_statement"] = "-1",
            ["log_min_duration_sample"] = "-1",
            ["log_transaction_sample_rate"] = "0",
            ["log_parameter_max_length"] = "0",
            ["log_parameter_max_length_on_error"] = "0",
            ["log_error_verbosity"] = "terse",
            ["log_lock_waits"] = "off",
            ["log_connections"] = "off",
            ["log_disconnections"] = "off",
        };
        return string.Concat(settings.Select(setting => $"{setting.Key} = {setting.Value}\n"));
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
