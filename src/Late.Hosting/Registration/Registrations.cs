namespace Late.Hosting.Registration;

/// <summary>All that is registered for handlers, looked up once: the container makes a new list of them each time.</summary>
internal sealed class Registrations(IEnumerable<ConnectionRegistration> connections, IEnumerable<SupervisorRegistration> supervisors)
{
    /// <summary>The connections, in their order.</summary>
    public IReadOnlyList<ConnectionRegistration> Connections { get; } = [.. connections];

    /// <summary>The supervisors, in their order.</summary>
    public IReadOnlyList<SupervisorRegistration> Supervisors { get; } = [.. supervisors];

    /// <summary>The connections, and then the supervisors.</summary>
    public IEnumerable<HandlerRegistration> All => [.. Connections, .. Supervisors];
}
