using Late.Hosting.Diagnostics;

namespace Late.Hosting.Connection.Mailboxes;

/// <summary>A type of requests, of which there is one object: two types of the same name have slots of their own.</summary>
internal sealed class RequestKind
{
    private readonly string _fullName;

    private RequestKind(Type type) => (Name, _fullName) = (TypeName.Of(type), $"{type.Namespace}.{TypeName.Of(type)}");

    /// <summary>The name of the type, without its namespace.</summary>
    public string Name { get; }

    public static RequestKind Of<TRequest>() => Kind<TRequest>.Value;

    /// <summary>The limit of the type: that of its full name, or that of its name alone.</summary>
    public bool TryGetLimit(LateConnectionOptions options, out int limit)
    {
        var limits = options.MaxConcurrentCallsByRequest;
        limit = 0;
        return limits.Count > 0 && (limits.TryGetValue(_fullName, out limit) || limits.TryGetValue(Name, out limit));
    }

    /// <summary>True where calls of the type need slots.</summary>
    public bool IsLimitedBy(LateConnectionOptions options) => options.MaxConcurrentCalls is not null || TryGetLimit(options, out _);

    private static class Kind<TRequest>
    {
        public static readonly RequestKind Value = new(typeof(TRequest));
    }
}
