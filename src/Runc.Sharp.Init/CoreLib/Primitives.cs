// The types that the C# compiler and ILC take for granted. Freestanding: no garbage collector, no exceptions, no statics.
#pragma warning disable CA1050
using System.Runtime.CompilerServices;

namespace System
{
    public class Object
    {
#pragma warning disable 169
        private IntPtr m_pEEType; // the layout that ILC gives every object
#pragma warning restore 169
    }

    public struct Void;

    public struct Boolean;

    public struct Char;

    public struct SByte;

    public struct Byte;

    public struct Int16;

    public struct UInt16;

    public struct Int32;

    public struct UInt32
    {
        public const uint MaxValue = 0xffffffff;
    }

    public struct Int64;

    public struct UInt64;

    public struct IntPtr;

    public struct UIntPtr;

    public struct Single;

    public struct Double;

    public abstract class ValueType;

    public abstract class Enum : ValueType;

    public struct Nullable<T>
        where T : struct;

    public sealed class String
    {
        public readonly int Length;
    }

    public abstract class Array;

    public class Array<T> : Array;

    public abstract class Delegate;

    public abstract class MulticastDelegate : Delegate;

    public class Exception;

    public interface IDisposable
    {
        void Dispose();
    }

    public abstract class Type;

    public struct RuntimeTypeHandle;

    public struct RuntimeMethodHandle;

    public struct RuntimeFieldHandle;

    public class Attribute;

    public enum AttributeTargets
    {
        All = 0x7fff,
    }

    [AttributeUsage(AttributeTargets.All)]
    public sealed class AttributeUsageAttribute : Attribute
    {
        public AttributeUsageAttribute(AttributeTargets validOn)
        {
        }

        public bool AllowMultiple { get; set; }

        public bool Inherited { get; set; }
    }

    public sealed class ParamArrayAttribute : Attribute;

    public sealed class FlagsAttribute : Attribute;

    public readonly ref struct ReadOnlySpan<T>
    {
        private readonly ref T _reference;
        private readonly int _length;

        public unsafe ReadOnlySpan(void* pointer, int length)
        {
            _reference = ref Unsafe.As<byte, T>(ref *(byte*)pointer);
            _length = length;
        }

        public int Length => _length;

        public ref readonly T this[int index]
        {
            [Intrinsic]
            get
            {
                if ((uint)index >= (uint)_length)
                {
                    Internal.Runtime.CompilerHelpers.ThrowHelpers.Fail();
                }

                return ref Unsafe.Add(ref _reference, (nint)(uint)index);
            }
        }
    }
}

namespace System.Reflection
{
    public sealed class DefaultMemberAttribute : Attribute
    {
        public DefaultMemberAttribute(string memberName)
        {
        }
    }
}

namespace System.Runtime.InteropServices
{
    public enum LayoutKind
    {
        Sequential = 0,
        Explicit = 2,
        Auto = 3,
    }

    public sealed class StructLayoutAttribute : Attribute
    {
        public int Pack;
        public int Size;

        public StructLayoutAttribute(LayoutKind layoutKind)
        {
        }
    }

    public sealed class InAttribute : Attribute;

    public enum UnmanagedType;
}

namespace System.Runtime
{
    internal sealed class RuntimeExportAttribute : Attribute
    {
        public RuntimeExportAttribute(string entry)
        {
        }
    }

    internal sealed class RuntimeImportAttribute : Attribute
    {
        public RuntimeImportAttribute(string lib)
        {
        }

        public RuntimeImportAttribute(string lib, string entry)
        {
        }
    }
}

namespace System.Runtime.CompilerServices
{
    public enum MethodImplOptions
    {
        NoInlining = 0x0008,
        AggressiveInlining = 0x0100,
        InternalCall = 0x1000,
    }

    public sealed class MethodImplAttribute : Attribute
    {
        public MethodImplAttribute(MethodImplOptions methodImplOptions)
        {
        }
    }

    public sealed class IntrinsicAttribute : Attribute;

    public sealed class IsReadOnlyAttribute : Attribute;

    public sealed class IsByRefLikeAttribute : Attribute;

    public sealed class IsVolatile;

    public sealed class InlineArrayAttribute : Attribute
    {
        public InlineArrayAttribute(int length)
        {
        }
    }

    public sealed class FixedBufferAttribute : Attribute
    {
        public FixedBufferAttribute(Type elementType, int length)
        {
        }
    }

    public sealed class UnsafeValueTypeAttribute : Attribute;

    public sealed class NullableAttribute : Attribute
    {
        public NullableAttribute(byte flag)
        {
        }

        public NullableAttribute(byte[] flags)
        {
        }
    }

    public sealed class NullableContextAttribute : Attribute
    {
        public NullableContextAttribute(byte flag)
        {
        }
    }

    public sealed class IsUnmanagedAttribute : Attribute;

    public sealed class ScopedRefAttribute : Attribute;

    public sealed class RefSafetyRulesAttribute : Attribute
    {
        public RefSafetyRulesAttribute(int version)
        {
        }
    }

    public sealed class CompilerGeneratedAttribute : Attribute;

    public sealed class CompilerFeatureRequiredAttribute : Attribute
    {
        public CompilerFeatureRequiredAttribute(string featureName)
        {
        }
    }

    public sealed class CompilationRelaxationsAttribute : Attribute
    {
        public CompilationRelaxationsAttribute(int relaxations)
        {
        }
    }

    public sealed class RuntimeCompatibilityAttribute : Attribute
    {
        public bool WrapNonExceptionThrows { get; set; }
    }

    public static class RuntimeFeature
    {
        public const string UnmanagedSignatureCallingConvention = nameof(UnmanagedSignatureCallingConvention);
        public const string ByRefFields = nameof(ByRefFields);
        public const string ByRefLikeGenerics = nameof(ByRefLikeGenerics);
        public const string VirtualStaticsInInterfaces = nameof(VirtualStaticsInInterfaces);
    }

    public static class RuntimeHelpers
    {
        public static unsafe int OffsetToStringData => sizeof(IntPtr) + sizeof(int);
    }

    public static unsafe class Unsafe
    {
        [Intrinsic]
        public static extern ref TTo As<TFrom, TTo>(ref TFrom source);

        [Intrinsic]
        public static extern ref T Add<T>(ref T source, nint elementOffset);
    }
}
