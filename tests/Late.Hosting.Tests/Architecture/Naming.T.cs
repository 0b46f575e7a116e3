using System.ComponentModel;

namespace Late.Hosting.Tests.Architecture;

/// <summary>Names <see cref="NamedException"/> once in every way in which a type can.</summary>
[TypeConverter(typeof(NamedException))]
internal abstract class Naming<T> : List<NamedException>, IComparable<NamedException?>
    where T : IEquatable<NamedException>
{
    private readonly NamedException[] _field = [];

    public object Read() => _field;

    public abstract int CompareTo(NamedException? other);

    public abstract Dictionary<int, NamedException> Return();

    public abstract void Constraint<TOther>()
        where TOther : IEquatable<NamedException>;

    [TypeConverter(typeof(NamedException))]
    public abstract void Attribute();

    public static int Local(object value)
    {
        if (value is not Func<NamedException> { } made)
        {
            return 0;
        }

        return made.GetHashCode() + made.GetHashCode();
    }

    public static Type Token() => typeof(NamedException);

    public static object Create() => new NamedException();

    public static int Field() => NamedException.Constant;

    public static object GenericMethod() => Enumerable.Empty<NamedException>();

    public static void Catch(Action action)
    {
        try
        {
            action();
        }
        catch (NamedException)
        {
        }
    }

    public static Func<object> Lambda() => static () => new NamedException();

    public static async Task AsyncMethod()
    {
        await Task.Yield();
        throw new NamedException();
    }

    public static IEnumerable<object> Iterator()
    {
        yield return new NamedException();
    }
}
