using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;

namespace Runc.Sharp.Tests.Spec;

/// <summary>Finds the properties of records that no record of a graph has a value for.</summary>
internal static class Unset
{
    internal static IEnumerable<string> In(object root)
    {
        var all = new HashSet<string>();
        var set = new HashSet<string>();
        Visit(root, all, set);
        return all.Except(set).Order();
    }

    private static void Visit(object value, HashSet<string> all, HashSet<string> set)
    {
        if (value is string || value.GetType().IsPrimitive)
        {
            return;
        }

        if (value is IEnumerable items)
        {
            foreach (object item in items)
            {
                Visit(item, all, set);
            }

            return;
        }

        foreach (PropertyInfo property in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            string name = value.GetType().Name + "." + property.Name;
            all.Add(name);
            object? child = property.GetValue(value);
            if (child is not null && (child is not IEnumerable list || list.GetEnumerator().MoveNext()))
            {
                set.Add(name);
                Visit(child, all, set);
            }
        }
    }
}
