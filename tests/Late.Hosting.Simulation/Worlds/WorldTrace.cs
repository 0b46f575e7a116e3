using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Late.Hosting.Simulation.Worlds;

/// <summary>What happened in a world, line by line with its simulated time. The same seed gives the same trace.</summary>
internal sealed class WorldTrace
{
    private readonly SimulatedTime _time;
    private readonly StringBuilder _text;
    private readonly string _label;

    public WorldTrace(SimulatedTime time) => (_time, _text, _label) = (time, new StringBuilder(16 * 1024), "");

    /// <summary>The part of one subject, marked with its label.</summary>
    public WorldTrace(WorldTrace whole, string label) => (_time, _text, _label) = (whole._time, whole._text, label);

    public void Write([InterpolatedStringHandlerArgument("")] ref Line line)
    {
        line.End();
        Lines++;
    }

    public int Lines { get; private set; }

    /// <summary>A number that stands for the whole trace (FNV-1a).</summary>
    public ulong Hash()
    {
        var hash = 0xCBF29CE484222325;
        foreach (var chunk in _text.GetChunks())
        {
            foreach (var letter in chunk.Span)
            {
                hash = (hash ^ letter) * 0x100000001B3;
            }
        }

        return hash;
    }

    /// <summary>Adds the trace of another world of the same seed.</summary>
    public void Append(WorldTrace other)
    {
        _text.Append('\n').Append(other._text);
        Lines += other.Lines;
    }

    public override string ToString() => _text.ToString();

    /// <summary>Writes a line straight into the trace: most traces are never read.</summary>
    [InterpolatedStringHandler]
    public ref struct Line
    {
        private readonly StringBuilder _text;
        private StringBuilder.AppendInterpolatedStringHandler _inner;

        public Line(int literalLength, int formattedCount, WorldTrace trace)
        {
            _text = trace._text;
            _text.Append(CultureInfo.InvariantCulture, $"{trace._time.Elapsed.TotalSeconds,10:0.0000}  {trace._label}");
            _inner = new StringBuilder.AppendInterpolatedStringHandler(literalLength, formattedCount, _text, CultureInfo.InvariantCulture);
        }

        public void AppendLiteral(string value) => _inner.AppendLiteral(value);

        public void AppendFormatted<T>(T value) => _inner.AppendFormatted(value);

        public void AppendFormatted<T>(T value, string format) => _inner.AppendFormatted(value, format);

        public readonly void End() => _text.Append('\n');
    }
}
