namespace Late.Hosting.Leases.Tests.Processes;

/// <summary>Something that has happened in a process.</summary>
/// <param name="At">When, by the machine's monotonic clock.</param>
/// <param name="What">What.</param>
/// <param name="Words">More about it.</param>
internal sealed record Record(long At, string What, string[] Words)
{
    public bool Is(string what, params ReadOnlySpan<string> words)
    {
        for (var i = 0; i < words.Length; i++)
        {
            if (i >= Words.Length || Words[i] != words[i])
            {
                return false;
            }
        }

        return What == what;
    }
}
