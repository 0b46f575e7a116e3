using Microsoft.CodeAnalysis.Text;

namespace Late.Hosting.Analyzers.Tests.Support;

/// <summary>Source in which <c>[|…|]</c> marks what a rule is to report.</summary>
internal sealed record Marked(string Source, IReadOnlyList<TextSpan> Spans)
{
    public static Marked Parse(string text)
    {
        List<TextSpan> spans = [];
        while (text.IndexOf("[|", StringComparison.Ordinal) is >= 0 and var start)
        {
            var end = text.IndexOf("|]", start, StringComparison.Ordinal) - 2;
            text = text.Remove(end + 2, 2).Remove(start, 2);
            spans.Add(TextSpan.FromBounds(start, end));
        }

        return new Marked(text, spans);
    }
}
