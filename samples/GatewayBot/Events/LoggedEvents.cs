using System.Text.Json;

namespace GatewayBot.Events;

/// <summary>A bot that only reports what happens.</summary>
internal sealed partial class LoggedEvents(ILogger<LoggedEvents> logger) : IEventSink
{
    public void Handle(string type, JsonElement data) => Event(type, data);

    [LoggerMessage(LogLevel.Information, "{Type} {Data}")]
    private partial void Event(string type, JsonElement data);
}
