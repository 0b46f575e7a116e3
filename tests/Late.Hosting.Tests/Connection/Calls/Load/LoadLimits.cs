namespace Late.Hosting.Tests.Connection.Calls.Load;

/// <summary>The limits that are in force.</summary>
/// <param name="All">Of all calls.</param>
/// <param name="Charges">Of one request.</param>
/// <param name="Queue">How long a call may wait for its slot that begins now.</param>
internal sealed record LoadLimits(int? All, int? Charges, TimeSpan Queue)
{
    /// <summary>True where a call needs a slot.</summary>
    public bool Limit(string request) => All is not null || (Charges is not null && request == nameof(Charge));

    /// <summary>True where so many calls have at least all slots that there are for one of a request.</summary>
    public bool AreTaken(string request, int all, int charges) => all >= All || (request == nameof(Charge) && charges >= Charges);

    /// <summary>True where so many calls are more than there may be.</summary>
    public bool AreExceeded(string request, int all, int charges) => all > All || (request == nameof(Charge) && charges > Charges);
}
