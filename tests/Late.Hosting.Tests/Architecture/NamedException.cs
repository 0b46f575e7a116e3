namespace Late.Hosting.Tests.Architecture;

/// <summary>What the members of <see cref="Naming{T}"/> name.</summary>
public sealed class NamedException : Exception
{
    public static readonly int Constant = 1;
}
