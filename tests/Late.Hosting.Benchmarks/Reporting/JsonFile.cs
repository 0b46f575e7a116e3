using System.Text.Json;

namespace Late.Hosting.Benchmarks.Reporting;

/// <summary>The lines with the figures of every round, for other programs.</summary>
internal static class JsonFile
{
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static async Task WriteAsync(string path, IReadOnlyList<Row> rows)
    {
        await using var file = File.Create(path);
        await JsonSerializer.SerializeAsync(file, rows, s_options);
    }

    public static async Task<IReadOnlyList<Row>> ReadAsync(string path)
    {
        await using var file = File.OpenRead(path);
        return await JsonSerializer.DeserializeAsync<List<Row>>(file, s_options) ?? [];
    }
}
