using System;
using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Runc.Sharp.Spec.Reading;

/// <summary>A list under construction. Empty costs nothing; no builder object, and no copy where the last size is right.</summary>
internal struct GrowingArray<T>
{
    private T[]? _items;
    private int _count;

    internal readonly ReadOnlySpan<T> Items => _items.AsSpan(0, _count);

    internal void Add(T item)
    {
        if (_items is null || _count == _items.Length)
        {
            Array.Resize(ref _items, _count == 0 ? 4 : _count * 2);
        }

        _items[_count++] = item;
    }

    internal ImmutableArray<T> ToImmutable()
    {
        if (_items is null)
        {
            return [];
        }

        if (_count != _items.Length)
        {
            Array.Resize(ref _items, _count);
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(_items);
    }
}
