using System.Collections.Immutable;
using Runc.Sharp.Spec.Reading;

namespace Runc.Sharp.Spec.Validation;

/// <summary>Limits of block devices. Spec: config-linux.md#block-io.</summary>
internal static class BlockIoRules
{
    internal static void Check(BlockIoSpec blockIo, string at, Report report)
    {
        CheckWeight(blockIo.Weight, at, "/weight", report);
        CheckWeight(blockIo.LeafWeight, at, "/leafWeight", report);
        for (int i = 0; i < blockIo.WeightDevice.Length; i++)
        {
            WeightDeviceSpec device = blockIo.WeightDevice[i];
            string list = at + "/weightDevice";
            if (device is { Weight: null, LeafWeight: null })
            {
                report.Error("BlkIOWeightOrLeafWeightExist", Place.At(list, i), "must have weight, leafWeight or both");
            }

            CheckWeight(device.Weight, Place.At(list, i), "/weight", report);
            CheckWeight(device.LeafWeight, Place.At(list, i), "/leafWeight", report);
            CheckNumbers(device.Major, device.Minor, list, i, report);
        }

        CheckThrottles(blockIo.ThrottleReadBpsDevice, at + "/throttleReadBpsDevice", report);
        CheckThrottles(blockIo.ThrottleWriteBpsDevice, at + "/throttleWriteBpsDevice", report);
        CheckThrottles(blockIo.ThrottleReadIopsDevice, at + "/throttleReadIOPSDevice", report);
        CheckThrottles(blockIo.ThrottleWriteIopsDevice, at + "/throttleWriteIOPSDevice", report);
    }

    private static void CheckThrottles(ImmutableArray<ThrottleDeviceSpec> devices, string at, Report report)
    {
        for (int i = 0; i < devices.Length; i++)
        {
            CheckNumbers(devices[i].Major, devices[i].Minor, at, i, report);
        }
    }

    private static void CheckWeight(ushort? weight, string at, string property, Report report)
    {
        if (weight is not (null or 0 or (>= 10 and <= 1000)))
        {
            report.Error("BlkIOWeightRange", at + property, Text.Join("must be 10 to 1000, is ", weight.Value, string.Empty));
        }
    }

    private static void CheckNumbers(long major, long minor, string at, int index, Report report)
    {
        if (major is < 0 or > DeviceRules.MostMajor)
        {
            report.Error("BlkIODeviceNumber", Place.At(at, index, "major"), Text.Join("must be 0 to 4095, is ", major, string.Empty));
        }

        if (minor is < 0 or > DeviceRules.MostMinor)
        {
            report.Error("BlkIODeviceNumber", Place.At(at, index, "minor"), Text.Join("must be 0 to 1048575, is ", minor, string.Empty));
        }
    }
}
