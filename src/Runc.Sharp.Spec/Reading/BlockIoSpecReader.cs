using System.Collections.Immutable;

namespace Runc.Sharp.Spec.Reading;

/// <summary>Reads the limits of block devices. Spec: config-linux.md#block-io.</summary>
/// <remarks>Each case is the index of a name in the list above it.</remarks>
internal static class BlockIoSpecReader
{
    internal static BlockIoSpec Read(ref SpecCursor json)
    {
        ushort? weight = null;
        ushort? leafWeight = null;
        ImmutableArray<WeightDeviceSpec> weightDevice = [];
        ImmutableArray<ThrottleDeviceSpec> readBps = [];
        ImmutableArray<ThrottleDeviceSpec> writeBps = [];
        ImmutableArray<ThrottleDeviceSpec> readIops = [];
        ImmutableArray<ThrottleDeviceSpec> writeIops = [];
        var keys = new Keys(
            "weight leafWeight weightDevice throttleReadBpsDevice throttleWriteBpsDevice throttleReadIOPSDevice throttleWriteIOPSDevice"u8);
        for (int key; (key = json.Next(ref keys)) >= 0;)
        {
            switch (key)
            {
                case 0: weight = json.UInt16(); break;
                case 1: leafWeight = json.UInt16(); break;
                case 2: weightDevice = json.List<WeightDeviceSpec>(WeightDevice); break;
                case 3: readBps = json.List<ThrottleDeviceSpec>(ThrottleDevice); break;
                case 4: writeBps = json.List<ThrottleDeviceSpec>(ThrottleDevice); break;
                case 5: readIops = json.List<ThrottleDeviceSpec>(ThrottleDevice); break;
                default: writeIops = json.List<ThrottleDeviceSpec>(ThrottleDevice); break;
            }
        }

        return new BlockIoSpec
        {
            Weight = weight,
            LeafWeight = leafWeight,
            WeightDevice = weightDevice,
            ThrottleReadBpsDevice = readBps,
            ThrottleWriteBpsDevice = writeBps,
            ThrottleReadIopsDevice = readIops,
            ThrottleWriteIopsDevice = writeIops,
        };
    }

    private static WeightDeviceSpec WeightDevice(ref SpecCursor json)
    {
        long major = 0;
        long minor = 0;
        ushort? weight = null;
        ushort? leafWeight = null;
        var keys = new Keys("major minor weight leafWeight"u8, required: 0b11);
        for (int key; (key = json.Next(ref keys)) >= 0;)
        {
            switch (key)
            {
                case 0: major = json.Int64(); break;
                case 1: minor = json.Int64(); break;
                case 2: weight = json.UInt16(); break;
                default: leafWeight = json.UInt16(); break;
            }
        }

        return new WeightDeviceSpec { Major = major, Minor = minor, Weight = weight, LeafWeight = leafWeight };
    }

    private static ThrottleDeviceSpec ThrottleDevice(ref SpecCursor json)
    {
        long major = 0;
        long minor = 0;
        ulong rate = 0;
        var keys = new Keys("major minor rate"u8, required: 0b111);
        for (int key; (key = json.Next(ref keys)) >= 0;)
        {
            switch (key)
            {
                case 0: major = json.Int64(); break;
                case 1: minor = json.Int64(); break;
                default: rate = json.UInt64(); break;
            }
        }

        return new ThrottleDeviceSpec { Major = major, Minor = minor, Rate = rate };
    }
}
