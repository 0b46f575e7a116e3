namespace Late.Hosting.Registration;

/// <summary>Settings beside those of single connections that are checked before the host's start.</summary>
/// <param name="Section">The section that they are read from.</param>
/// <param name="Check">Throws an <see cref="Microsoft.Extensions.Options.OptionsValidationException"/> where they are wrong.</param>
internal sealed record SettingsToCheck(string Section, Action Check);
