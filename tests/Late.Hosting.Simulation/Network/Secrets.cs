namespace Late.Hosting.Simulation.Network;

/// <summary>What must not be read in any log line or message (promise P12): one mark for each place in which it is planted.</summary>
internal static class Secrets
{
    public const string UserInfo = "seCret-user";
    public const string Query = "seCret-query";
    public const string Header = "seCret-header";
    public const string Payload = "seCret-payload";

    public const string Thrown = "hidden-exception";

    /// <summary>What all but the last have in common.</summary>
    public const string Mark = "seCret";
}
