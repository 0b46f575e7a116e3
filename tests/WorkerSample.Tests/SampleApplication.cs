using Late.Hosting;
using Late.Hosting.Testing;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using WorkerSample.Kraken;
using WorkerSample.Ticker;

namespace WorkerSample.Tests;

/// <summary>The sample without a server and without a feed: the test is the exchange, and holds the clock.</summary>
public sealed class SampleApplication : WebApplicationFactory<Program>
{
    public LateTestPeer Exchange { get; } = new();

    protected override void ConfigureWebHost(IWebHostBuilder builder) =>
        builder.ConfigureTestServices(services => services.AddLateTestPeer<TickerHandler>(Exchange));

    /// <summary>Accepts the connection; every request is confirmed, except for pairs of FOO.</summary>
    public async Task<LateTestSession> AcceptAsync()
    {
        var session = await Exchange.AcceptAsync();
        session.OnMessage(message => Answer(session, message.ReadJson(KrakenJson.Default.KrakenRequest)!));
        await session.WaitUntilReadyAsync();
        return session;
    }

    private static void Answer(LateTestSession session, KrakenRequest request)
    {
        foreach (var symbol in request.Params?.Symbol ?? [])
        {
            session.Send(LateFrame.Json(AnswerTo(request, symbol), KrakenJson.Default.KrakenMessage));
        }
    }

    private static KrakenMessage AnswerTo(KrakenRequest request, string symbol)
    {
        var answer = new KrakenMessage { Method = request.Method, ReqId = request.ReqId };
        return symbol.StartsWith("FOO", StringComparison.Ordinal)
            ? answer with { Success = false, Error = $"Currency pair not supported {symbol}", Symbol = symbol }
            : answer with { Success = true, Result = new KrakenResult("ticker", symbol) };
    }
}
