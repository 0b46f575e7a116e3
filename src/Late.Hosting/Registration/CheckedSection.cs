namespace Late.Hosting.Registration;

/// <summary>A section of the configuration that is read, and checked before the host starts anything.</summary>
/// <param name="Path">The section.</param>
/// <param name="Check">Throws an <see cref="Microsoft.Extensions.Options.OptionsValidationException"/> where its options are wrong.</param>
internal sealed record CheckedSection(string Path, Action Check);
