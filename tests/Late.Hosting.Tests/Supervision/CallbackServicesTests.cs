using Late.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Late.Hosting.Tests.Supervision;

/// <summary>The scoped services of callbacks where a supervisor starts the connections.</summary>
public sealed class CallbackServicesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Connections_of_one_supervisor_have_scopes_of_their_own_however_their_handlers_are_made(bool isMadeByDelegate)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        var peers = new LateTestPeers();
        builder.Services.AddScoped<Session>().AddLateTestPeers<SessionHandler>(peers).AddLateSupervisor<SessionHandler>();
        using var host = builder.Build();
        await host.StartAsync(Token);
        var supervisor = host.Services.GetRequiredService<ILateSupervisor<SessionHandler>>();
        Session[] used = [await UseAsync(supervisor, peers, "a", isMadeByDelegate), await UseAsync(supervisor, peers, "b", isMadeByDelegate)];
        await host.StopAsync(Token);

        Assert.Equal(["a", "b"], used.Select(static session => session.Key));
        Assert.All(used, static session => Assert.True(session.IsDisposed));
    }

    private static async Task<Session> UseAsync(ILateSupervisor<SessionHandler> supervisor, LateTestPeers peers, string key, bool isMadeByDelegate)
    {
        var client = await supervisor.StartAsync(key, null, isMadeByDelegate ? static _ => new SessionHandler() : null, Token);
        await peers[key].AcceptAsync();
        await client.WaitForReadyAsync(Token);
        var session = await client.CallAsync(new Query(key), Token);
        await client.CallAsync(new Query("other"), Token);
        Assert.True(session.IsDisposed);
        return session;
    }

    private sealed record Query(string Key) : ILateRequest<Query, Session>;

    private sealed class Session : IAsyncDisposable
    {
        public string? Key { get; set; }

        public bool IsDisposed { get; private set; }

        public async ValueTask DisposeAsync()
        {
            await Task.Yield();
            IsDisposed = true;
        }
    }

    private sealed class SessionHandler : LateHandler<LateContext>, ILateSyncCallHandler<LateContext, Query, Session>
    {
        public override LateContext Init(LateContext context) => context;

        public LateResult<LateContext> HandleCall(Query request, LateCall<Session> call, LateContext context)
        {
            var session = context.CallbackServices.GetRequiredService<Session>();
            session.Key = request.Key;
            call.Reply(session);
            return LateResult.Ok(context);
        }
    }
}
