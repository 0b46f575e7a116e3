using Late.Hosting.Connection;

namespace Late.Hosting.Testing.Harness;

/// <summary>The parts of the library's own connection that a handler under test has.</summary>
/// <param name="Context">What its parts share.</param>
/// <param name="Service">Runs it.</param>
/// <param name="Client">Its client.</param>
/// <param name="Reload">Changes its options, as a reload of the configuration does.</param>
internal sealed record TestedConnection(ConnectionContext Context, ConnectionService Service, ILateClient Client, Action<Action<LateConnectionOptions>> Reload);
