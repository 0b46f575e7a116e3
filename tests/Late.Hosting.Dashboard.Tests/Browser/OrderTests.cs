using System.Diagnostics;
using Late.Hosting.Dashboard.Endpoints;

namespace Late.Hosting.Dashboard.Tests.Browser;

/// <summary>Which rows stay when a list is put in another order; without a browser, on the Node.js that comes with Playwright.</summary>
public sealed class OrderTests
{
    // Small lists, so that every choice can be tried: what stays is in order, and no heavier choice is.
    private const string Check = """
        let seed = 1;
        const random = below => (seed = seed * 48271 % 2147483647) % below;
        const shuffled = count => {
          const items = Array.from({ length: count }, (_, i) => i);
          return items.map(item => [random(1000000), item]).sort((a, b) => a[0] - b[0]).map(pair => pair[1]);
        };
        const sum = (items, weights) => items.reduce((total, item) => total + weights[item], 0);
        for (let round = 0; round < 300; round++) {
          const count = random(8);
          const present = shuffled(count).slice(0, random(count + 1));
          const wanted = shuffled(count).slice(0, random(count + 1));
          const weights = shuffled(count).map(weight => weight % 2 === 0 ? 1 : 9);
          const stays = [...staying(present, wanted, item => weights[item])];
          const isInOrder = items => items.every((item, i) => wanted.includes(item) && (i === 0 || wanted.indexOf(items[i - 1]) < wanted.indexOf(item)));
          const inList = present.filter(item => stays.includes(item));
          let heaviest = 0;
          for (let choice = 0; choice < 1 << present.length; choice++) {
            const items = present.filter((_, i) => choice & 1 << i);
            if (isInOrder(items)) {
              heaviest = Math.max(heaviest, sum(items, weights));
            }
          }
          if (inList.length !== stays.length || !isInOrder(inList) || sum(inList, weights) !== heaviest) {
            throw new Error(`${present} to ${wanted} with ${weights}: ${stays}`);
          }
        }
        const rows = Array.from({ length: 50 }, (_, i) => i);
        const [first, ...others] = rows;
        if (staying(rows, [...others, first], () => 1).size !== 49) {
          throw new Error("One row that goes to the end moves others.");
        }
        if (!staying(rows, [...others, first], item => item === first ? 51 : 1).has(first)) {
          throw new Error("The row that is read moves.");
        }
        console.log("done");
        """;

    [Fact]
    public async Task As_little_as_possible_moves_and_what_is_read_last_of_all()
    {
        var token = TestContext.Current.CancellationToken;
        var folder = Path.Combine(AppContext.BaseDirectory, ".playwright", "node");
        var node = Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).FirstOrDefault(static file => Path.GetFileNameWithoutExtension(file) == "node")
            : null;
        Assert.SkipUnless(node is not null, "Playwright has no Node.js for this machine.");

        using var process = Process.Start(new ProcessStartInfo(node, ["--input-type=module"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        await process.StandardInput.WriteAsync($"{System.Text.Encoding.UTF8.GetString(Asset.Load("order.js").Content)}\n{Check}");
        process.StandardInput.Close();
        var output = await process.StandardOutput.ReadToEndAsync(token);
        var errors = await process.StandardError.ReadToEndAsync(token);

        Assert.Equal(("done\n", ""), (output, errors));
    }
}
