using System.Diagnostics;

namespace Late.Hosting.Benchmarks.Measuring;

/// <summary>Starts this program again.</summary>
internal static class Self
{
    public static ProcessStartInfo Start(IEnumerable<string> arguments, params string[] prefix)
    {
        // "dotnet program.dll" names dotnet as the process; the program's own executable names itself.
        var path = Environment.ProcessPath!;
        string[] program = Path.GetFileNameWithoutExtension(path) == "dotnet" ? [path, typeof(Self).Assembly.Location] : [path];
        string[] command = [.. prefix, .. program, .. arguments];
        return new ProcessStartInfo(command[0], command[1..]);
    }
}
