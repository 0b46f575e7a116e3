using System.Text.Json;

namespace GatewayBot.Events;

/// <summary>What the bot does with the events of both connections.</summary>
public interface IEventSink
{
    void Handle(string type, JsonElement data);
}
