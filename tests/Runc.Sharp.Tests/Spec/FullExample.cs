namespace Runc.Sharp.Tests.Spec;

/// <summary>A document with every property that the linux platform has, each with a value of its own.</summary>
internal static class FullExample
{
    internal const string Json = """
        {
          "ociVersion": "1.3.0",
          "process": {
            "terminal": true,
            "consoleSize": { "height": 25, "width": 80 },
            "user": { "uid": 1, "gid": 2, "umask": 18, "additionalGids": [5, 6] },
            "args": ["sh", "-c", "echo \u00fc \"ü\" \ud83d\ude00 😀"],
            "env": ["PATH=/bin", "TERM=xterm"],
            "cwd": "/root",
            "capabilities": {
              "bounding": ["CAP_KILL", "CAP_CHOWN"],
              "effective": ["CAP_KILL"],
              "inheritable": ["CAP_CHOWN"],
              "permitted": ["CAP_KILL", "CAP_CHOWN", "CAP_SYSLOG"],
              "ambient": ["CAP_SYSLOG"]
            },
            "rlimits": [
              { "type": "RLIMIT_NOFILE", "hard": 18446744073709551615, "soft": 1024 },
              { "type": "RLIMIT_CORE", "hard": 3, "soft": 0 }
            ],
            "noNewPrivileges": true,
            "apparmorProfile": "acme",
            "oomScoreAdj": -100,
            "scheduler": {
              "policy": "SCHED_DEADLINE", "nice": -3, "priority": 0, "flags": ["SCHED_FLAG_RECLAIM", "SCHED_FLAG_DL_OVERRUN"],
              "runtime": 1000000, "deadline": 2000000, "period": 3000000
            },
            "selinuxLabel": "system_u:system_r:svirt_lxc_net_t:s0:c124,c675",
            "ioPriority": { "class": "IOPRIO_CLASS_BE", "priority": 4 },
            "execCPUAffinity": { "initial": "7", "final": "0-3,7" }
          },
          "root": { "path": "rootfs", "readonly": true },
          "hostname": "slartibartfast",
          "domainname": "example.test",
          "mounts": [
            { "destination": "/proc", "type": "proc", "source": "proc" },
            {
              "destination": "/data", "type": "none", "source": "/srv", "options": ["rbind", "ridmap"],
              "uidMappings": [{ "containerID": 0, "hostID": 70000, "size": 11 }],
              "gidMappings": [{ "containerID": 1, "hostID": 80000, "size": 12 }]
            }
          ],
          "hooks": {
            "prestart": [{ "path": "/a", "args": ["a", "b"], "env": ["K=v"], "timeout": 1 }],
            "createRuntime": [{ "path": "/b", "timeout": 2 }],
            "createContainer": [{ "path": "/c", "args": ["c"] }],
            "startContainer": [{ "path": "/d" }, { "path": "/d2" }],
            "poststart": [{ "path": "/e" }],
            "poststop": [{ "path": "/f" }]
          },
          "annotations": { "com.example.key": "value", "com.example.a/b~c": "" },
          "linux": {
            "uidMappings": [{ "containerID": 0, "hostID": 1000, "size": 32000 }],
            "gidMappings": [{ "containerID": 0, "hostID": 2000, "size": 32001 }, { "containerID": 40000, "hostID": 60000, "size": 1 }],
            "sysctl": { "net.ipv4.ip_forward": "1", "kernel/shmmax": "2" },
            "resources": {
              "devices": [
                { "allow": false, "access": "rwm" },
                { "allow": true, "type": "c", "major": 10, "minor": 229, "access": "rw" }
              ],
              "memory": {
                "limit": 536870912, "reservation": 536870911, "swap": 536870913, "kernel": -1, "kernelTCP": -2,
                "swappiness": 10, "disableOOMKiller": false, "useHierarchy": true, "checkBeforeUpdate": true
              },
              "cpu": {
                "shares": 1024, "quota": 1000000, "burst": 1000001, "period": 500000,
                "realtimeRuntime": 950000, "realtimePeriod": 1000002, "cpus": "2-3", "mems": "0-7", "idle": 1
              },
              "pids": { "limit": 32771 },
              "blockIO": {
                "weight": 10, "leafWeight": 11,
                "weightDevice": [{ "major": 8, "minor": 0, "weight": 500, "leafWeight": 300 }, { "major": 8, "minor": 16, "weight": 501 }],
                "throttleReadBpsDevice": [{ "major": 8, "minor": 1, "rate": 600 }],
                "throttleWriteBpsDevice": [{ "major": 8, "minor": 2, "rate": 601 }],
                "throttleReadIOPSDevice": [{ "major": 8, "minor": 3, "rate": 602 }],
                "throttleWriteIOPSDevice": [{ "major": 8, "minor": 4, "rate": 603 }]
              },
              "hugepageLimits": [{ "pageSize": "2MB", "limit": 209715200 }, { "pageSize": "64KB", "limit": 1000000 }],
              "network": { "classID": 1048577, "priorities": [{ "name": "eth0", "priority": 500 }, { "name": "eth1", "priority": 1000 }] },
              "rdma": { "mlx5_1": { "hcaHandles": 3, "hcaObjects": 10000 }, "rxe3": { "hcaObjects": 10001 } },
              "unified": { "io.max": "259:0 rbps=2097152", "memory.high": "1" }
            },
            "cgroupsPath": "/myRuntime/myContainer",
            "namespaces": [
              { "type": "pid" }, { "type": "network", "path": "/var/run/netns/neta" }, { "type": "mount" }, { "type": "ipc" },
              { "type": "uts" }, { "type": "user" }, { "type": "cgroup" }, { "type": "time" }
            ],
            "devices": [
              { "path": "/dev/fuse", "type": "c", "major": 10, "minor": 229, "fileMode": 438, "uid": 3, "gid": 4 },
              { "path": "/dev/pipe", "type": "p" }
            ],
            "netDevices": { "eth0": { "name": "container_eth0" }, "eth1": { "name": "c1" } },
            "seccomp": {
              "defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38,
              "architectures": ["SCMP_ARCH_X86", "SCMP_ARCH_X32"], "flags": ["SECCOMP_FILTER_FLAG_LOG"],
              "listenerPath": "/run/agent.sock", "listenerMetadata": "m=1",
              "syscalls": [
                { "names": ["getcwd", "chmod"], "action": "SCMP_ACT_ALLOW" },
                {
                  "names": ["clone"], "action": "SCMP_ACT_TRACE", "errnoRet": 1,
                  "args": [{ "index": 2, "value": 2114060288, "valueTwo": 18446744073709551615, "op": "SCMP_CMP_MASKED_EQ" }]
                },
                { "names": ["mkdir"], "action": "SCMP_ACT_NOTIFY" }
              ]
            },
            "rootfsPropagation": "slave",
            "maskedPaths": ["/proc/kcore", "/proc/keys"],
            "readonlyPaths": ["/proc/sys"],
            "mountLabel": "system_u:object_r:svirt_sandbox_file_t:s0:c715,c811",
            "intelRdt": {
              "closID": "guaranteed", "schemata": ["L3:0=7f0;1=1f", "L2:0=f"], "l3CacheSchema": "L3:0=3;1=c", "memBwSchema": "MB:0=20;1=70",
              "enableMonitoring": true
            },
            "memoryPolicy": { "mode": "MPOL_INTERLEAVE", "nodes": "2-3", "flags": ["MPOL_F_STATIC_NODES"] },
            "personality": { "domain": "LINUX32", "flags": ["NONE"] },
            "timeOffsets": { "monotonic": { "secs": 172800, "nanosecs": 5 }, "boottime": { "secs": -604800, "nanosecs": 6 } }
          }
        }
        """;
}
