using System.Text;
using Late.Hosting.HostilePeer.Scripts;

namespace Late.Hosting.HostilePeer.Running;

/// <summary>How often each kind of attack was drawn.</summary>
internal sealed class Coverage
{
    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);

    public int Seeds { get; private set; }

    public void Add(Script script)
    {
        Seeds++;
        Count($"wire {script.Wire}");
        Count($"proxy {script.Proxy}");
        Count($"pace {script.Handler.Pace}");
        Count($"ending {script.Ending}");
        foreach (var attempt in script.Attempts)
        {
            Count($"answer {attempt.Answer}");
            foreach (var step in attempt.Steps)
            {
                Count(step.Kind == StepKind.Flood ? $"flood {step.Flood}" : $"step {step.Kind}");
            }
        }
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var group in _counts.GroupBy(count => count.Key.Split(' ')[0]))
        {
            text.AppendLine($"  {group.Key,-8}{string.Join(", ", group.Select(count => $"{count.Key[(group.Key.Length + 1)..]} {count.Value}"))}");
        }

        return text.ToString();
    }

    private void Count(string what) => _counts[what] = _counts.GetValueOrDefault(what) + 1;
}
