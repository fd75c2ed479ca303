namespace Runc.Sharp.Runtime.Criu;

/// <summary>What a request asks, and what an answer is about: criu_req_type of CRIU's rpc.proto.</summary>
public enum CriuKind
{
    /// <summary>EMPTY.</summary>
    Empty = 0,

    /// <summary>DUMP.</summary>
    Dump = 1,

    /// <summary>RESTORE.</summary>
    Restore = 2,

    /// <summary>CHECK.</summary>
    Check = 3,

    /// <summary>PRE_DUMP: only memory; the tasks go on.</summary>
    PreDump = 4,

    /// <summary>NOTIFY: CRIU has reached a point, and waits for an answer.</summary>
    Notify = 6,

    /// <summary>FEATURE_CHECK.</summary>
    FeatureCheck = 9,

    /// <summary>VERSION.</summary>
    Version = 10,
}

/// <summary>What CRIU does with cgroups: criu_cg_mode of CRIU's rpc.proto.</summary>
public enum CriuCgroupsMode
{
    /// <summary>IGNORE: tasks stay where CRIU is.</summary>
    Ignore = 0,

    /// <summary>SOFT: what exists stays as it is.</summary>
    Soft = 3,

    /// <summary>FULL: also what exists gets its properties again.</summary>
    Full = 4,

    /// <summary>STRICT: nothing may exist.</summary>
    Strict = 5,

    /// <summary>DEFAULT: CRIU's choice, which is soft.</summary>
    Default = 6,
}
