using Microsoft.Extensions.Options;

namespace Late.Hosting.Configuration;

/// <summary>Settings beside those of connections that are checked before the host's start.</summary>
internal interface ICheckedSettings
{
    /// <exception cref="OptionsValidationException">They do not pass the checks.</exception>
    void Check();
}
