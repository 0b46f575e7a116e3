namespace Late.Hosting.Simulation.Checks;

/// <summary>How long sessions live that are rotated.</summary>
internal static class SessionLifetime
{
    /// <param name="options">What is wanted.</param>
    /// <param name="now">When the session begins.</param>
    /// <param name="share">Which share of the jitter is taken.</param>
    public static TimeSpan? Of(LateRotationOptions options, DateTimeOffset now, double share)
    {
        var longest = options.MaxSessionLifetime;
        var lifetime = longest - (share * (options.Jitter < longest / 2 ? options.Jitter : longest / 2));
        if (options.TimeOfDay is { } timeOfDay)
        {
            var until = timeOfDay.ToTimeSpan() - now.TimeOfDay - (share * options.Jitter);
            until += until > TimeSpan.Zero ? TimeSpan.Zero : TimeSpan.FromDays(1);
            lifetime = until < lifetime ? until : lifetime ?? until;
        }

        return lifetime;
    }
}
