namespace Late.Hosting;

/// <summary>
/// Where exceptions point to. A page is addressed by its path in the repository, as the analyzers' rules address theirs: that holds in every
/// copy of it, and for the version that is used.
/// </summary>
internal static class HelpPages
{
    public const string Calls = Docs + "handlers.md#calls-and-lost-sessions";
    public const string Connecting = Docs + "configuration.md#reconnecting-with-polly";
    public const string Faults = Docs + "configuration.md#after-a-fault";
    public const string Topics = Docs + "handlers.md#topics";
    public const string Supervisors = Docs + "supervisors.md#many-connections";

    private const string Docs = "docs/";
}
