namespace Late.Hosting.Configuration;

/// <summary>Sections of one kind: where they are, and what they hold.</summary>
/// <param name="Parent">The section above them.</param>
/// <param name="Subject">What they configure, as messages name it.</param>
/// <param name="Options">Their options.</param>
/// <param name="Unread">What a section held that could not be read, kept with the options until they are checked.</param>
internal sealed record OptionSection<TOptions>(string Parent, string Subject, OptionTable<TOptions> Options, Func<TOptions, List<string>> Unread)
{
    public string PathOf(string name) => $"{Parent}:{name}";
}
