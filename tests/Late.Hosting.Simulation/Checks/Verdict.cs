using System.Runtime.CompilerServices;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Checks;

/// <summary>The promises that a world saw broken.</summary>
internal sealed class Verdict
{
    private readonly WorldTrace _trace;
    private readonly List<string> _broken;
    private readonly string _label;

    public Verdict(WorldTrace trace) => (_trace, _broken, _label) = (trace, [], "");

    /// <summary>The part of one subject, marked with its label.</summary>
    public Verdict(WorldTrace trace, Verdict whole, string label) => (_trace, _broken, _label) = (trace, whole._broken, label);

    public IReadOnlyList<string> Broken => _broken;

    public void Fail(string promise, string what)
    {
        _broken.Add($"{promise}: {_label}{what}");
        _trace.Write($"*** {promise}: {what}");
    }

    /// <summary>Holds a promise against what happened; the words are made only where it is broken.</summary>
    public void Require(bool isKept, string promise, [InterpolatedStringHandlerArgument(nameof(isKept))] ref Words words)
    {
        if (!isKept)
        {
            Fail(promise, words.ToString());
        }
    }

    [InterpolatedStringHandler]
    public ref struct Words
    {
        private DefaultInterpolatedStringHandler _inner;

        public Words(int literalLength, int formattedCount, bool isKept, out bool isNeeded)
        {
            isNeeded = !isKept;
            _inner = isKept ? default : new DefaultInterpolatedStringHandler(literalLength, formattedCount);
        }

        public void AppendLiteral(string value) => _inner.AppendLiteral(value);

        public void AppendFormatted<T>(T value) => _inner.AppendFormatted(value);

        public void AppendFormatted<T>(T value, string format) => _inner.AppendFormatted(value, format);

        public override string ToString() => _inner.ToStringAndClear();
    }
}
