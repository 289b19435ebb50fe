using Mono.Cecil;

namespace Tapvisor.Tests.Architecture;

/// <summary>Which members assemblies define, and which they use.</summary>
internal static class Members
{
    /// <summary>
    /// Methods and properties that other assemblies could call by their own names: what overrides, implements an interface or is written by
    /// the compiler is called by others' names.
    /// </summary>
    internal static IEnumerable<MethodDefinition> Callable(AssemblyDefinition assembly) =>
        assembly.MainModule.GetTypes()
            .Where(IsVisible)
            .SelectMany(type => type.Methods)
            .Where(method => method.IsPublic && !method.IsConstructor && !method.IsSetter && !method.IsVirtual && !IsOperator(method))
            .Where(method => !IsGenerated(method) && !IsGenerated(method.DeclaringType))

            // The compiler's own names, as for blocks of extensions, and what it calls in a builder of tasks.
            .Where(method => !NameOf(method).Contains('<', StringComparison.Ordinal) && !method.DeclaringType.Name.StartsWith("IoTaskMethodBuilder", StringComparison.Ordinal));

    /// <summary>Every method that an assembly's code names.</summary>
    internal static IEnumerable<string> Used(AssemblyDefinition assembly) =>
        assembly.MainModule.GetTypes()
            .SelectMany(type => type.Methods)
            .Where(method => method.HasBody)
            .SelectMany(method => method.Body.Instructions.Select(instruction => (From: method, instruction.Operand)))
            .Where(use => use.Operand is MethodReference)
            .Select(use => (use.From, To: ((MethodReference)use.Operand).GetElementMethod()))
            .Where(use => use.From.FullName != use.To.FullName)
            .Select(use => NameOf(use.To));

    internal static string NameOf(MethodReference method) => $"{method.DeclaringType.GetElementType().FullName}.{method.Name}";

    private static bool IsVisible(TypeDefinition type) => type.IsNested ? type.IsNestedPublic && IsVisible(type.DeclaringType) : type.IsPublic;

    private static bool IsOperator(MethodDefinition method) => method.IsSpecialName && method.Name.StartsWith("op_", StringComparison.Ordinal);

    private static bool IsGenerated(ICustomAttributeProvider member) =>
        member.CustomAttributes.Any(attribute => attribute.AttributeType.Name == "CompilerGeneratedAttribute");
}
