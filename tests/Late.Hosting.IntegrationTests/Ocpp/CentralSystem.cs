using System.Globalization;
using Late.Hosting.IntegrationTests.Support;

namespace Late.Hosting.IntegrationTests.Ocpp;

/// <summary>A central system of another library: npm's ocpp-rpc, which checks each message against the schemas of OCPP 1.6.</summary>
public sealed class CentralSystem() : NodeServer(Path.Combine("Ocpp", "server.js"), "ocpp-rpc@2.2.1")
{
    /// <summary>The address of a station.</summary>
    public Uri Uri => new(string.Create(CultureInfo.InvariantCulture, $"ws://127.0.0.1:{Port}/CP001"));

    /// <summary>Answers the oldest call of the session.</summary>
    public Task AnswerAsync() => CommandAsync("answer");

    /// <summary>Gives the oldest call of the session no answer; it is not outstanding any more.</summary>
    public async Task LeaveAsync()
    {
        await CommandAsync("leave");
        Assert.Equal("left", await ReadAsync());
    }

    /// <summary>Drops the session, without a close frame.</summary>
    public Task DropAsync() => CommandAsync("drop");

    /// <summary>Calls the station.</summary>
    /// <returns>What it answers.</returns>
    public async Task<string> StartTransactionAsync(int connector)
    {
        await CommandAsync(string.Create(CultureInfo.InvariantCulture, $"start {connector}"));
        return await ReadAsync();
    }

    /// <summary>How many calls of one session were outstanding at a time, at most.</summary>
    public async Task<string> MostAsync()
    {
        await CommandAsync("most");
        return await ReadAsync();
    }
}
