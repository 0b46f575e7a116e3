using System.Text;

namespace Late.Hosting.HostilePeer.Scripts;

/// <summary>Everything that a seed decides.</summary>
internal sealed record Script(ulong Seed)
{
    public WireKind Wire { get; init; }

    public ProxyKind Proxy { get; init; }

    public required ClientPlan Client { get; init; }

    public required HandlerPlan Handler { get; init; }

    public required CallerPlan Callers { get; init; }

    /// <summary>One for each attempt; what comes after them is served well.</summary>
    public required IReadOnlyList<AttemptPlan> Attempts { get; init; }

    /// <summary>The number of the attempt that a plan is for; the first is 1.</summary>
    public int NumberOf(AttemptPlan plan) => Attempts.TakeWhile(other => !ReferenceEquals(other, plan)).Count() + 1;

    /// <summary>True where the end comes while attempts are left.</summary>
    public bool StopsMidway { get; init; }

    public Ending Ending { get; init; }

    /// <summary>True where a supervisor has started the connection.</summary>
    public bool IsSupervised => Ending == Ending.StopItself;

    public bool IsHttp2 => Wire is WireKind.Http2 or WireKind.Http2Tls;

    public bool IsTls => Wire is WireKind.Http1Tls or WireKind.Http2Tls;

    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine($"seed {Seed}: {Wire}{(Proxy == ProxyKind.None ? "" : $", proxy {Proxy}")}");
        text.AppendLine($"  options   {Client}");
        text.AppendLine($"  handler   {Handler}");
        text.AppendLine($"  callers   {Callers}");
        for (var i = 0; i < Attempts.Count; i++)
        {
            text.AppendLine($"  attempt {i + 1,-2}{Attempts[i]}");
        }

        text.AppendLine($"  ending    {Ending}{(StopsMidway ? ", midway" : "")}");
        return text.ToString();
    }
}
