using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Reflection;
using Late.Hosting.Transport;

namespace Late.Hosting.Tests.Transport;

public sealed class HttpSettingsTests
{
    [Fact]
    public void A_copy_has_every_setting_of_a_handler()
    {
        using var meters = new Meters();
        using var unset = new SocketsHttpHandler();
        using var settings = new SocketsHttpHandler();
        var properties = typeof(SocketsHttpHandler).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(static property => property.CanWrite).ToList();
        foreach (var property in properties)
        {
            var value = Other(property.PropertyType, property.GetValue(unset), meters);
            Assert.NotEqual(property.GetValue(unset), value);
            property.SetValue(settings, value);
        }

        settings.UseCookies = true;
        settings.Properties["late"] = 1;

        using var copy = HttpSettings.Copy(settings);

        Assert.All(properties, property => Assert.Equal(property.GetValue(settings), property.GetValue(copy)));
        Assert.Equal(settings.Properties, copy.Properties);
    }

    [Fact]
    public void A_copy_keeps_no_cookies_where_the_handler_keeps_none()
    {
        using var settings = new SocketsHttpHandler { UseCookies = false };

        using var copy = HttpSettings.Copy(settings);

        Assert.False(copy.UseCookies);
    }

    private static object Other(Type type, object? value, Meters meters) => value switch
    {
        bool set => !set,
        int number => number == int.MaxValue ? 1 : number + 1,
        TimeSpan => TimeSpan.FromSeconds(7),
        DecompressionMethods => DecompressionMethods.GZip,
        HttpKeepAlivePingPolicy => HttpKeepAlivePingPolicy.WithActiveRequests,
        _ => type switch
        {
            _ when type == typeof(SslClientAuthenticationOptions) => new SslClientAuthenticationOptions(),
            _ when type == typeof(CookieContainer) => new CookieContainer(),
            _ when type == typeof(IWebProxy) => new WebProxy(),
            _ when type == typeof(ICredentials) => new NetworkCredential(),
            _ when type == typeof(DistributedContextPropagator) => DistributedContextPropagator.CreateNoOutputPropagator(),
            _ when type == typeof(System.Diagnostics.Metrics.IMeterFactory) => meters,
            _ when type == typeof(HeaderEncodingSelector<HttpRequestMessage>) => (HeaderEncodingSelector<HttpRequestMessage>)(static (_, _) => null),
            _ when type == typeof(HeaderEncodingSelector<HttpResponseMessage>) => (HeaderEncodingSelector<HttpResponseMessage>)(static (_, _) => null),
            _ when type == typeof(Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>>) =>
                (Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>>)(static (_, _) => new(Stream.Null)),
            _ when type == typeof(Func<SocketsHttpPlaintextStreamFilterContext, CancellationToken, ValueTask<Stream>>) =>
                (Func<SocketsHttpPlaintextStreamFilterContext, CancellationToken, ValueTask<Stream>>)(static (context, _) => new(context.PlaintextStream)),
            _ => throw new NotSupportedException($"A value of {type} is missing."),
        },
    };

    private sealed class Meters : System.Diagnostics.Metrics.IMeterFactory
    {
        public System.Diagnostics.Metrics.Meter Create(System.Diagnostics.Metrics.MeterOptions options) => new(options);

        public void Dispose()
        {
        }
    }
}
