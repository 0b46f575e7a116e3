using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Late.Hosting.Tests.Connection.Calls.Load;

/// <summary>A configuration of the limits, which reloads.</summary>
internal sealed class LoadSettings : ConfigurationProvider, IConfigurationSource
{
    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    public void Apply(LoadLimits limits)
    {
        Data.Clear();
        Set("Late:Load:MaxConcurrentCalls", limits.All);
        Set("Late:Load:MaxConcurrentCallsByRequest:Charge", limits.Charges);
        Set("Late:Load:QueueTimeout", limits.Queue.ToString("c", CultureInfo.InvariantCulture));
        OnReload();
    }

    private void Set(string option, int? limit)
    {
        if (limit is { } number)
        {
            Set(option, number.ToString(CultureInfo.InvariantCulture));
        }
    }
}
