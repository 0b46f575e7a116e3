using System.ComponentModel.DataAnnotations;

namespace WorkerSample.Controllers;

/// <summary>A symbol as it stands in an address: <c>BTC-USD</c>. Anything else is a 400.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class PairAttribute : RegularExpressionAttribute
{
    public PairAttribute()
        : base("[A-Za-z0-9.]{1,16}-[A-Za-z0-9.]{1,16}") => ErrorMessage = "Write a symbol like BTC-USD.";

    /// <summary>The symbol as it stands on the wire: <c>BTC/USD</c>.</summary>
    public static string ToSymbol(string pair) => pair.ToUpperInvariant().Replace('-', '/');
}
