using System.Diagnostics.CodeAnalysis;

namespace Late.Hosting.Configuration;

/// <summary>Reads a value from the text that stands in the configuration.</summary>
internal delegate bool Parsing<T>(string text, [MaybeNullWhen(false)] out T value);
