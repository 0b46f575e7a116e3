using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Late.Hosting.Analyzers;

/// <summary>LATE001: a received frame's memory that outlives the callback.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class PayloadKeptAnalyzer : CallbackAnalyzer
{
    /// <summary>The property of a diagnostic whose expression stands in a lambda.</summary>
    internal const string IsCaptured = nameof(IsCaptured);

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.PayloadKept];

    private protected override void Analyze(OperationBlockAnalysisContext context, IMethodSymbol callback, LateSymbols symbols)
    {
        var memory = new BorrowedMemory(callback, symbols);
        if (memory.IsAny)
        {
            new Walk(context, callback, symbols, memory).Run();
        }
    }

    /// <summary>Goes through a callback in the order of its source, and follows the memory.</summary>
    private sealed class Walk(OperationBlockAnalysisContext context, IMethodSymbol callback, LateSymbols symbols, BorrowedMemory memory)
    {
        private readonly HashSet<SyntaxNode> _reported = [];
        private readonly Dictionary<IMethodSymbol, IOperation> _localFunctions = new(SymbolEqualityComparer.Default);

        public void Run()
        {
            var operations = context.OperationBlocks.SelectMany(static block => block.DescendantsAndSelf()).ToList();
            foreach (var function in operations.OfType<ILocalFunctionOperation>())
            {
                _localFunctions[function.Symbol] = function;
            }

            operations.ForEach(Visit);
        }

        private void Visit(IOperation operation)
        {
            switch (operation)
            {
                case IVariableDeclaratorOperation { Initializer.Value: { } value, Symbol: var local }:
                    memory.Assign(local, local.Type, value);
                    break;
                case ISimpleAssignmentOperation { Parent: not IObjectOrCollectionInitializerOperation } assignment:
                    VisitAssignment(assignment.Target, assignment.Value);
                    break;
                case ICoalesceAssignmentOperation assignment:
                    VisitAssignment(assignment.Target, assignment.Value);
                    break;
                case IDeconstructionAssignmentOperation { Target: ITupleOperation targets, Value: var value } when OperationSyntax.Unwrap(value) is ITupleOperation values:
                    targets.Elements.Zip(values.Elements, static (target, value) => (target, value)).ToList().ForEach(pair => VisitAssignment(pair.target, pair.value));
                    break;
                case IForEachLoopOperation { Locals.Length: 1 } loop when ViewTypes.IsView(loop.Locals[0].Type, symbols) && memory.Find(loop.Collection) is { } origin:
                    memory.Add(loop.Locals[0], loop.Locals[0].Type, origin);
                    break;
                case IEventAssignmentOperation { HandlerValue: var handler } when Captured(handler) is { } reference:
                    Report(reference, "captured by an event handler", isCaptured: true);
                    break;
                case IInvocationOperation call:
                    VisitCall(call);
                    break;
                case IObjectCreationOperation { Type: { Name: "Timer" or "Thread", ContainingNamespace.Name: "Threading" } type } creation:
                    foreach (var argument in creation.Arguments)
                    {
                        Report(Captured(argument.Value), $"captured by a {type.Name}", isCaptured: true);
                    }

                    break;
            }
        }

        private void VisitAssignment(IOperation target, IOperation value)
        {
            switch (target)
            {
                case ILocalReferenceOperation { Local: var local }:
                    memory.Assign(local, local.Type, value);
                    return;
                case IParameterReferenceOperation { Parameter: { RefKind: RefKind.None } parameter } when !IsOfConstructor(parameter):
                    memory.Assign(parameter, parameter.Type, value);
                    return;
                case IDiscardOperation:
                    return;
            }

            if (Captured(value) is { } reference && Kept.Root(target) is not ILocalReferenceOperation)
            {
                Report(reference, $"captured by a delegate in '{Kept.NameOf(target)}'", isCaptured: true);
            }

            if (memory.Find(value) is { } origin)
            {
                Keep(target, origin, $"assigned to '{Kept.NameOf(target)}', which outlives the callback");
            }
        }

        private void VisitCall(IInvocationOperation call)
        {
            var method = call.TargetMethod;
            var isUnawaited = OperationSyntax.IsTask(call.Type) && Kept.IsUnawaited(call);
            if (method.MethodKind == MethodKind.LocalFunction && isUnawaited && _localFunctions.TryGetValue(method.OriginalDefinition, out var function))
            {
                Report(Reference(function), "captured by a task that is not awaited", isCaptured: true);
            }

            foreach (var argument in call.Arguments)
            {
                VisitOut(call, argument);
                if (Captured(argument.Value) is { } reference && (isUnawaited || method is { Name: "QueueUserWorkItem" or "UnsafeQueueUserWorkItem" } || Kept.IsAdded(argument)))
                {
                    Report(reference, "captured by work that is not awaited", isCaptured: true);
                }

                if (memory.Find(argument.Value) is not { } origin || ViewTypes.IsSpan(argument.Value.Type))
                {
                    continue;
                }

                if (symbols.IsOwn(method))
                {
                    Report(origin, Kept.ByLibrary(method, argument.Parameter!));
                }
                else if (Kept.IsCompleted(argument))
                {
                    Report(origin, $"given away by {method.Name}");
                }
                else if (Kept.IsAdded(argument))
                {
                    Keep(call.Instance!, origin, $"added to '{Kept.NameOf(call.Instance!)}', which outlives the callback");
                }
                else if (isUnawaited)
                {
                    Report(origin, "given to a task that is not awaited");
                }
            }
        }

        // root.TryGetProperty("data", out var data)
        private void VisitOut(IInvocationOperation call, IArgumentOperation argument)
        {
            if (argument.Parameter is { RefKind: RefKind.Out } parameter && ViewTypes.IsView(parameter.Type, symbols) && memory.Find(call.Instance) is { } origin)
            {
                var target = argument.Value is IDeclarationExpressionOperation declaration ? declaration.Expression : argument.Value;
                if (target is ILocalReferenceOperation { Local: var local })
                {
                    memory.Add(local, local.Type, origin);
                }
            }
        }

        // A variable of the callback is part of what is analyzed; all else outlives the callback.
        private void Keep(IOperation target, IOperation origin, string how)
        {
            if (Kept.Root(target) is ILocalReferenceOperation { Local: var local })
            {
                memory.Add(local, local.Type, origin);
            }
            else
            {
                Report(origin, how);
            }
        }

        /// <summary>The first reference to the memory in a lambda, or in a local function that is passed as a delegate.</summary>
        private IOperation? Captured(IOperation value)
        {
            value = OperationSyntax.Unwrap(value);
            return (value is IDelegateCreationOperation { Target: var target } ? target : value) switch
            {
                IAnonymousFunctionOperation lambda => Reference(lambda),
                IMethodReferenceOperation { Method: var method } when _localFunctions.TryGetValue(method.OriginalDefinition, out var function) => Reference(function),
                _ => null,
            };
        }

        private IOperation? Reference(IOperation function) => function.Descendants().FirstOrDefault(operation => operation switch
        {
            IParameterReferenceOperation { Parameter: var parameter } => memory.Contains(parameter),
            ILocalReferenceOperation { Local: var local } => memory.Contains(local),
            _ => false,
        });

        private void Report(IOperation? operation, string? how, bool isCaptured = false)
        {
            if (operation is not null && how is not null && _reported.Add(operation.Syntax))
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    Rules.PayloadKept,
                    operation.Syntax.GetLocation(),
                    ImmutableDictionary<string, string?>.Empty.Add(IsCaptured, isCaptured ? "true" : "false"),
                    operation.Syntax.ToString(),
                    how,
                    callback.Name));
            }
        }

        private static bool IsOfConstructor(IParameterSymbol parameter) => parameter.ContainingSymbol is IMethodSymbol { MethodKind: MethodKind.Constructor };
    }
}
