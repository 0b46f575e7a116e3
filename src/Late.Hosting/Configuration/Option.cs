using Microsoft.Extensions.Configuration;

namespace Late.Hosting.Configuration;

/// <summary>One row of an <see cref="OptionTable{TOptions}"/>: how an option is read, checked and compared.</summary>
/// <param name="name">The name of its property, and of its key in the section.</param>
internal abstract class Option<TOptions>(string name)
{
    public string Name { get; } = name;

    /// <summary>The options of the option itself, where it is a section.</summary>
    public virtual IReadOnlyCollection<string> Nested => [];

    /// <summary>Reads the section into the options; what cannot be read is added to the problems.</summary>
    public abstract void Read(IConfigurationSection section, TOptions options, List<string> problems);

    /// <summary>Adds what is wrong with the value that the options have.</summary>
    public abstract void Check(TOptions options, Problems problems);

    /// <summary>The names of what has changed and takes effect in that way, or in any: its own, or those of its options.</summary>
    public abstract IEnumerable<string> Changed(TOptions before, TOptions after, TakesEffect? how);
}
