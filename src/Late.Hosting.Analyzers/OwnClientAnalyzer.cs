using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Late.Hosting.Analyzers;

/// <summary>LATE003: a callback that waits for what its own connection does only after the callback (promise P14).</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class OwnClientAnalyzer : CallbackAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.OwnClient];

    private protected override void Analyze(OperationBlockAnalysisContext context, IMethodSymbol callback, LateSymbols symbols)
    {
        foreach (var call in context.OperationBlocks.SelectMany(static block => block.Descendants()).OfType<IInvocationOperation>())
        {
            if (IsWait(call, symbols) && IsOwnClient(Receiver(call), callback.ContainingType, symbols) && !OperationSyntax.IsElsewhere(call))
            {
                var name = OperationSyntax.NameOf(call);
                var (why, advice) = Texts(call, callback.ContainingType, symbols);
                context.ReportDiagnostic(Diagnostic.Create(Rules.OwnClient, name.GetLocation(), call.TargetMethod.Name, callback.Name, why, advice));
            }
        }
    }

    /// <summary>True where the handler takes the request of a <c>CallAsync</c> as a message too.</summary>
    internal static bool IsPostable(IInvocationOperation call, INamedTypeSymbol handler, LateSymbols symbols)
    {
        var request = call.TargetMethod.Name switch
        {
            "CallAsync" => call.Arguments.FirstOrDefault(static argument => argument.Parameter?.Name == "request")?.Value,
            _ => null,
        };
        return request is not null && OperationSyntax.Unwrap(request).Type is { } type && handler.AllInterfaces.Any(contract =>
            LateSymbols.Same(contract.OriginalDefinition, symbols.InfoHandler) && LateSymbols.Same(contract.TypeArguments[0], type));
    }

    private static (string Why, string Advice) Texts(IInvocationOperation call, INamedTypeSymbol handler, LateSymbols symbols) => call.TargetMethod.Name switch
    {
        "SendAsync" => ("It fails immediately, since it would wait for the callback itself", "Return the frame: LateResult.Send(state, frame)"),
        "WaitForReadyAsync" => (
            "It fails unless the connection is ready already, since it would wait for the callback itself",
            "Return from the callback, and do what needs a ready connection in a message (PostAsync)"),
        _ when IsPostable(call, handler, symbols) => (
            "It fails immediately, since it would wait for the callback itself",
            "Use PostAsync: the message is handled after the callback"),
        _ => (
            "It fails immediately, since it would wait for the callback itself",
            "Do the work in the callback, or post a message of an ILateInfoHandler with PostAsync"),
    };

    private static bool IsWait(IInvocationOperation call, LateSymbols symbols) =>
        call.TargetMethod.Name is "CallAsync" or "DispatchCallAsync" or "SendAsync" or "WaitForReadyAsync" && symbols.IsOwn(call.TargetMethod);

    private static IOperation? Receiver(IInvocationOperation call) =>
        call.Instance ?? (call.TargetMethod.IsExtensionMethod && call.Arguments.Length > 0 ? call.Arguments[0].Value : null);

    /// <summary>
    /// True for the client that the container injects for the handler: a parameter, field or property of the handler's own
    /// type without a key. One with a key, or one from a supervisor, is another connection of the same handler.
    /// </summary>
    private static bool IsOwnClient(IOperation? receiver, INamedTypeSymbol handler, LateSymbols symbols)
    {
        if (receiver is null)
        {
            return false;
        }

        receiver = OperationSyntax.Unwrap(receiver);
        return LateSymbols.Same(symbols.HandlerOf(receiver.Type), handler) && receiver switch
        {
            IParameterReferenceOperation { Parameter: { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Constructor } } parameter } => !HasKey(parameter),
            IFieldReferenceOperation { Field: var field } => !HasKeyedSource(field, handler),
            IPropertyReferenceOperation { Instance: IInstanceReferenceOperation, Property: var property } => !HasKeyedSource(property, handler),
            _ => false,
        };
    }

    private static bool HasKey(ISymbol symbol) =>
        symbol.GetAttributes().Any(static attribute => attribute.AttributeClass?.Name is "FromKeyedServicesAttribute");

    // Which parameter a member holds would need the constructors' code: a member is taken for a keyed one as soon as the
    // handler is given a keyed client of its own type.
    private static bool HasKeyedSource(ISymbol member, INamedTypeSymbol handler) =>
        HasKey(member) || handler.InstanceConstructors.Any(constructor => constructor.Parameters.Any(parameter =>
            HasKey(parameter) && parameter.Type is INamedTypeSymbol { TypeArguments.Length: 1 } client && LateSymbols.Same(client.TypeArguments[0], handler)));
}
