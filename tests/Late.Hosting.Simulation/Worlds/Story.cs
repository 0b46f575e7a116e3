using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Late.Hosting.Simulation.Worlds;

/// <summary>What happened in a world, line by line with its simulated time. The same seed tells the same story.</summary>
internal sealed class Story
{
    private readonly SimulatedTime _time;
    private readonly StringBuilder _text;
    private readonly string _label;

    public Story(SimulatedTime time) => (_time, _text, _label) = (time, new StringBuilder(16 * 1024), "");

    /// <summary>The part of one who is told apart from others by a label.</summary>
    public Story(Story whole, string label) => (_time, _text, _label) = (whole._time, whole._text, label);

    public void Tell([InterpolatedStringHandlerArgument("")] ref Line line)
    {
        line.End();
        Lines++;
    }

    public int Lines { get; private set; }

    /// <summary>A number that stands for the whole story (FNV-1a).</summary>
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

    public override string ToString() => _text.ToString();

    /// <summary>Writes a line straight into the story: most stories are never read.</summary>
    [InterpolatedStringHandler]
    public ref struct Line
    {
        private readonly StringBuilder _text;
        private StringBuilder.AppendInterpolatedStringHandler _inner;

        public Line(int literalLength, int formattedCount, Story story)
        {
            _text = story._text;
            _text.Append(CultureInfo.InvariantCulture, $"{story._time.Elapsed.TotalSeconds,10:0.0000}  {story._label}");
            _inner = new StringBuilder.AppendInterpolatedStringHandler(literalLength, formattedCount, _text, CultureInfo.InvariantCulture);
        }

        public void AppendLiteral(string value) => _inner.AppendLiteral(value);

        public void AppendFormatted<T>(T value) => _inner.AppendFormatted(value);

        public void AppendFormatted<T>(T value, string format) => _inner.AppendFormatted(value, format);

        public readonly void End() => _text.Append('\n');
    }
}
