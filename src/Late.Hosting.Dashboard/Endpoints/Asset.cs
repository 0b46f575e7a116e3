using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Late.Hosting.Dashboard.Endpoints;

/// <summary>One file of the page.</summary>
internal sealed class Asset(string name, byte[] content)
{
    private readonly EntityTagHeaderValue _tag = TagOf(content);

    public string Name { get; } = name;

    public byte[] Content { get; } = content;

    private string ContentType => Path.GetExtension(Name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        var unknown => throw new InvalidOperationException($"There is no content type for {unknown}."),
    };

    public static Asset Load(string name)
    {
        using var resource = typeof(Asset).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The assembly has no {name}.");
        var content = new byte[resource.Length];
        resource.ReadExactly(content);
        return new Asset(name, content);
    }

    /// <summary>Sends the file, or 304 where the browser has it.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        SecurityHeaders.Add(context.Response.Headers);
        var headers = context.Response.GetTypedHeaders();
        headers.ETag = _tag;
        headers.CacheControl = new CacheControlHeaderValue { NoCache = true }; // Kept, and asked for again each time.
        if (context.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(_tag, useStrongComparison: false)))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        context.Response.ContentType = ContentType;
        context.Response.ContentLength = Content.Length;
        await context.Response.Body.WriteAsync(Content, context.RequestAborted).ConfigureAwait(false);
    }

    private static EntityTagHeaderValue TagOf(byte[] content) =>
        new($"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 16))}\"");
}
