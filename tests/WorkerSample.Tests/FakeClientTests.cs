using System.Net;
using System.Net.Http.Json;
using Late.Hosting;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;
using WorkerSample.Controllers;
using WorkerSample.Ticker;

namespace WorkerSample.Tests;

/// <summary>
/// An application's own tests replace the client by a fake. It throws every exception that a real one can, made by public members only:
/// this project sees no internals of the library.
/// </summary>
public sealed class FakeClientTests
{
    private static readonly Exception[] s_exceptions =
    [
        new LateConnectException("Ticker", "Connection 'Ticker' could not connect: it was refused with 503.", new HttpRequestException("refused"))
        {
            StatusCode = HttpStatusCode.ServiceUnavailable,
            Headers = new Dictionary<string, StringValues> { ["Retry-After"] = "3" },
            Body = "away",
            RetryAfter = TimeSpan.FromSeconds(3),
            TransportError = HttpRequestError.ConnectionError,
        },
        new LateDisconnectedException("Ticker", "The session of connection 'Ticker' ended before the call did.")
        {
            Delivery = LateDelivery.Unknown,
            CloseCode = 1001,
            CloseReason = "maintenance",
        },
        new LateStoppedException("Ticker", "Connection 'Ticker' is stopped."),
        new LateFaultedException("Ticker", "Connection 'Ticker' is faulted.", new InvalidOperationException("wrong password")),
        new LateCallTimeoutException("Ticker", "The handler of connection 'Ticker' did not reply in time.") { Delivery = LateDelivery.Unknown },
        new LateGapException("Ticker", "Three prices of BTC/USD are missing: the reader of connection 'Ticker' was too slow.") { Dropped = 3 },
        new LateKeyInUseException("Ticker/17", "There is a connection 'Ticker/17' already."),
        new LateConnectionLimitException("Ticker/18", "There are 10,000 connections already."),
    ];

    public static TheoryData<string> Exceptions => [.. s_exceptions.Select(static exception => exception.GetType().Name)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_exception_of_the_library_can_be_made()
    {
        var all = typeof(LateException).Assembly.GetExportedTypes().Where(static type => type.IsAssignableTo(typeof(Exception)) && !type.IsAbstract);

        Assert.Equal(all.Select(static type => type.Name).Order(), s_exceptions.Select(static exception => exception.GetType().Name).Order());
    }

    [Theory]
    [MemberData(nameof(Exceptions))]
    public async Task A_fake_client_throws_it_and_the_application_answers_503_or_504_where_the_exchange_may_have_acted(string name)
    {
        var exception = s_exceptions.Single(exception => exception.GetType().Name == name);
        await using var sample = new SampleApplication();
        await using var application = sample.WithWebHostBuilder(host =>
            host.ConfigureTestServices(services => services.AddSingleton<ILateClient<TickerHandler>>(new FakeTicker(exception))));
        using var http = application.CreateClient();

        var answer = await http.PostAsync("/subscriptions/XRP-USD", content: null, Token);

        var mayHaveActed = exception is LateException { Delivery: LateDelivery.Unknown } or LateCallTimeoutException { Delivery: LateDelivery.Unknown };
        Assert.Equal(mayHaveActed ? HttpStatusCode.GatewayTimeout : HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.False(mayHaveActed && answer.Headers.RetryAfter is not null);
        Assert.Equal(exception.Message, (await answer.Content.ReadFromJsonAsync<ProblemDetails>(Token))!.Detail);
    }

    [Fact]
    public async Task A_unit_of_an_application_is_tested_without_a_host()
    {
        var thrown = s_exceptions.OfType<LateDisconnectedException>().Single();
        var controller = new SubscriptionsController(new FakeTicker(thrown));

        var error = await Assert.ThrowsAsync<LateDisconnectedException>(() => controller.Subscribe("XRP-USD", Token));

        Assert.Equal(("Ticker", LateDelivery.Unknown, 1001, "maintenance"), (error.ConnectionName, error.Delivery, error.CloseCode, error.CloseReason));
    }

    [Fact] // A caller is the client where only calls are made: a test that replaces the client has replaced both.
    public async Task A_fake_client_is_the_caller_too()
    {
        var fake = new FakeTicker(s_exceptions[0]);
        await using var sample = new SampleApplication();
        await using var application = sample.WithWebHostBuilder(host =>
            host.ConfigureTestServices(services => services.AddSingleton<ILateClient<TickerHandler>>(fake)));

        Assert.Same(fake, application.Services.GetRequiredService<ILateCaller<TickerHandler>>());
    }
}
