"""What a unit lets a night do: its own folders, the network where it needs one, and no more."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

# systemd.exec(5). MemoryDenyWriteExecute is not among them: the kernels of oneDNN, which compute
# the embedded models, are written at run time. ProcSubset=pid would hide /proc/cpuinfo from them.
_EVERYWHERE = (
    "NoNewPrivileges=yes",
    "LockPersonality=yes",
    "RestrictRealtime=yes",
    "RestrictSUIDSGID=yes",
    "RestrictNamespaces=yes",
    "SystemCallArchitectures=native",
    "SystemCallFilter=@system-service",
    "SystemCallFilter=~@privileged",
    "SystemCallErrorNumber=EPERM",
    "CapabilityBoundingSet=",
    "AmbientCapabilities=",
    "UMask=0022",
)
# These make a mount namespace: the manager of a user may do that only where the kernel gives
# namespaces to everyone, and a unit that asks for one in vain does not start.
_OF_THE_SYSTEM = (
    "ProtectSystem=strict",
    "ProtectHome=read-only",
    "ProtectProc=invisible",
    "ProtectClock=yes",
    "ProtectHostname=yes",
    "ProtectKernelLogs=yes",
    "ProtectKernelModules=yes",
    "ProtectKernelTunables=yes",
    "ProtectControlGroups=yes",
    "RemoveIPC=yes",
    "KeyringMode=private",
)
_FAMILIES = "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6"
_GPU = Path("/dev/nvidiactl")


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The needs of a night.

    `writable` are folders that it writes to; `user` is the account that a unit of the system runs
    as; `credentials` are systemd's, "NAME" or "NAME:PATH". Without `network` there is none.
    `own_folders` has systemd make a state and a cache folder that belong to the account;
    `private_tmp` hides /tmp, where none of the night's files may be then.
    """

    writable: tuple[Path, ...] = ()
    user: str = ""
    credentials: tuple[str, ...] = ()
    network: bool = False
    own_folders: bool = False
    private_tmp: bool = True

    def lines(self, manager: Literal["user", "system"]) -> tuple[str, ...]:
        """Return the settings of the section [Service] for one of systemd's managers."""
        credentials = tuple(
            f"LoadCredential={word if ':' in word else f'{word}:{word}'}"
            for word in self.credentials
        )
        if manager == "user":
            families = _FAMILIES if self.network else "RestrictAddressFamilies=AF_UNIX"
            return (*_EVERYWHERE, families, *credentials)
        devices = () if _GPU.exists() else ("PrivateDevices=yes", "DevicePolicy=closed")
        families = _FAMILIES if self.network else "RestrictAddressFamilies=AF_UNIX"
        return (
            *((f"User={self.user}",) if self.user else ()),
            *(("StateDirectory=nightdesk", "CacheDirectory=nightdesk") if self.own_folders else ()),
            *_EVERYWHERE,
            *_OF_THE_SYSTEM,
            *(("PrivateTmp=yes",) if self.private_tmp else ()),
            *devices,
            families,
            *(() if self.network else ("PrivateNetwork=yes",)),
            *(f"ReadWritePaths={_path(folder)}" for folder in self.writable),
            *credentials,
        )


def _path(folder: Path) -> str:
    escaped = str(folder).replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"' if any(mark in escaped for mark in " \"'") else escaped
