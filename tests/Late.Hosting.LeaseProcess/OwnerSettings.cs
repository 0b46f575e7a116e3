using System.Text.Json;
using System.Text.Json.Serialization;

namespace Late.Hosting.LeaseProcess;

/// <summary>What a test gives to an owner.</summary>
/// <param name="Name">The owner's name.</param>
/// <param name="Server">The port of the recording server.</param>
/// <param name="Store">redis, postgres, or files.</param>
/// <param name="Address">The store's configuration, connection string or folder.</param>
/// <param name="Keys">How many connections it has, under a supervisor; 0 for one without.</param>
public sealed record OwnerSettings(string Name, int Server, string Store, string Address, int Keys = 0)
{
    /// <summary>The time between two frames of a connection, in milliseconds.</summary>
    public int Beat { get; init; } = 5;

    /// <summary>The lease's time to live, in milliseconds.</summary>
    public int Ttl { get; init; } = 3000;

    /// <summary>The lease's margin, in milliseconds.</summary>
    public int Margin { get; init; } = 1000;

    /// <summary>How often it asks while it stands by, in milliseconds.</summary>
    public int Interval { get; init; } = 500;

    public static OwnerSettings Parse(string text) => JsonSerializer.Deserialize(text, OwnerJson.Default.OwnerSettings)!;

    public override string ToString() => JsonSerializer.Serialize(this, OwnerJson.Default.OwnerSettings);
}

/// <summary>How it is written.</summary>
[JsonSerializable(typeof(OwnerSettings))]
internal sealed partial class OwnerJson : JsonSerializerContext;
