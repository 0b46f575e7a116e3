using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Late.Hosting.Diagnostics;
using Late.Hosting.WebSockets;

namespace Late.Hosting.Connection.Callbacks;

/// <summary>
/// Reads messages as the type that their discriminator selects. It finds the discriminator itself and reads the value as the derived type:
/// the polymorphism of the serializer allocates a string for each discriminator, wants it to be the first property or costs more, and throws
/// for an unknown one.
/// </summary>
internal sealed class MessageReader<TMessage>
    where TMessage : class
{
    private readonly byte[] _property;
    private readonly Row[] _rows;

    public MessageReader(JsonTypeInfo<TMessage> typeInfo)
    {
        if (typeInfo.PolymorphismOptions is not { DerivedTypes.Count: > 0 } options)
        {
            throw new MisuseException(
                $"{TypeName.Of<TMessage>()} has no types to select from. Name them and their discriminators: [JsonDerivedType(typeof(…), \"…\")] on {TypeName.Of<TMessage>()}.");
        }

        _property = Encoding.UTF8.GetBytes(options.TypeDiscriminatorPropertyName);
        _rows = [.. options.DerivedTypes.Where(static type => type.TypeDiscriminator is not null).Select(type => new Row(
            type.TypeDiscriminator is string text ? Encoding.UTF8.GetBytes(text) : null,
            type.TypeDiscriminator as int?,
            InfoOf(type.DerivedType, typeInfo)))];
    }

    /// <summary>Reads a message.</summary>
    /// <param name="json">The text of the message.</param>
    /// <returns>The value; null for what is no object with a known discriminator.</returns>
    /// <exception cref="JsonException">It is an object that cannot be read.</exception>
    public TMessage? Read(ReadOnlySpan<byte> json)
    {
        if (!IsObject(json))
        {
            return null;
        }

        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isDiscriminator = reader.ValueTextEquals(_property);
            reader.Read();
            if (isDiscriminator)
            {
                return Find(reader) is { } info ? (TMessage?)JsonSerializer.Deserialize(json, info) : null;
            }

            reader.Skip();
        }

        return null;
    }

    // What is no object at all, like the "pong" of some servers, is no error.
    private static bool IsObject(ReadOnlySpan<byte> json)
    {
        var start = json.IndexOfAnyExcept(" \t\r\n"u8);
        return start >= 0 && json[start] == '{';
    }

    // A type that refuses properties that it does not have would refuse its discriminator too, unless it is read as its base.
    private static JsonTypeInfo InfoOf(Type type, JsonTypeInfo baseInfo)
    {
        var info = baseInfo.Options.GetTypeInfo(type);
        return (info.UnmappedMemberHandling ?? info.Options.UnmappedMemberHandling) == JsonUnmappedMemberHandling.Disallow ? baseInfo : info;
    }

    private JsonTypeInfo? Find(in Utf8JsonReader reader)
    {
        int? number = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var value) ? value : null;
        var isText = reader.TokenType == JsonTokenType.String;
        foreach (var row in _rows)
        {
            if (isText ? row.Text is { } text && reader.ValueTextEquals(text) : number is not null && number == row.Number)
            {
                return row.Info;
            }
        }

        return null;
    }

    /// <summary>A discriminator, which is a text or a number, and how its type is read.</summary>
    private readonly record struct Row(byte[]? Text, int? Number, JsonTypeInfo Info);
}
