namespace Late.Hosting;

/// <summary>Makes the calls without a caller of the session that is open.</summary>
internal interface ISessionEntries
{
    /// <summary>Begins one. It ends with its reply, its session, or <see cref="LateConnectionOptions.CallTimeout"/>.</summary>
    /// <exception cref="LateDisconnectedException">There is no session.</exception>
    LateCall Begin();
}
