using System.Runtime.CompilerServices;
using Late.Hosting.Configuration;

namespace Late.Hosting.Connection.Callbacks;

/// <summary>Throws where something that is asked for cannot be done.</summary>
internal static class ReconnectCheck
{
    /// <summary>How a session is to be replaced.</summary>
    public static void Request(LateReconnect request, [CallerArgumentExpression(nameof(request))] string? name = null)
    {
        ArgumentNullException.ThrowIfNull(request, name);
        ArgumentNullException.ThrowIfNull(request.Reason, nameof(LateReconnect.Reason));
        Delay(request.After, nameof(LateReconnect.After));
        CloseCode(request.CloseCode, nameof(LateReconnect.CloseCode));
        if (request.Uri is { } uri && !(uri.IsAbsoluteUri && uri.Scheme is "ws" or "wss"))
        {
            throw new ArgumentException("LateReconnect.Uri is an absolute address that begins with ws:// or wss://.", name);
        }

        if (!Enum.IsDefined(request.Order) || !Enum.IsDefined(request.SwitchWhen))
        {
            throw new ArgumentOutOfRangeException(name, "LateReconnect.Order and SwitchWhen are values of their enums.");
        }

        if (request is { ConnectsFirst: true, After: not null })
        {
            throw new ArgumentException("LateReconnect.After has no meaning with ConnectFirst, which begins immediately. Leave one of them out.", name);
        }

        if (request is { ConnectsFirst: false, SwitchWhen: not LateSwitchWhen.Upgraded })
        {
            throw new ArgumentException("LateReconnect.SwitchWhen has a meaning with ConnectFirst alone. Set Order to ConnectFirst, or leave it out.", name);
        }
    }

    /// <summary>How long the next attempt waits.</summary>
    public static void Delay(TimeSpan? delay, [CallerArgumentExpression(nameof(delay))] string? name = null)
    {
        if (delay < TimeSpan.Zero || delay > Limits.LongestDelay)
        {
            throw new ArgumentOutOfRangeException(name, delay, "The delay before the next attempt is zero to one day.");
        }
    }

    /// <summary>The code of our close frame (RFC 6455 §7.4).</summary>
    public static void CloseCode(int closeCode, [CallerArgumentExpression(nameof(closeCode))] string? name = null)
    {
        if (!LateCloseCode.MaySend(closeCode))
        {
            throw new ArgumentOutOfRangeException(
                name, closeCode, "This code is not allowed in a close frame (RFC 6455 §7.4). Use 1000, or 4000 to 4999 for your own codes.");
        }
    }
}
