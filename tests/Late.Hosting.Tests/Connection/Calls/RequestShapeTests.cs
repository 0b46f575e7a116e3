using Late.Hosting.Testing;
using Late.Hosting.Tests.Connection.Calls.Shapes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Late.Hosting.Tests.Connection.Calls;

/// <summary>Requests that are structs, generic or nested.</summary>
public sealed class RequestShapeTests
{
    private const string Limits = "Late:Shape:MaxConcurrentCallsByRequest";

    private readonly LateTestPeer _peer = new();
    private readonly LatePendingCalls _pending = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P5_each_is_replied_to_also_the_default_of_a_struct()
    {
        using var host = Host();
        var (client, session) = await StartAsync(host);
        var number = client.CallAsync(default(Batch<int>), Token);
        var text = client.CallAsync(new Batch<string>("x"), Token);
        var part = client.CallAsync(new ShapeHandler.Part("y"), Token);
        Assert.Equal(["1 0", "2 x", "3 y"], [await session.ReceiveTextAsync(), await session.ReceiveTextAsync(), await session.ReceiveTextAsync()]);
        session.Send("3");
        session.Send("2");
        session.Send("1");

        Assert.Equal((0, "x", "y"), (await number, await text, await part));
        await host.StopAsync(Token);
    }

    [Fact]
    public async Task The_limit_of_a_generic_request_is_that_of_its_type_arguments()
    {
        using var host = Host($"{Limits}:Batch<int>");
        var (client, session) = await StartAsync(host);
        var first = client.CallAsync(new Batch<int>(1), Token);
        var second = client.CallAsync(new Batch<int>(2), Token);
        var text = client.CallAsync(new Batch<string>("x"), Token);
        Assert.Equal(["1 1", "2 x"], [await session.ReceiveTextAsync(), await session.ReceiveTextAsync()]);
        session.Send("2");
        session.Send("1");
        Assert.Equal((1, "x"), (await first, await text));
        await session.ExpectAsync("3 2");
        session.Send("3");

        Assert.Equal(2, await second);
        await host.StopAsync(Token);
    }

    [Fact]
    public async Task The_limit_of_a_nested_request_has_the_name_of_the_type_around_it()
    {
        using var host = Host($"{Limits}:ShapeHandler.Part");
        var (client, session) = await StartAsync(host);
        var parts = new[] { client.CallAsync(new ShapeHandler.Part("1"), Token), client.CallAsync(new ShapeHandler.Part("2"), Token) };
        var number = client.CallAsync(new Batch<int>(3), Token);
        Assert.Equal(["1 1", "2 3"], [await session.ReceiveTextAsync(), await session.ReceiveTextAsync()]);
        session.Send("2");
        session.Send("1");
        await session.ExpectAsync("3 2");
        session.Send("3");

        Assert.Equal((3, "1", "2"), (await number, await parts[0], await parts[1]));
        await host.StopAsync(Token);
    }

    [Fact]
    public async Task P19_the_end_of_a_call_has_the_request_that_is_a_struct_and_may_release_its_slot()
    {
        using var host = Host($"{Limits}:Batch<int>");
        var (client, session) = await StartAsync(host);
        using var caller = new CancellationTokenSource();
        var canceled = client.CallAsync(new Batch<int>(7), caller.Token);
        var next = client.CallAsync(new Batch<int>(8), Token);
        await session.ExpectAsync("1 7");
        await caller.CancelAsync();
        await session.ExpectAsync("end of 7: Canceled");
        await session.ExpectAsync("2 8");
        session.Send("2");

        Assert.Equal(8, await next);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => canceled);
        await host.StopAsync(Token);
    }

    [Theory]
    [InlineData("Batch", "Batch<int>")]
    [InlineData("Batch`1", "Batch<string>")]
    [InlineData("Batch<long>", "Did you mean Batch<int>?")]
    [InlineData("Part", "ShapeHandler.Part")]
    public async Task P13_another_name_of_a_generic_or_nested_request_stops_the_start_and_is_named_with_what_there_is(string name, string advice)
    {
        using var host = Host($"{Limits}:{name}");

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Token));
        Assert.Contains($"{Limits}:{name} limits a request that ShapeHandler does not handle.", error.Message, StringComparison.Ordinal);
        Assert.Contains(advice, error.Message, StringComparison.Ordinal);
    }

    private IHost Host(string? limit = null)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(limit is null ? [] : [KeyValuePair.Create(limit, (string?)"1")]);
        builder.Services.AddSingleton(_pending).AddLateTestPeer<ShapeHandler>(_peer).AddLateConnection<ShapeHandler>();
        return builder.Build();
    }

    private async Task<(ILateClient<ShapeHandler> Client, LateTestSession Session)> StartAsync(IHost host)
    {
        await host.StartAsync(Token);
        var session = await _peer.AcceptAsync();
        await session.WaitUntilReadyAsync();
        return (host.Services.GetRequiredService<ILateClient<ShapeHandler>>(), session);
    }
}
