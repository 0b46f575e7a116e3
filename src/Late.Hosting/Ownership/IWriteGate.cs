namespace Late.Hosting.Ownership;

/// <summary>Whether a byte may be written (promise P21). It is asked before each write, by any thread.</summary>
internal interface IWriteGate
{
    /// <summary>False from the moment on in which another host may own the connection.</summary>
    bool MayWrite { get; }
}
