namespace Late.Hosting.HostilePeer.Oracle;

/// <summary>What must not be read in any output (promise P12): one mark for each place in which it is planted.</summary>
internal static class Secrets
{
    public const string User = "seCret-user";

    /// <summary>Written escaped in the address; the last character of what it means is an @.</summary>
    public const string Password = "seCret-password@";
    public const string Query = "seCret-query";
    public const string Header = "seCret-header";
    public const string Payload = "seCret-payload";
    public const string AnswerHeader = "seCret-answer";
    public const string Body = "seCret-body";
    public const string Location = "seCret-location";
    public const string ProxyUser = "seCret-proxy-user";
    public const string ProxyPassword = "seCret-proxy-password";

    /// <summary>What a handler throws: its callers may read it, the log may not.</summary>
    public const string Thrown = "hidden-exception";

    /// <summary>What all but the last have in common.</summary>
    public const string Mark = "seCret";
}
