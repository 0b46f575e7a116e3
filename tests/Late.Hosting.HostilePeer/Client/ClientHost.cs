using System.Globalization;
using System.Net;
using Late.Hosting.HostilePeer.Oracle;
using Late.Hosting.HostilePeer.Peer;
using Late.Hosting.HostilePeer.Scripts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Late.Hosting.HostilePeer.Client;

/// <summary>A host with one connection, as an application has it.</summary>
internal sealed class ClientHost
{
    private const string Budget = "hostile";
    private const string Key = "own";

    private readonly Facts _facts;
    private readonly SecretWatch _watch;

    public ClientHost(Facts facts, SecretWatch watch, int port)
    {
        (_facts, _watch) = (facts, watch);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(watch);
        builder.Services.AddSingleton(facts);
        var connection = facts.Script.IsSupervised
            ? builder.Services.AddLateSupervisor<HostileHandler>(options => Configure(options, port))
            : builder.Services.AddLateConnection<HostileHandler>(options => Configure(options, port));
        connection.ConfigureHandshake((context, _) =>
        {
            facts.Requests.BeginAttempt(facts);
            return default;
        });
        if (facts.Script.IsTls || facts.Script.Proxy != ProxyKind.None)
        {
            connection.ConfigureHttpHandler((handler, _) => Configure(handler, port));
        }

        if (facts.Script.Client.BudgetPerSecond > 0)
        {
            builder.Services.AddLateConnectBudget(Budget, budget => budget.PerSecond = facts.Script.Client.BudgetPerSecond);
            connection.UseConnectBudget(Budget);
        }

        Application = builder.Build();
        if (facts.Script.IsSupervised)
        {
            var supervisor = Application.Services.GetRequiredService<ILateSupervisor<HostileHandler>>();
            Client = supervisor.StartAsync(Key).GetAwaiter().GetResult();
            facts.SelfStop = () => supervisor.StopAsync(Key);
        }
        else
        {
            Client = Application.Services.GetRequiredService<ILateClient<HostileHandler>>();
        }
    }

    public IHost Application { get; }

    public ILateClient<HostileHandler> Client { get; }

    private void Configure(LateConnectionOptions options, int port)
    {
        var plan = _facts.Script.Client;
        var scheme = _facts.Script.IsTls ? "wss" : "ws";
        var user = plan.HasUserInfo ? $"{Secrets.User}:{Secrets.Password.Replace("@", "%40", StringComparison.Ordinal)}@" : "";
        options.Uri = new Uri(string.Create(CultureInfo.InvariantCulture, $"{scheme}://{user}127.0.0.1:{port}/feed?token={Secrets.Query}"));
        options.Headers["X-Secret"] = Secrets.Header;
        options.HttpVersion = _facts.Script.IsHttp2 ? HttpVersion.Version20 : HttpVersion.Version11;
        options.ConnectTimeout = TimeSpan.FromMilliseconds(plan.ConnectTimeout);
        options.ReadyTimeout = TimeSpan.FromMilliseconds(plan.ReadyTimeout);
        options.CallTimeout = options.SlowCallbackThreshold = TimeSpan.FromMilliseconds(plan.CallTimeout);
        options.CloseTimeout = options.CallbackGracePeriod = TimeSpan.FromMilliseconds(plan.CloseTimeout);
        options.SendTimeout = TimeSpan.FromMilliseconds(plan.SendTimeout);
        options.KeepAliveInterval = options.KeepAliveTimeout = TimeSpan.FromMilliseconds(plan.KeepAlive);
        options.MaxMessageBytes = plan.MaxMessageBytes;
        options.ReceiveBufferBytes = plan.ReceiveBufferBytes;
        options.MailboxCapacity = options.SendLimit.QueueLimit = plan.MailboxCapacity;
        options.Compression = plan.Compression;
        options.HandlerErrors = plan.HandlerErrors;
        options.Startup = plan.FailFast && !_facts.Script.IsSupervised ? LateStartupMode.FailFast : LateStartupMode.Background;
        options.Reconnect.BaseDelay = TimeSpan.FromMilliseconds(plan.BaseDelay);
        options.Reconnect.MaxDelay = TimeSpan.FromMilliseconds(plan.MaxDelay);
        if (plan.SendLimitFrames > 0)
        {
            (options.SendLimit.Frames, options.SendLimit.Window) = (plan.SendLimitFrames, TimeSpan.FromMilliseconds(300));
        }

        var shouldReconnect = options.Reconnect.ShouldReconnect;
        options.Reconnect.ShouldReconnect = outcome =>
        {
            if (outcome.Exception is LateConnectException exception)
            {
                FailureCheck.Check(_facts, _watch, exception);
            }

            return shouldReconnect(outcome);
        };
    }

    private void Configure(SocketsHttpHandler handler, int port)
    {
        if (_facts.Script.IsTls)
        {
            handler.SslOptions.CertificateChainPolicy = Certificates.Trust();
        }

        if (_facts.Script.Proxy is not ProxyKind.None)
        {
            // The credentials stand in the address too, as HTTPS_PROXY has them.
            handler.Proxy = new WebProxy(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://{Secrets.ProxyUser}:{Secrets.ProxyPassword}@127.0.0.1:{port}/")))
            {
                Credentials = new NetworkCredential(Secrets.ProxyUser, Secrets.ProxyPassword),
            };
            handler.UseProxy = true;
        }
    }
}
