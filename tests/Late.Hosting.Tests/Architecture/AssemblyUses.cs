using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using System.Text.RegularExpressions;

namespace Late.Hosting.Tests.Architecture;

/// <summary>
/// What the types of a compiled assembly name of one another: in base types, interfaces, constraints, fields, signatures,
/// attributes, locals and instructions. What the compiler makes of a member counts as the type that the member is in.
/// </summary>
internal sealed partial class AssemblyUses
{
    private readonly PEReader _file;
    private readonly MetadataReader _reader;
    private readonly Dictionary<string, string> _outermost = [];
    private readonly HashSet<TypeUse> _uses = [];
    private readonly HashSet<TypeUse> _foreignUses = [];

    private AssemblyUses(PEReader file)
    {
        (_file, _reader) = (file, file.GetMetadataReader());
        foreach (var handle in _reader.TypeDefinitions)
        {
            _outermost.TryAdd(NameOf(handle), OutermostOf(handle));
        }

        foreach (var handle in _reader.TypeDefinitions)
        {
            Read(handle);
        }
    }

    /// <summary>All types that are not nested, with their namespaces.</summary>
    public IEnumerable<string> Types => _outermost.Values.Distinct();

    public IReadOnlyCollection<TypeUse> Uses => _uses;

    /// <summary>The same of types that other assemblies define, where instructions name them or their members.</summary>
    public IReadOnlyCollection<TypeUse> ForeignUses => _foreignUses;

    public static AssemblyUses Of(System.Reflection.Assembly assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly.Location));
        return new AssemblyUses(file);
    }

    private void Read(TypeDefinitionHandle handle)
    {
        var type = _reader.GetTypeDefinition(handle);
        var user = new Member(OutermostOf(handle), "");
        Add(user with { Name = "its base" }, type.BaseType);
        Add(user with { Name = "its attributes" }, type.GetCustomAttributes());
        Add(user with { Name = "its constraints" }, type.GetGenericParameters());
        foreach (var implementation in type.GetInterfaceImplementations())
        {
            Add(user with { Name = "its interfaces" }, _reader.GetInterfaceImplementation(implementation).Interface);
        }

        foreach (var field in type.GetFields().Select(_reader.GetFieldDefinition))
        {
            var member = user with { Name = Plain(handle, _reader.GetString(field.Name)) };
            Add(member, types => field.DecodeSignature(types, null));
            Add(member, field.GetCustomAttributes());
        }

        foreach (var property in type.GetProperties().Select(_reader.GetPropertyDefinition))
        {
            Add(user with { Name = Plain(handle, _reader.GetString(property.Name)) }, property.GetCustomAttributes());
        }

        foreach (var method in type.GetMethods().Select(_reader.GetMethodDefinition))
        {
            Read(user with { Name = Plain(handle, _reader.GetString(method.Name)) }, method);
        }
    }

    private void Read(Member member, MethodDefinition method)
    {
        Add(member, types => method.DecodeSignature(types, null));
        Add(member, method.GetCustomAttributes());
        Add(member, method.GetGenericParameters());
        foreach (var parameter in method.GetParameters())
        {
            Add(member, _reader.GetParameter(parameter).GetCustomAttributes());
        }

        if (method.RelativeVirtualAddress == 0)
        {
            return;
        }

        var body = _file.GetMethodBody(method.RelativeVirtualAddress);
        Add(member, body.LocalSignature);
        foreach (var region in body.ExceptionRegions)
        {
            Add(member, region.CatchType);
        }

        foreach (var token in IlTokens.Read(body.GetILBytes()!))
        {
            Add(member, token);
        }
    }

    private void Add(Member member, EntityHandle handle)
    {
        switch (handle.Kind)
        {
            case var _ when handle.IsNil:
                break;
            case HandleKind.TypeDefinition:
                Add(member, OutermostOf((TypeDefinitionHandle)handle));
                break;
            case HandleKind.TypeReference:
                var foreign = _reader.GetTypeReference((TypeReferenceHandle)handle);
                _foreignUses.Add(new TypeUse(member.Type, member.Name, $"{_reader.GetString(foreign.Namespace)}.{_reader.GetString(foreign.Name)}"));
                break;
            case HandleKind.TypeSpecification:
                Add(member, types => _reader.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(types, null));
                break;
            case HandleKind.FieldDefinition:
                var field = _reader.GetFieldDefinition((FieldDefinitionHandle)handle);
                Add(member, OutermostOf(field.GetDeclaringType()));
                Add(member, types => field.DecodeSignature(types, null));
                break;
            case HandleKind.MethodDefinition:
                var method = _reader.GetMethodDefinition((MethodDefinitionHandle)handle);
                Add(member, OutermostOf(method.GetDeclaringType()));
                Add(member, types => method.DecodeSignature(types, null));
                break;
            case HandleKind.MethodSpecification:
                var made = _reader.GetMethodSpecification((MethodSpecificationHandle)handle);
                Add(member, made.Method);
                Add(member, types => made.DecodeSignature(types, null));
                break;
            case HandleKind.MemberReference:
                var reference = _reader.GetMemberReference((MemberReferenceHandle)handle);
                Add(member, reference.Parent);
                Add(member, types =>
                {
                    if (reference.GetKind() == MemberReferenceKind.Field)
                    {
                        reference.DecodeFieldSignature(types, null);
                    }
                    else
                    {
                        reference.DecodeMethodSignature(types, null);
                    }
                });
                break;
            case HandleKind.StandaloneSignature:
                var signature = _reader.GetStandaloneSignature((StandaloneSignatureHandle)handle);
                Add(member, types =>
                {
                    if (signature.GetKind() == StandaloneSignatureKind.LocalVariables)
                    {
                        signature.DecodeLocalSignature(types, null);
                    }
                    else
                    {
                        signature.DecodeMethodSignature(types, null);
                    }
                });
                break;
        }
    }

    private void Add(Member member, Action<DefinedTypes> decode)
    {
        var types = new DefinedTypes();
        decode(types);
        types.Found.ForEach(type => Add(member, OutermostOf(type)));
    }

    private void Add(Member member, GenericParameterHandleCollection parameters)
    {
        foreach (var constraint in parameters.SelectMany(parameter => _reader.GetGenericParameter(parameter).GetConstraints()))
        {
            Add(member, _reader.GetGenericParameterConstraint(constraint).Type);
        }
    }

    private void Add(Member member, CustomAttributeHandleCollection attributes)
    {
        foreach (var attribute in attributes.Select(_reader.GetCustomAttribute))
        {
            Add(member, attribute.Constructor);

            // A typeof stands in the value as the type's name.
            foreach (var name in TypeName().Matches(Encoding.UTF8.GetString(_reader.GetBlobBytes(attribute.Value))).Select(static match => match.Value))
            {
                if (_outermost.TryGetValue(name, out var type))
                {
                    Add(member, type);
                }
            }
        }
    }

    private void Add(Member member, string used)
    {
        if (used != member.Type)
        {
            _uses.Add(new TypeUse(member.Type, member.Name, used));
        }
    }

    private string OutermostOf(TypeDefinitionHandle handle)
    {
        while (_reader.GetTypeDefinition(handle).GetDeclaringType() is { IsNil: false } declaring)
        {
            handle = declaring;
        }

        return NameOf(handle);
    }

    /// <summary>As reflection writes it: with its namespace, and after a plus what is nested.</summary>
    private string NameOf(TypeDefinitionHandle handle)
    {
        var type = _reader.GetTypeDefinition(handle);
        var name = _reader.GetString(type.Name);
        return type.GetDeclaringType() is { IsNil: false } declaring ? $"{NameOf(declaring)}+{name}"
            : type.Namespace.IsNil ? $"<global>.{name}"
            : $"{_reader.GetString(type.Namespace)}.{name}";
    }

    /// <summary>The member as it is written: <c>RunAsync</c> for what the compiler made of it.</summary>
    private string Plain(TypeDefinitionHandle handle, string member)
    {
        var name = NameOf(handle);
        var path = $"{(name.Contains('+') ? name[(name.IndexOf('+') + 1)..] + "." : "")}{member}";
        return Written().Match(path) is { Success: true } match ? match.Groups[1].Value : path;
    }

    [GeneratedRegex(@"Late\.Hosting[\w.+`]*")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"(?:^|\.|\+)<([\w.][^>]*)>")]
    private static partial Regex Written();

    private readonly record struct Member(string Type, string Name);
}
